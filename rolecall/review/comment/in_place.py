"""One comment a review: found by its marker and its author, updated, or posted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from rolecall.review.comment.body import bears


@dataclass(frozen=True, slots=True)
class Found:
    """A comment that is there. number: the platform's id; a larger one is newer."""

    number: int
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the comment: `posted`, `updated` or `unchanged`.

    removed: how many older ones of the same marker and author were deleted. url: None where
    the platform does not tell it. note: what somebody should know, or "".
    """

    what: str
    url: str | None
    removed: int = 0
    note: str = ""


class Platform(Protocol):
    """Where comments are kept. Every method raises `Problem` for a refusal."""

    def author(self) -> str:
        """Whose comments count as ours: whoever else writes the marker is left alone."""

    def comments(self) -> Iterator[Found]:
        """All comments, in any order."""

    def post(self, text: str) -> tuple[str | None, str]:
        """Write a new one; its URL and its author."""

    def update(self, number: int, text: str) -> tuple[bool, str | None]:
        """Write it anew; False where it is gone."""

    def delete(self, number: int) -> bool:
        """Delete it; False where that was not possible, which matters little."""


def put(platform: Platform, text: str, mark: str) -> Posted:
    """See to it that the text is the one comment with this marker.

    Only comments of the same author count: in a public repository anybody can write the
    marker, and whoever wrote a comment can change it after us.
    """
    author = platform.author()
    ours, strangers = [], set()
    for found in platform.comments():
        if bears(found.text, mark):
            if found.author == author:
                ours.append(found)
            else:
                strangers.add(found.author)
    ours.sort(key=lambda found: found.number)
    note = ""
    if not ours and strangers:
        note = (
            f"A comment with this marker is {_listed(strangers)}'s and not {author}'s, and is left "
            "alone."
        )
    # The newest is kept: it is the nearest to the end of the conversation.
    while ours:
        kept = ours.pop()
        if _same(kept.text, text):
            return Posted("unchanged", None, _removed(platform, ours), note)
        updated, url = platform.update(kept.number, text)
        if updated:
            return Posted("updated", url, _removed(platform, ours), note)
    url, really = platform.post(text)
    if really != author:
        note = (
            f"The comment is {really}'s, not {author}'s: give --author '{really}', or the next "
            "review is posted beside it instead of in its place."
        )
    return Posted("posted", url, 0, note)


def _removed(platform: Platform, older: list[Found]) -> int:
    return sum(platform.delete(found.number) for found in older)


def _same(there: str, text: str) -> bool:
    """Platforms store line ends and the ends of the text as they like."""
    return there.replace("\r\n", "\n").strip() == text.strip()


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:3])
