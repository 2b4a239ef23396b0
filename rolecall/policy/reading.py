"""Strict reading of JSON values: duplicate keys and wrong types are errors with a place.

Why not plain `json.loads`: it keeps the last of two equal keys without a word, and a
policy whose first `Condition` vanished admits more than it seems to.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NoReturn

from rolecall.policy.errors import PolicyError, quoted


class NumberText(str):
    """A JSON number, kept as it was written."""

    __slots__ = ()


class _DuplicateError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateError(key)
            seen.add(key)
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def read_json(source: str | bytes) -> object:
    """The value of a JSON text, numbers as NumberText; raises PolicyError."""
    try:
        text = source.decode("utf-8") if isinstance(source, bytes) else source
        return json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_int=NumberText,
            parse_float=NumberText,
            parse_constant=_no_constant,
        )
    except _DuplicateError as error:
        raise PolicyError(
            "policy",
            f"the element {quoted(error.key)} is written twice in one object",
            "merge the two, because one of them would be ignored",
        ) from None
    except RecursionError:
        raise PolicyError("policy", "it is nested too deeply", "flatten it") from None
    except ValueError as error:
        raise PolicyError(
            "policy", f"it is not valid JSON ({error})", "write one JSON object"
        ) from None


def mapping(value: object, where: str, remedy: str) -> Mapping[str, object]:
    """The value, which must be an object with text keys."""
    if not isinstance(value, Mapping):
        raise PolicyError(where, f"it is {kind_of(value)} instead of an object", remedy)
    for key in value:
        if not isinstance(key, str):
            raise PolicyError(where, f"a key is {kind_of(key)} instead of text", "write text keys")
    return value


def text(value: object, where: str) -> str:
    """The value, which must be a string."""
    if not isinstance(value, str) or isinstance(value, NumberText):
        raise PolicyError(where, f"it is {kind_of(value)} instead of text", "write a string")
    return str(value)


def strings(value: object, where: str) -> tuple[str, ...]:
    """One string or a list of strings; an empty list or an empty string is an error."""
    if isinstance(value, (list, tuple)):
        found = tuple(text(item, f"{where}[{index}]") for index, item in enumerate(value))
    else:
        found = (text(value, where),)
    if not found:
        raise PolicyError(where, "the list is empty", "name at least one, or remove the element")
    for item in found:
        if not item:
            raise PolicyError(where, "it contains an empty string", "remove it or fill it in")
    return found


def scalar_or_list(values: Iterable[str]) -> str | list[str]:
    """The canonical form of a list: sorted, without repetition, a single value bare."""
    ordered = sorted(set(values))
    return ordered[0] if len(ordered) == 1 else ordered


def kind_of(value: object) -> str:
    """The JSON type of a value in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (NumberText, int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, Mapping):
        return "an object"
    return f"a {type(value).__name__}"
