"""A lock between processes that the kernel takes back from whoever dies, `kill -9` included."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from rolecall.files import open_private, private_folder

_PAUSE_SECONDS = 0.02


class Lock(Enum):
    """Who has it. NOBODYS: there are no locks here (a file system that is read-only, or
    knows none); everybody goes on alone then."""

    OURS = "ours"
    THEIRS = "theirs"
    NOBODYS = "nobody's"


@contextmanager
def lock(path: Path, patience_seconds: float) -> Iterator[Lock]:
    """Try for so long to get the lock of a name, and hold it while the context lasts.

    The file is empty and stays; what is locked is not it but its open descriptor, which
    ends with the process. Two threads of a process exclude each other as well.
    """
    try:
        private_folder(path.parent)
        descriptor = open_private(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        yield Lock.NOBODYS
        return
    try:
        yield _take(descriptor, time.monotonic() + patience_seconds)
    finally:
        os.close(descriptor)


def _take(descriptor: int, until: float) -> Lock:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return Lock.THEIRS
            time.sleep(_PAUSE_SECONDS)
        except OSError:
            return Lock.NOBODYS
        else:
            return Lock.OURS
