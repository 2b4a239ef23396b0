"""The text of the comment, and the marker by which it is found again."""

import re

from rolecall.problems import Problem

MARKER = "<!-- rolecall review -->"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def marker(name: str | None) -> str:
    """The marker of the comment of this name, or of the one without a name.

    Two dashes in a row would end an HTML comment, so a name has none.
    """
    if name is None:
        return MARKER
    if not _NAME.fullmatch(name) or "--" in name:
        raise Problem(
            "--name must be 1 to 64 letters, digits, dots, underscores and single hyphens, for "
            "example plan-tes."
        )
    return f"<!-- rolecall review: {name} -->"


def marked(text: str, mark: str, limit: int, where: str) -> str:
    """The text with the marker in its first line; `limit` in characters is the platform's.

    Raises `Problem` for nothing and for too much: half a review would look like a whole one.
    """
    body = text.strip()
    if body.startswith("<!-- rolecall review"):
        _, _, body = body.partition("-->")
        body = body.strip()
    if not body:
        raise Problem("The review is empty: write it with `rolecall review … --markdown FILE`.")
    whole = f"{mark}\n{body}\n"
    if len(whole) > limit:
        raise Problem(
            f"The review has {len(whole):,} characters; a comment of {where} has up to {limit:,}. "
            "Write it with `rolecall review … --markdown FILE`, which shortens it."
        )
    return whole


def bears(text: object, mark: str) -> bool:
    """Whether a comment begins with the marker; one that only quotes it does not count."""
    return isinstance(text, str) and text.lstrip().startswith(mark)
