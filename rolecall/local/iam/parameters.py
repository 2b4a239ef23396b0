"""Names, paths and numbers of IAM calls, in the words in which IAM refuses them."""

import re
from collections.abc import Mapping

from rolecall.local.api import AwsError

_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)
_PATH = re.compile(r"/|/[\x21-\x7e]+/", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")


def required(params: Mapping[str, str], name: str) -> str:
    """A parameter that must be there."""
    value = params.get(name)
    if not value:
        raise validation_error(
            f"1 validation error detected: Value null at '{_member(name)}' failed to satisfy "
            "constraint: Member must not be null"
        )
    return value


def check_name(params: Mapping[str, str], name: str, longest: int) -> str:
    """A name of letters, digits and `+=,.@_-`, up to `longest` characters."""
    value = required(params, name)
    if len(value) > longest:
        raise validation_error(
            f"1 validation error detected: Value at '{_member(name)}' failed to satisfy "
            f"constraint: Member must have length less than or equal to {longest}"
        )
    if _NAME.fullmatch(value) is None:
        raise validation_error(
            f"The specified value for {_member(name)} is invalid. It must contain only "
            "alphanumeric characters and/or the following: +=,.@_-"
        )
    return value


def check_path(params: Mapping[str, str]) -> str:
    """A path: '/' at both ends, up to 512 characters; '/' if none is given."""
    path = params.get("Path", "/") or "/"
    if len(path) > 512:
        raise validation_error(
            "1 validation error detected: Value at 'path' failed to satisfy constraint: Member "
            "must have length less than or equal to 512"
        )
    if _PATH.fullmatch(path) is None:
        raise validation_error(
            "The specified value for path is invalid. It must begin and end with / and contain "
            "only alphanumeric characters and/or / characters."
        )
    return path


def check_number(params: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    """An integer from `low` to `high`, or None if it is not given."""
    value = params.get(name)
    if value is None:
        return None
    if _INTEGER.fullmatch(value) is None:
        raise AwsError("MalformedInput", f"Could not parse {name} as an integer")
    number = int(value)
    bound = None
    if number < low:
        bound = f"greater than or equal to {low}"
    elif number > high:
        bound = f"less than or equal to {high}"
    if bound is not None:
        raise validation_error(
            f"1 validation error detected: Value '{value}' at '{_member(name)}' failed to "
            f"satisfy constraint: Member must have value {bound}"
        )
    return number


def tags_of(params: Mapping[str, str], name: str = "Tags") -> dict[str, str]:
    """The tags of a call: `Tags.member.1.Key`, …; a key given twice counts once."""
    found: dict[str, str] = {}
    for index in range(1, 52):
        key = params.get(f"{name}.member.{index}.Key")
        if key is None:
            break
        found[key] = params.get(f"{name}.member.{index}.Value", "")
    return found


def tag_keys_of(params: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of an untag call: `TagKeys.member.1`, …"""
    found = []
    for index in range(1, 52):
        key = params.get(f"TagKeys.member.{index}")
        if key is None:
            break
        found.append(key)
    return tuple(found)


def validation_error(message: str) -> AwsError:
    """ValidationError, HTTP 400."""
    return AwsError("ValidationError", message)


def no_such_entity(message: str) -> AwsError:
    """NoSuchEntity, HTTP 404."""
    return AwsError("NoSuchEntity", message, 404)


def already_exists(message: str) -> AwsError:
    """EntityAlreadyExists, HTTP 409."""
    return AwsError("EntityAlreadyExists", message, 409)


def delete_conflict(message: str) -> AwsError:
    """DeleteConflict, HTTP 409."""
    return AwsError("DeleteConflict", message, 409)


def limit_exceeded(message: str) -> AwsError:
    """LimitExceeded, HTTP 409."""
    return AwsError("LimitExceeded", message, 409)


def _member(name: str) -> str:
    return name[:1].lower() + name[1:]
