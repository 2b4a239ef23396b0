"""An access key of an IAM user, and the forms in which AWS hands one out.

Source: IAM API reference, "AccessKey" (its ID: 16 to 128 word characters); IAM user guide,
"Manage access keys for IAM users" (the CSV file of the console).
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecall.problems import Problem

_ID = re.compile(r"[A-Z0-9_]{16,128}")
#: AWS's are 40 characters of base64; other lengths are not ruled out anywhere.
_SECRET = re.compile(r"[!-~]{16,256}")
_FORMS = (
    "give what `aws iam create-access-key` prints, the CSV file of the console, or two lines: "
    "the access key ID and the secret access key"
)


@dataclass(frozen=True, slots=True)
class LongLivedKey:
    """An access key; its secret stays out of `repr`.

    Raises `Problem` for what cannot be one, and repeats none of it.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)

    def __post_init__(self) -> None:
        check_access_key_id(self.access_key_id)
        if not _SECRET.fullmatch(self.secret_access_key):
            raise Problem(
                "the secret access key is 16 to 256 printable characters without spaces, of "
                "AWS 40: copy it again."
            )


def check_access_key_id(text: str) -> None:
    """Refuse what is no ID of a long-lived key. Raises `Problem`."""
    if text.startswith("ASIA"):
        raise Problem(
            "an access key ID that begins with ASIA is a session's, which ends by itself: a key "
            "store is for the keys of a user (AKIA…)."
        )
    if not _ID.fullmatch(text):
        raise Problem(
            "the access key ID is 16 to 128 capital letters and digits (AKIA…): was the secret "
            "pasted in its place?"
        )


def key_of(text: str) -> LongLivedKey:
    """The key in a text: JSON of the AWS CLI, the console's CSV, or two lines.

    Raises `Problem` for anything else; nothing of the text is repeated.
    """
    text = text.removeprefix("\ufeff").strip()
    if text.startswith("{"):
        return _of_json(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 2 and "," in lines[0]:
        return _of_csv(lines)
    if len(lines) != 2:
        raise Problem(f"that is no access key: {_FORMS}.")
    return LongLivedKey(lines[0], lines[1])


def _of_json(text: str) -> LongLivedKey:
    try:
        found = json.loads(text)
        found = found.get("AccessKey", found)
        key_id, secret = found["AccessKeyId"], found["SecretAccessKey"]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        raise Problem(f"that JSON has no access key: {_FORMS}.") from None
    if not isinstance(key_id, str) or not isinstance(secret, str):
        raise Problem(f"that JSON has no access key: {_FORMS}.")
    if found.get("SessionToken"):
        raise Problem(
            "those are the keys of a session, which ends by itself: a key store is for the keys "
            "of a user."
        )
    return LongLivedKey(key_id, secret)


def _of_csv(lines: list[str]) -> LongLivedKey:
    try:
        row: Mapping[str | None, str | None] = next(csv.DictReader(io.StringIO("\n".join(lines))))
    except (csv.Error, StopIteration):
        row = {}
    named = {(name or "").strip().casefold(): value for name, value in row.items()}
    key_id, secret = named.get("access key id"), named.get("secret access key")
    if not isinstance(key_id, str) or not isinstance(secret, str):
        raise Problem(f"that CSV has no access key: {_FORMS}.")
    return LongLivedKey(key_id.strip(), secret.strip())
