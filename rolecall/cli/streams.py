"""Standard streams that may be closed, full, or of an old encoding: a sentence, no traceback."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from rolecall.problems import Exit, Problem


@contextmanager
def standard_streams() -> Iterator[None]:
    """Make the streams of this process fit to be written to while the context lasts.

    A stream that is closed is opened again: the next file would get its number, and what is
    printed with it. Writing to such a stdout fails as before. Raises `Problem` where stdout
    cannot be written, but for a reader who went away; talk that nobody can hear is no fault.
    """
    for number, how in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_RDWR)):
        _open_again(number, how)
    before = sys.stdout, sys.stderr
    streams = [stream or _stream(number) for number, stream in ((1, before[0]), (2, before[1]))]
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            # What the encoding has no letters for is better told so than not at all.
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = cast(TextIO, _Output(streams[0]))
    sys.stderr = cast(TextIO, _Talk(streams[1]))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def let_go_of_stdout() -> None:
    """Let what is still to be written go nowhere, so that the end of the process is quiet."""
    _let_go(1)


def _let_go(number: int) -> None:
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _open_again(number: int, how: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, how)
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)


def _stream(number: int) -> TextIO:
    return open(number, "w", encoding="utf-8", closefd=False)


class _Stream:
    """A stream, but for how it is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Output(_Stream):
    """A stdout that says in words why it cannot be written."""

    def write(self, text: str) -> int:
        with _in_words():
            return self._stream.write(text)

    def flush(self) -> None:
        with _in_words():
            self._stream.flush()


class _Talk(_Stream):
    """A stderr that need not be heard.

    What could not be written stays in its buffer, and Python would end with code 120 for it.
    """

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except OSError:
            _let_go(2)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            _let_go(2)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        let_go_of_stdout()
        reason = error.strerror or type(error).__name__
        raise Problem(f"stdout cannot be written: {reason}.", Exit.FAILED) from None
