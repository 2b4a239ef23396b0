"""Colour and progress, for people at a terminal only. Source of NO_COLOR: no-color.org."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

GREEN, YELLOW, RED, FAINT = "32", "33", "31", "2"
#: How long somebody waits without a word.
_SECONDS = 1.0


def colourful(stream: TextIO) -> bool:
    """Whether colour is welcome: a terminal that can, and nobody who said no."""
    return (
        not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and _is_terminal(stream)
    )


def paint(text: str, colour: str, stream: TextIO) -> str:
    """The text, in colour where that is welcome."""
    return f"\x1b[{colour}m{text}\x1b[0m" if colourful(stream) else text


@contextmanager
def waiting(words: str, after: float = _SECONDS) -> Iterator[None]:
    """Say what is waited for, if it takes longer than a moment, and take it back at the end.

    On a terminal only, and never from a thread beside the main one: while a command runs,
    the terminal is the command's.
    """
    stream = sys.stderr
    if not _is_terminal(stream) or threading.current_thread() is not threading.main_thread():
        yield
        return
    notice = _Notice(stream, words)
    timer = threading.Timer(after, notice.show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        notice.take_back()


class _Notice:
    def __init__(self, stream: TextIO, words: str) -> None:
        self._stream, self._words = stream, words
        self._lock = threading.Lock()
        self._shown = self._over = False

    def show(self) -> None:
        with self._lock:
            if not self._over:
                self._write(f"{self._words} …")
                self._shown = True

    def take_back(self) -> None:
        with self._lock:
            self._over = True
            if self._shown:
                self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            pass


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False
