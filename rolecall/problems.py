"""What a user is told when something is wrong, and the exit code that goes with it."""

import errno
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every Rolecall command; a script may rely on them."""

    OK = 0
    FAILED = 1
    BAD_INPUT = 2
    WIDER = 3
    UNDECIDED = 4
    DENIED = 5
    UNREACHABLE = 6
    CONFLICT = 7
    MISSING_COMPONENT = 8


class Problem(Exception):
    """Something a person can mend.

    The text is one sentence or two: what is wrong, where, and what to write
    instead. It never holds a secret, because it ends up on terminals and in logs.
    """

    def __init__(self, sentence: str, exit_code: Exit = Exit.BAD_INPUT) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


#: The machine is at fault, not the name that somebody gave.
_OF_THE_MACHINE = frozenset(
    (
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO),
        *(errno.ENOMEM, errno.EMFILE, errno.ENFILE),
    )
)


def exit_for(error: Exception) -> Exit:
    """The exit code where a file cannot be read or written: is it the machine, or the name?"""
    of_machine = getattr(error, "errno", None) in _OF_THE_MACHINE
    return Exit.FAILED if of_machine else Exit.BAD_INPUT


def printable(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
