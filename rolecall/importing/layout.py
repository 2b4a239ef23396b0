"""Expressions as Python source, laid out as `ruff format` would.

Whatever text stands in a value becomes a string literal that is exactly this text: what
comes from AWS is data, and can never be read as code.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence

from rolecall.importing.expression import Call, Expression, Name, Said
from rolecall.problems import printable

WIDTH = 100
_STEP = "    "


def literal(text: str) -> str:
    """A string literal of a text, on one line, in the quotes that need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_letter(letter, quote) for letter in text) + quote


def _letter(letter: str, quote: str) -> str:
    if letter in (quote, "\\"):
        return "\\" + letter
    # Beyond Latin-1, letters look like other letters, and some turn the line around.
    if letter.isprintable() and (letter <= "\xff" or letter == "…"):
        return letter
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii")


def comment(lines: Sequence[str], indent: int) -> str:
    """Comment lines, each on lines of its own that are not too long."""
    stem = _STEP * indent + "# "
    found: list[str] = []
    for line in lines:
        # `printable` leaves no line break of any kind in the text.
        found += textwrap.wrap(
            printable(line),
            WIDTH - len(stem),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "".join(f"{(stem + line).rstrip()}\n" for line in found)


def written(expression: Expression, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """An expression: on one line where it fits, else an item a line.

    indent: of the line it begins on. before, after: how many characters of that line stand
    in front of it, the indentation included, and of its last line behind it.
    """
    flat = _flat(expression)
    if flat is not None and before + len(flat) + after <= WIDTH:
        return flat
    if isinstance(expression, Call):
        items: list[tuple[str, Expression]] = [("", each) for each in expression.args]
        items += [(f"{name}=", value) for name, value in expression.kwargs]
        return _exploded(f"{expression.name}(", items, ")", indent)
    if isinstance(expression, list):
        return _exploded("[", [("", each) for each in expression], "]", indent)
    if isinstance(expression, Mapping):
        pairs = [(f"{literal(key)}: ", value) for key, value in expression.items()]
        return _exploded("{", pairs, "}", indent)
    if isinstance(expression, str) and len(pieces := _pieces(expression, indent + 1)) > 1:
        inner = _STEP * (indent + 1)
        lines = "".join(f"{inner}{literal(each)}\n" for each in pieces)
        return f"(\n{lines}{_STEP * indent})"
    if flat is None:  # a commented item stands in a list only
        raise TypeError(f"{type(expression).__name__} is no expression")
    return flat


def _exploded(
    opening: str, items: Sequence[tuple[str, Expression]], closing: str, indent: int
) -> str:
    if not items:
        return opening + closing
    inner = _STEP * (indent + 1)
    lines = [opening + "\n"]
    for stem, value in items:
        if isinstance(value, Said):
            lines.append(comment(value.comment, indent + 1))
            value = value.value
        body = written(value, indent + 1, len(inner) + len(stem), 1)
        lines.append(f"{inner}{stem}{body},\n")
    return "".join(lines) + _STEP * indent + closing


def _pieces(text: str, indent: int) -> list[str]:
    """A long text in pieces that end behind a space; together they are the text."""
    room = WIDTH - len(_STEP) * indent - 2
    found = [""]
    for word in re.split("(?<= )", text):
        if found[-1] and len(literal(found[-1] + word)) - 2 > room:
            found.append("")
        found[-1] += word
    return found


def _flat(expression: Expression) -> str | None:
    """The expression on one line; None where a comment is in it."""
    if isinstance(expression, str):
        return literal(expression)
    if isinstance(expression, bool | int):
        return repr(expression)
    if isinstance(expression, Name):
        return expression.text
    if isinstance(expression, Said):
        return None
    if isinstance(expression, Call):
        parts = [_flat(each) for each in expression.args]
        parts += [_joined(f"{name}=", value) for name, value in expression.kwargs]
        return _around(f"{expression.name}(", parts, ")")
    if isinstance(expression, list):
        return _around("[", [_flat(each) for each in expression], "]")
    pairs = [_joined(f"{literal(key)}: ", value) for key, value in expression.items()]
    return _around("{", pairs, "}")


def _joined(stem: str, value: Expression) -> str | None:
    flat = _flat(value)
    return None if flat is None else stem + flat


def _around(opening: str, parts: list[str | None], closing: str) -> str | None:
    known = [part for part in parts if part is not None]
    return opening + ", ".join(known) + closing if len(known) == len(parts) else None
