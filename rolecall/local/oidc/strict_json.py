"""JSON objects that can be read in one way only."""

import json
from typing import Any, NoReturn


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
        # Half a surrogate pair is text that cannot be written down again.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is given twice")
    return found


def _no_constant(_text: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")
