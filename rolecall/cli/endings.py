"""How a command ends that somebody ends: tidily, with the exit code that shells expect."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: What service managers, CI runners and a closed terminal end a program with.
_ENDING = ("SIGTERM", "SIGHUP")
_KILLED = 128


class Ended(BaseException):
    """A signal came that is to end the command: raised where it was, as Ctrl-C is.

    No `Exception`, so that nobody takes it for a failure of his own.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = _KILLED + number

    def __str__(self) -> str:
        return f"ended by {signal.Signals(self.exit_code - _KILLED).name}"


@contextmanager
def ending_tidily() -> Iterator[None]:
    """Signals to end raise `Ended` while the context lasts: files, locks and children are let go.

    One that the caller ignores (`nohup`) stays ignored, and commands that have a way of their
    own replace it. In another thread than the main one nothing changes.
    """
    before = {}
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is None or signal.getsignal(number) is not signal.SIG_DFL:
            continue
        try:
            before[number] = signal.signal(number, _came)
        except ValueError:
            break
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def nothing_more_to_interrupt() -> None:
    """From here on Ctrl-C ends the process without a word; its work is done."""
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    except ValueError:
        return  # another thread


def _came(number: int, _frame: FrameType | None) -> None:
    # A second one must not disturb the tidying.
    signal.signal(number, signal.SIG_IGN)
    raise Ended(number)
