"""The AWS CLI's own cache of role sessions: how its files are called, and what is in them.

`~/.aws/cli/cache/<key>.json` is written and read by the AWS CLI 1 and 2, and by whoever
gives botocore a `JSONFileCache` of that folder. Source: the code of botocore,
`AssumeRoleCredentialFetcher` and `JSONFileCache`.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha1
from typing import Any

from rolecall.policy import Arn, PolicyError

#: The parameters that a profile can set, and so all that a key is ever made of.
_OPTIONS = {
    "role_session_name": "RoleSessionName",
    "external_id": "ExternalId",
    "mfa_serial": "SerialNumber",
    "duration_seconds": "DurationSeconds",
}
Profile = Mapping[str, Any]


def cache_key(parameters: Mapping[str, Any]) -> str:
    """The file's name, without `.json`, for parameters of AssumeRole.

    A session name that was made up, a one-time code and a token are no part of it.
    """
    text = json.dumps(dict(parameters), sort_keys=True)
    return sha1(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def parameters_of_profile(profile: Profile) -> dict[str, Any] | None:
    """What the key is made of when the CLI uses a profile; None where it assumes no role.

    With a token in a file, external ID, MFA and duration are not sent.
    """
    role_arn = profile.get("role_arn")
    if not isinstance(role_arn, str):
        return None
    known = dict(_OPTIONS)
    if "web_identity_token_file" in profile:
        known = {"role_session_name": "RoleSessionName"}
    parameters: dict[str, Any] = {"RoleArn": role_arn}
    for option, name in known.items():
        value = profile.get(option)
        if name == "DurationSeconds" and value is not None:
            try:
                value = int(value)
            except (TypeError, ValueError):
                value = None
        if value is not None:
            parameters[name] = value
    return parameters


def as_text(answer: Mapping[str, Any]) -> str:
    """What the CLI writes of an answer of STS: all of it, and whose account it is.

    Raises `ValueError` for an answer that cannot be written as JSON.
    """
    whole = dict(answer)
    credentials = dict(whole["Credentials"])
    with suppress(LookupError, TypeError, PolicyError):
        credentials["AccountId"] = Arn.parse(whole["AssumedRoleUser"]["Arn"]).account
    whole["Credentials"] = credentials
    try:
        return json.dumps(whole, default=_date_as_text)
    except (TypeError, RecursionError):
        raise ValueError("not an answer of STS") from None


def from_text(text: bytes | str) -> dict[str, Any]:
    """The answer of STS in a file, its Expiration as a date.

    Raises `ValueError` for what no tool writes there: no JSON, credentials that are
    missing or could not be sent in a header, a time without a zone.
    """
    try:
        answer = json.loads(text)
        credentials = answer["Credentials"]
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
            value = credentials[name]
            if not isinstance(value, str) or not value or not _is_word(value):
                raise ValueError(name)
        credentials["Expiration"] = _date(credentials["Expiration"])
        if not isinstance(answer["AssumedRoleUser"]["Arn"], str):
            raise ValueError("Arn")
    except (LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(type(error).__name__) from None
    return dict(answer)


def _is_word(value: str) -> bool:
    return value.isascii() and value.isprintable() and " " not in value


def _date_as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S%Z")
    return value


def _date(value: Any) -> datetime:
    """botocore writes `2026-01-02T03:04:05UTC`; other tools write ISO 8601."""
    if not isinstance(value, str):
        raise ValueError("Expiration")
    date = datetime.fromisoformat(
        value.removesuffix("UTC") + "+00:00" if value.endswith("UTC") else value
    )
    if date.tzinfo is None:
        raise ValueError("Expiration")
    return date.astimezone(UTC)
