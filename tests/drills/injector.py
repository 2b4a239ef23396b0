"""Something goes wrong at the k-th step of whoever writes: the disk, the power, the person.

A step is what the kernel does for a writer: opening a file to write to it, each write, `fsync`,
a rename, a link, an unlink, making or removing a folder, a mode or a date that is set.
"""

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Fault(Enum):
    """What goes wrong. TORN: half of the data is written, and then the process is killed."""

    NONE = "nothing"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    TORN = "killed within"
    DISK_FULL = "no space"
    QUOTA = "quota"
    BROKEN = "I/O error"

    @property
    def kills(self) -> bool:
        """Whether nobody is left to tidy up."""
        return self in (Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.TORN)


_TIDYING = frozenset({"unlink", "remove", "rmdir"})
_ERRORS = {
    Fault.DISK_FULL: errno.ENOSPC,
    Fault.QUOTA: errno.EDQUOT,
    Fault.BROKEN: errno.EIO,
}
#: What needs no space, so that it still works on a full disk.
_FREE = frozenset({"unlink", "remove", "rmdir", "chmod", "fchmod", "utime", "ftruncate", "fsync"})
_STEPS = (
    *("fsync", "replace", "rename", "link", "symlink", "unlink", "remove", "mkdir", "rmdir"),
    *("chmod", "fchmod", "utime", "ftruncate", "write"),
)
_OPENING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass
class Steps:
    """Counts the steps, and lets the fault happen at one of them (from 1)."""

    fault: Fault = Fault.NONE
    at: int = 0
    names: list[str] = field(default_factory=list)
    #: Whether it was a removal that failed: then something is left, and nobody can help it.
    spared: bool = False

    def take(self, name: str, do: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """Do a step, or let it go wrong. A disk that is full stays so."""
        self.names.append(name)
        now = len(self.names) == self.at
        error = _ERRORS.get(self.fault)
        if error is not None:
            lasts = self.fault is not Fault.BROKEN and len(self.names) > self.at > 0
            now = now and (self.fault is Fault.BROKEN or name not in _FREE)
            if now or (lasts and name not in _FREE):
                self.spared = now and name in _TIDYING
                if now and half is not None:
                    half()
                raise OSError(error, os.strerror(error))
            return do()
        if not now:
            return do()
        if self.fault is Fault.TORN and half is not None:
            half()
        elif self.fault is Fault.KILLED_AFTER:
            do()
        if self.fault.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        return do()


class _Raw(io.FileIO):
    """A file whose writes are steps."""

    steps: Steps

    def write(self, data: Any) -> int:
        whole = bytes(data)
        write = super().write
        done: int = self.steps.take(
            "write", lambda: write(whole), lambda: write(whole[: len(whole) // 2])
        )
        return done


@contextmanager
def stepwise(steps: Steps) -> Iterator[Steps]:
    """Every step of this process goes by `steps` while the context lasts."""
    real_open, real_os_open = io.open, os.open
    real = {name: getattr(os, name) for name in _STEPS}

    class Raw(_Raw):
        pass

    Raw.steps = steps

    def stepped(name: str) -> Callable[..., Any]:
        def step(*given: Any, **more: Any) -> Any:
            half = None
            if name == "write" and len(given) == 2:
                half = lambda: real[name](given[0], given[1][: len(given[1]) // 2])  # noqa: E731
            return steps.take(name, lambda: real[name](*given, **more), half)

        return step

    def os_open(path: Any, flags: int, *given: Any, **more: Any) -> int:
        if not flags & _OPENING:
            return real_os_open(path, flags, *given, **more)
        opened: int = steps.take("open", lambda: real_os_open(path, flags, *given, **more))
        return opened

    def opened(file: Any, mode: str = "r", buffering: int = -1, *given: Any, **more: Any) -> Any:
        if not set(mode) & set("wax+"):
            return real_open(file, mode, buffering, *given, **more)
        keywords = dict(zip(("encoding", "errors", "newline"), given, strict=False)) | more
        closefd, opener = keywords.pop("closefd", True), keywords.pop("opener", None)
        plain = mode.replace("b", "").replace("t", "")

        def make() -> Raw:
            return Raw(file, plain, closefd, opener)

        raw: Raw = make() if isinstance(file, int) else steps.take("open", make)
        buffer: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, **keywords)

    os.open = os_open
    io.open = builtins.open = opened
    for name in _STEPS:
        setattr(os, name, stepped(name))
    try:
        yield steps
    finally:
        os.open, io.open, builtins.open = real_os_open, real_open, real_open
        for name in _STEPS:
            setattr(os, name, real[name])
