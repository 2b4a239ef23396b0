"""Reading a whole JSON text strictly: one value, no key twice, of bounded size and depth."""

import json
from collections.abc import Mapping
from typing import NoReturn

from rolecall.problems import Problem

#: A plan of a thousand roles has about ten million bytes.
LARGEST = 256 * 1024 * 1024
#: Terraform nests configuration by modules, a few levels each.
DEEPEST = 200


class _TwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _TwiceError
    return members


def _no_constant(_: str) -> NoReturn:
    raise ValueError


def read_object(text: bytes, what: str, remedy: str) -> Mapping[str, object]:
    """The JSON object that a file holds.

    The messages hold nothing of the text, which may be secret. Raises `Problem`.
    """
    if len(text) > LARGEST:
        raise Problem(f"{what} has {len(text):,} bytes; at most {LARGEST:,} are read.")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        # PowerShell's `>` writes UTF-16.
        raise Problem(f"{what} is not UTF-8 but UTF-16; write it again as UTF-8.")
    try:
        value = json.loads(
            text.removeprefix(b"\xef\xbb\xbf").decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_constant,
        )
    except _TwiceError:
        raise Problem(
            f"{what} writes a key twice in one object, so one of them would be ignored; {remedy}."
        ) from None
    except UnicodeDecodeError:
        raise Problem(f"{what} is not UTF-8 text; {remedy}.") from None
    except json.JSONDecodeError as error:
        at_end = error.pos >= len(text.rstrip()) - 1
        cut = "it ends in the middle" if at_end else f"line {error.lineno}"
        raise Problem(f"{what} is not valid JSON ({cut}); {remedy}.") from None
    except RecursionError:
        raise Problem(f"{what} is nested too deeply to be read; {remedy}.") from None
    except ValueError:
        raise Problem(f"{what} is not valid JSON; {remedy}.") from None
    if not isinstance(value, dict):
        raise Problem(f"{what} is not one JSON object; {remedy}.")
    _check(value, what, remedy)
    return value


def _check(value: dict[str, object], what: str, remedy: str) -> None:
    """Refuse what is nested too deeply, and halves of characters, which nobody can print."""
    level: list[dict[str, object] | list[object]] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Problem(f"{what} is nested too deeply to be read; {remedy}.")
        below: list[dict[str, object] | list[object]] = []
        for each in level:
            inner = (*each, *each.values()) if isinstance(each, dict) else each
            for item in inner:
                if isinstance(item, str):
                    if not whole(item):
                        raise Problem(f"{what} holds half a character (\\uD800…); {remedy}.")
                elif isinstance(item, dict | list):
                    below.append(item)
        level = below


def whole(text: str) -> bool:
    """Whether the text has whole characters only, so that it can be printed."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def an_object(value: object) -> Mapping[str, object]:
    """The value if it is an object, else an empty one: what is not there gives nothing."""
    return value if isinstance(value, dict) else {}


def a_list(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: object) -> list[Mapping[str, object]]:
    """The objects of a list; one object alone stands for a list of it, as in cdk.tf.json."""
    if isinstance(value, dict):
        return [value]
    return [item for item in a_list(value) if isinstance(item, dict)]


def a_text(value: object) -> str | None:
    """The value if it is text."""
    return value if isinstance(value, str) else None
