"""What became of the attacks of a corpus."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Counts:
    """`name`: the corpus. Every vector ends in exactly one of the other fields.

    accepted: as it must be. set_aside: not tried, or open, by why. findings: the rest.
    """

    name: str
    refused: int = 0
    accepted: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    @property
    def vectors(self) -> int:
        return self.refused + self.accepted + self.set_aside.total() + len(self.findings)

    def note(self, what: str, *, good: bool, admitted: bool) -> None:
        """A vector that is good must be admitted, every other one refused."""
        if good != admitted:
            self.findings.append(f"{what}: {'admitted' if admitted else 'refused'}")
        elif good:
            self.accepted += 1
        else:
            self.refused += 1


def every(items: Iterable[T], step: int) -> Iterator[T]:
    """The first of each `step` items: a sample that is the same every time."""
    return islice(items, 0, None, step)
