"""A moment at which everything that waits for the network ends, however slowly it drips."""

import contextlib
import socket
import threading
import time
from types import TracebackType


class Deadline:
    """Ends the sockets that it watches after some seconds. A context manager.

    A time-out of a socket starts anew with every byte, so a server that sends one a
    second could hold its client for hours; a socket that is shut down ends at once.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for twin in self._watched:
                twin.close()

    @property
    def passed(self) -> bool:
        """Whether it is too late."""
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Seconds that are left; a little more than none, so that it can be a time-out."""
        return max(self._end - time.monotonic(), 0.001)

    def watch(self, sock: socket.socket) -> None:
        """End this connection with the deadline.

        A twin is kept: TLS takes the socket itself over.
        """
        with self._lock:
            self._watched.append(sock.dup())
            if self.passed:
                self._shut(self._watched[-1])

    def _cut(self) -> None:
        with self._lock:
            for twin in self._watched:
                self._shut(twin)

    @staticmethod
    def _shut(sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
