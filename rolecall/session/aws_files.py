"""The AWS config and credentials files: where they are, and how they are replaced."""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rolecall.files import private_folder, write_private
from rolecall.home import below_home
from rolecall.policy.errors import quoted
from rolecall.problems import Exit, Problem

_LARGEST = 4_000_000
_TRIES, _PAUSE_SECONDS = 400, 0.05


@dataclass(frozen=True, slots=True)
class AwsFiles:
    """Both files ("Location of the shared config and credentials files", AWS SDKs reference)."""

    config: Path
    credentials: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "AwsFiles":
        """Those that the SDKs use with this environment."""

        def path(variable: str, usual: str) -> Path:
            return below_home(os.path.expandvars(environ.get(variable) or usual))

        return cls(
            config=path("AWS_CONFIG_FILE", "~/.aws/config"),
            credentials=path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        )


def edit(path: Path, change: Callable[[bytes], bytes], *, secret: bool) -> bool:
    """Replace the file by what `change` makes of it, in one step; False if it is the same.

    A symbolic link stays, and the file that it points to is replaced. The file's mode is
    kept; `secret` takes away what others may do with it. A new file is its owner's alone.
    Editors of the same folder wait for each other. Raises `Problem` where that cannot be.
    """
    try:
        target = path.resolve()
        private_folder(target.parent)
        with _alone(target.parent):
            before, mode = _read(target)
            after = change(before)
            tightened = mode & 0o700 if secret else mode & 0o777
            if after == before and tightened == mode:
                return False
            write_private(target, after, durable=True, mode=tightened)
            return after != before
    except (OSError, ValueError, RuntimeError) as error:
        # RuntimeError: a loop of symbolic links.
        reason = getattr(error, "strerror", None) or "that is no file's name"
        raise Problem(
            f"{quoted(str(path), 200)} cannot be edited: {reason}.", Exit.FAILED
        ) from None


def _read(target: Path) -> tuple[bytes, int]:
    try:
        told = target.stat()
    except FileNotFoundError:
        return b"", 0o600
    where = quoted(str(target), 200)
    if not stat.S_ISREG(told.st_mode):
        raise Problem(f"{where} is no file.", Exit.CONFLICT)
    if told.st_uid != os.geteuid():
        # Replacing it would make it ours, and lock its owner out.
        raise Problem(
            f"{where} belongs to another user: run the command as that user.", Exit.CONFLICT
        )
    if told.st_size > _LARGEST:
        raise Problem(f"{where} is too large to be such a file.", Exit.CONFLICT)
    return target.read_bytes(), stat.S_IMODE(told.st_mode)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a lock on the folder itself: no file is left behind, and the kernel lets go.

    Raises `Problem` where somebody holds it much longer than an edit takes.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(_PAUSE_SECONDS)
        else:
            raise Problem(
                f"{quoted(str(folder), 200)} is locked by another process: end it and try again.",
                Exit.CONFLICT,
            )
        yield
    finally:
        os.close(descriptor)
