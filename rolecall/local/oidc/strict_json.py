"""JSON objects that can be read in one way only."""

import json
from typing import Any, NoReturn

#: How deep objects and lists may stand in each other. Discovery documents, key sets and
#: tokens have three or four levels; how many Python could read depends on who calls.
_DEEPEST = 50


def read_object(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`.

    Raises:
        ValueError: it is none, or two readers could disagree about it: a member given
            twice, NaN or Infinity, half a surrogate pair, numbers and nesting without end.
    """
    try:
        value = json.loads(
            content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
        if not isinstance(value, dict):
            raise ValueError("it is no JSON object")
        _check_depth(value)
        # Half a surrogate pair is text that cannot be written down again.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise ValueError("it is nested too deeply")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is given twice")
    return found


def _no_constant(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")
