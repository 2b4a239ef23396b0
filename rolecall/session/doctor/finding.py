"""What a check of the doctor finds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class Level(Enum):
    """How bad it is: only a problem makes the doctor's exit code 1."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is, and what to do about it.

    mend: does it, where that takes nothing away from anybody. Raises `OSError`.
    """

    check: str
    level: Level
    what: str
    fix: str = ""
    mend: Callable[[], None] | None = field(default=None, repr=False, compare=False)
