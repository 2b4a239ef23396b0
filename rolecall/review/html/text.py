"""Text of strangers, so that a reader sees every character of it.

Names and conditions come from policies that somebody may have written to deceive. Markup
is the template's business (autoescape); here it is about characters that show nothing, or
show the rest of the line in another order.
"""

import re
from unicodedata import category

#: They are letters or marks by their category, and still leave nothing on the page.
_BLANK_CHARACTER = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_LINES = frozenset("\n")


def visible(text: str) -> str:
    """The text with control, bidirectional, zero-width and blank characters written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written_out(c) if _hidden(c) else c for c in text)


def _hidden(character: str) -> bool:
    if character in _LINES or character == " ":
        return False
    # C: control, format, surrogate, private, unassigned; Z: separators such as U+00A0.
    return category(character)[0] in "CZ" or bool(_BLANK_CHARACTER.match(character))


def _written_out(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def one_line(text: str) -> str:
    """As `visible`, line breaks too: for names."""
    return visible(text).replace("\n", "\\u000a")


def shortened(text: str, limit: int) -> str:
    """The text with its middle left out if it is longer than the limit."""
    if len(text) <= limit:
        return text
    head = (limit - 1) * 3 // 5
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"
