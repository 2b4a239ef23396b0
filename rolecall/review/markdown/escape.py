"""Text that a stranger may have written, made harmless in GitHub's and GitLab's Markdown.

Names of a policy must not end a table cell, open a tag, become a link, an image, a formula
or an emoji, mention people, refer to issues, or turn the reading direction around.
"""

import re
import unicodedata

from rolecall.policy.errors import printable

#: Invisible; behind it nothing is a mention or a reference any more. Entities would not
#: do: both sites look for mentions in the text that the reader sees.
BREAK = "\u200b"
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_ENTITIES = {ord(c): f"&#{ord(c)};" for c in "\\`*_[]<>|~&$#"}
_REFERENCE = re.compile(
    r"(?<=[@#!~%$&^])(?=[\w\"'{])|(?<=\bGH-)(?=\d)|(?<=:)(?=//)|(?<=\bwww)(?=\.)"
)
# Words between colons that ARNs and subjects have everywhere, and that are no emoji.
_NO_EMOJI = r"aws(?:-[a-z-]+)?|iam|sts|s3|[0-9]{12}|ref|ref_type|environment|project|workspace|user"
_EMOJI = re.compile(rf"(?<=:)(?!(?:{_NO_EMOJI}):)(?=[a-zA-Z0-9_+-]+:)")
_HASH = re.compile(r"(?<![0-9a-zA-Z])[0-9a-f]{7,40}(?![0-9a-zA-Z])")
_BLOCK = re.compile(r"^(?=[-+=:]|[0-9]+[.)])")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def text(value: str, limit: int = 2000) -> str:
    """A text inside a paragraph, an item of a list, a table cell or a summary."""
    plain = shortened(printable(value), limit).strip()
    plain = _HASH.sub(_unhashed, _EMOJI.sub(BREAK, _REFERENCE.sub(BREAK, plain)))
    # At the beginning of an item it would be a list, a rule or a heading.
    plain = _BLOCK.sub(BREAK, plain)
    return isolated(plain.translate(_ENTITIES))


def _unhashed(found: re.Match[str]) -> str:
    """What might be a commit, taken apart; a number alone (an account) is none."""
    word = found[0]
    return word if word.isdigit() else word[:6] + BREAK + word[6:]


def code(value: str, limit: int = 500) -> str:
    """A text as code, to be copied as it is; one with backticks, bars or tags as a text.

    A bar behind a backslash cannot be written between backticks in a table.
    """
    plain = shortened(printable(value), limit).strip()
    if not plain or set(plain) & set("`|<"):
        return f"<code>{text(plain, limit)}</code>"
    return f"`{isolated(plain)}`"


def fenced(lines: str, language: str = "") -> str:
    """Lines as a block of code, whatever is in them."""
    shown = "\n".join(printable(line) for line in lines.split("\n"))
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def shortened(value: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return value if len(value) <= limit else value[: limit - 1] + "…"


def isolated(value: str) -> str:
    """The text with its reading direction kept to itself, where it has letters from right
    to left."""
    turns = any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in value)
    return f"{_ISOLATE}{value}{_END_OF_ISOLATE}" if turns else value
