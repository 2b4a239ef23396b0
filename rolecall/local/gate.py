"""Many calls at once, or one look at everything: a shared/exclusive lock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Calls pass together; a snapshot waits for them and holds the next ones back.

    The backends are plain dictionaries, so saving them while a call changes them could
    fail or save half a change. A waiting snapshot goes before new calls, so that a
    steady load cannot keep it out. Not reentrant.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._inside = 0
        self._closed = False
        self._mine = threading.local()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Be one of many."""
        with self._condition:
            while self._closed:
                self._condition.wait()
            self._inside += 1
        self._mine.inside = True
        try:
            yield
        finally:
            self._mine.inside = False
            self._leave()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Step out of `shared` to wait for something slow, such as a network.

        What was read before may have changed afterwards. Whoever is not inside stays out.
        """
        if not getattr(self._mine, "inside", False):
            yield
            return
        self._mine.inside = False  # else stepping out twice would count one who is inside out
        self._leave()
        try:
            yield
        finally:
            with self._condition:
                while self._closed:
                    self._condition.wait()
                self._inside += 1
            self._mine.inside = True

    def _leave(self) -> None:
        with self._condition:
            self._inside -= 1
            if not self._inside:
                self._condition.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be alone."""
        with self._condition:
            while self._closed:
                self._condition.wait()
            self._closed = True
            while self._inside:
                self._condition.wait()
        try:
            yield
        finally:
            with self._condition:
                self._closed = False
                self._condition.notify_all()
