"""The limits of STS and IAM parameters, as pure checks; each raises LimitError naming the rule.

Source: the API reference of AWS STS (AssumeRole, AssumeRoleWithWebIdentity) and IAM
(CreateRole), and "IAM and AWS STS quotas". Lengths count characters.
"""

import re
import unicodedata
from collections.abc import Mapping

from rolecall.policy.arn import is_account_id
from rolecall.policy.errors import LimitError, quoted

MAX_TRUST_POLICY = 2048
MAX_CHAINED_DURATION = 3600

_NAME = r"[\w+=,.@-]"
_SESSION_NAME = re.compile(_NAME + r"{2,64}", re.ASCII)
_ROLE_NAME = re.compile(_NAME + r"{1,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_SERIAL_NUMBER = re.compile(r"[\w+=/:,.@-]{9,256}", re.ASCII)
_TOKEN_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_PATH = re.compile(r"/(?:[\x21-\x7e]{1,510}/)?", re.ASCII)
_ROLE_ARN = re.compile(r"[\t\n\r\x20-\x7e\x85\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
_TAG_SIGNS = frozenset("_.:/=+-@")


def _check(pattern: re.Pattern[str], value: str, where: str, rule: str) -> None:
    if not pattern.fullmatch(value):
        raise LimitError(where, f"{quoted(value)} is not allowed", rule)


#: What `is_tag_text` holds a text to, as the API's messages write it for one character.
TAG_CHARACTER = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"


def is_tag_text(text: str) -> bool:
    """Letters, numbers, separators and a few signs, of any script, as the API states it."""
    return all(c in _TAG_SIGNS or unicodedata.category(c)[0] in "LNZ" for c in text)


def check_role_session_name(value: str) -> None:
    """RoleSessionName: 2 to 64 of letters, digits and `_+=,.@-`."""
    _check(_SESSION_NAME, value, "RoleSessionName", "2 to 64 letters, digits or _+=,.@-")


def check_source_identity(value: str) -> None:
    """SourceIdentity: 2 to 64 of letters, digits and `_+=,.@-`, like a session name."""
    _check(_SESSION_NAME, value, "SourceIdentity", "2 to 64 letters, digits or _+=,.@-")


def check_external_id(value: str) -> None:
    """ExternalId: 2 to 1224 of letters, digits and `_+=,.@:/-`."""
    _check(_EXTERNAL_ID, value, "ExternalId", "2 to 1224 letters, digits or _+=,.@:/-")


def check_duration(seconds: int, *, max_session: int = 43200, chained: bool = False) -> None:
    """DurationSeconds: 900 up to the role's maximum; at most 3600 in a chain of roles."""
    if seconds < 900 or seconds > 43200:
        raise LimitError("DurationSeconds", f"{seconds} is not allowed", "900 to 43200 seconds")
    # In AWS's order: the limit of a chain is told first, whatever the role allows.
    if chained and seconds > MAX_CHAINED_DURATION:
        raise LimitError(
            "DurationSeconds",
            f"{seconds} is too long for a role assumed by role chaining",
            f"at most {MAX_CHAINED_DURATION} seconds",
        )
    if seconds > max_session:
        raise LimitError(
            "DurationSeconds",
            f"{seconds} exceeds the MaxSessionDuration set for this role",
            f"at most {max_session} seconds",
        )


def check_max_session_duration(seconds: int) -> None:
    """MaxSessionDuration of a role: 3600 to 43200 seconds."""
    if not 3600 <= seconds <= 43200:
        raise LimitError("MaxSessionDuration", f"{seconds} is not allowed", "3600 to 43200 seconds")


def check_role_arn(value: str) -> None:
    """RoleArn: 20 to 2048 printable characters; that it names a role is another question."""
    if not 20 <= len(value) <= 2048 or not _ROLE_ARN.fullmatch(value):
        raise LimitError("RoleArn", f"{quoted(value)} is not allowed", "20 to 2048 characters")


def check_serial_number(value: str) -> None:
    """SerialNumber of an MFA device: 9 to 256 characters."""
    _check(_SERIAL_NUMBER, value, "SerialNumber", "9 to 256 letters, digits or _+=/:,.@-")


def check_token_code(value: str) -> None:
    """TokenCode: six digits. The code itself is never repeated in a message."""
    if not _TOKEN_CODE.fullmatch(value):
        raise LimitError("TokenCode", "it is not a code", "six digits")


def check_session_tags(tags: Mapping[str, str], transitive_keys: tuple[str, ...] = ()) -> None:
    """Session tags: at most 50; key 1 to 128 characters, value up to 256.

    Keys differ from each other ignoring case; transitive keys are among them.
    """
    if len(tags) > 50:
        raise LimitError("Tags", f"there are {len(tags)} session tags", "at most 50")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or not is_tag_text(key):
            raise LimitError("Tags", f"the key {quoted(key)} is not allowed", _TAG_KEY_RULE)
        if key.lower().startswith("aws:"):
            raise LimitError("Tags", f"the key {quoted(key)} is reserved", "without 'aws:'")
        if len(value) > 256 or not is_tag_text(value):
            raise LimitError("Tags", f"the value of {quoted(key)} is not allowed", _TAG_VALUE_RULE)
    if len({key.lower() for key in tags}) != len(tags):
        raise LimitError("Tags", "two keys differ in case only", "one key each, ignoring case")
    if len(transitive_keys) > 50:
        raise LimitError("TransitiveTagKeys", f"there are {len(transitive_keys)}", "at most 50")
    known = {key.lower() for key in tags}
    for key in transitive_keys:
        if key.lower() not in known:
            raise LimitError(
                "TransitiveTagKeys", f"{quoted(key)} is not a session tag", "the key of a tag"
            )


_TAG_KEY_RULE = "1 to 128 letters, digits, spaces or _.:/=+-@"
_TAG_VALUE_RULE = "at most 256 letters, digits, spaces or _.:/=+-@"


def check_role_name(value: str) -> None:
    """RoleName: 1 to 64 of letters, digits and `_+=,.@-`."""
    _check(_ROLE_NAME, value, "RoleName", "1 to 64 letters, digits or _+=,.@-")


def check_path(value: str) -> None:
    """Path: begins and ends with a slash, 1 to 512 printable ASCII characters."""
    _check(_PATH, value, "Path", "up to 512 printable characters, '/' at both ends")


def check_account_id(value: str) -> None:
    """An AWS account id: twelve digits."""
    if not is_account_id(value):
        raise LimitError("account id", f"{quoted(value)} is not allowed", "twelve digits")


def check_policy_size(text: str, limit: int = MAX_TRUST_POLICY) -> None:
    """A policy's size in characters; IAM does not count white space, so give compact text."""
    if len(text) > limit:
        raise LimitError("policy", f"it has {len(text)} characters", f"at most {limit} characters")
