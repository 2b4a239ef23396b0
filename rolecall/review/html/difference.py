"""Two versions of a trust policy, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from rolecall.review.html.text import visible


@dataclass(frozen=True, slots=True)
class Line:
    """A line. state: `same`, `removed`, `added`; mark: the part that is another one now."""

    state: str
    head: str
    mark: str = ""
    tail: str = ""


def lines_between(before: str, after: str) -> tuple[Line, ...]:
    """All lines of both, in order, the removed ones before the added ones."""
    old, new = visible(before).splitlines(), visible(after).splitlines()
    if old == new:
        return tuple(Line("same", line) for line in new)
    return tuple(_lines(old, new))


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            yield from (Line("same", line) for line in old[i:i_end])
            continue
        removed, added = old[i:i_end], new[j:j_end]
        if len(removed) == len(added):
            yield from (_marked("removed", a, b) for a, b in zip(removed, added, strict=True))
            yield from (_marked("added", b, a) for a, b in zip(removed, added, strict=True))
        else:
            yield from (Line("removed", line) for line in removed)
            yield from (Line("added", line) for line in added)


def _marked(state: str, line: str, other: str) -> Line:
    """The line with what it has in common with the other at both ends left unmarked."""
    shorter = min(len(line), len(other))
    head = next((i for i in range(shorter) if line[i] != other[i]), shorter)
    tail = 0
    while tail < shorter - head and line[-1 - tail] == other[-1 - tail]:
        tail += 1
    if head + tail <= (len(line) - len(line.lstrip())):
        return Line(state, line)
    end = len(line) - tail
    return Line(state, line[:head], line[head:end], line[end:])
