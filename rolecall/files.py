"""Writing files so that nobody ever reads half of one."""

import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

#: Older than this, what is being written has no writer any more: he was killed.
_ABANDONED_SECONDS = 60.0
_RANDOM_DIGITS = 16
_LONGEST = 100


def write_private(path: Path, data: bytes, *, durable: bool = False, mode: int = 0o600) -> None:
    """Replace a file in one step; readable by its owner alone unless `mode` says otherwise.

    A reader sees the old content or the new, never a part. With `durable` the content
    is on the disk before the name points to it, so that it survives a power cut. The mode is
    that one whatever the umask. What killed writers of this file left is removed.

    Raises:
        OSError: the disk is full, or the directory is gone.
    """
    _write(path, data, lambda beside: beside.replace(path), mode, exact=True, durable=durable)
    if durable:
        sync_directory(path.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file that is no secret in one step; the umask says who may read it.

    Raises OSError.
    """
    _write(path, data, lambda beside: beside.replace(path), 0o666)


def write_where_none_is(path: Path, data: bytes) -> None:
    """As `write_whole`, but never over what is there. Raises OSError, `FileExistsError` of it."""

    def take_place(beside: Path) -> None:
        # Unlike a rename, a link never replaces what is there.
        os.link(beside, path)
        with suppress(OSError):
            beside.unlink()

    _write(path, data, take_place, 0o666)


def _write(
    path: Path,
    data: bytes,
    take_place: Callable[[Path], object],
    mode: int,
    *,
    exact: bool = False,
    durable: bool = False,
) -> None:
    sweep_beside(path)
    beside = name_beside(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if exact and os.fstat(descriptor).st_mode & 0o777 != mode:
                with suppress(OSError):  # a file system that knows no modes
                    os.fchmod(descriptor, mode)
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        take_place(beside)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def name_beside(path: Path) -> Path:
    """A name beside the path, under which its content is put together before it takes its place."""
    return path.with_name(_beginning(path) + secrets.token_hex(_RANDOM_DIGITS // 2))


def sweep_beside(path: Path) -> None:
    """Remove what killed writers put together beside the path (`name_beside`) and left there.

    A young one may have a writer who is still at work, and stays.
    """
    beginning, now = _beginning(path), time.time()
    with suppress(OSError, ValueError), os.scandir(path.parent) as entries:
        for entry in entries:
            ending = entry.name.removeprefix(beginning)
            if len(ending) != _RANDOM_DIGITS or len(entry.name) != len(beginning) + len(ending):
                continue
            with suppress(OSError):
                told = entry.stat(follow_symlinks=False)
                hexadecimal = not ending.strip("0123456789abcdef")
                abandoned = abs(now - told.st_mtime) > _ABANDONED_SECONDS
                if hexadecimal and abandoned and told.st_uid == os.geteuid():
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path)
                    else:
                        os.unlink(entry.path)  # noqa: PTH108 - there is no Path yet


def _beginning(path: Path) -> str:
    # A long name would be too long with more.
    return f".{path.name[:_LONGEST]}."


def append_whole(path: Path, text: Callable[[bytes], bytes]) -> None:
    """Add to a file that is there: all of it, or nothing if the disk does not take all.

    text: what to add, given the last byte that is there. Raises OSError.
    """
    # Without O_CREAT: whoever waits for the text made the file.
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        size = os.fstat(descriptor).st_size
        last = os.pread(descriptor, 1, size - 1) if size else b""
        left = text(last)
        try:
            while left:
                left = left[os.write(descriptor, left) :]
        except BaseException:
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def write_output(path: Path, data: bytes) -> None:
    """Write what somebody asked for to the place that he named.

    A file is replaced in one step. So is a link: the repository it lies in could lead it
    anywhere. What is no file (a pipe, a device such as /dev/null) is written to: replaced, it
    would be gone for every program of the machine.

    Raises:
        OSError: it cannot be written.
    """
    special = path.exists() and not path.is_file()
    # `/dev/stdout` may be a file, and must not be replaced; in /dev/shm are ordinary ones.
    within = path.absolute().parts[1:3]
    if special or (within[:1] in (("dev",), ("proc",)) and within != ("dev", "shm")):
        with path.open("wb") as opened:
            opened.write(data)
        return
    write_whole(path, data)


def sync_directory(directory: Path) -> None:
    """Put the names in a directory on the disk (a rename is durable only after this)."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_regular(path: Path) -> BinaryIO:
    """Open a file that somebody keeps something in: a pipe, which nobody may ever write to, is
    none. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return os.fdopen(descriptor, "rb")


def open_private(path: Path, flags: int) -> int:
    """Open a file, or make it for its owner alone; the owner's rights whatever the umask."""
    descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    try:
        told = os.fstat(descriptor)
        if told.st_mode & 0o600 != 0o600 and told.st_uid == os.geteuid():
            os.fchmod(descriptor, 0o600)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, each for its owner alone.

    `Path.mkdir` gives its mode to the last one only. One that is there already stays as
    it is. Raises OSError.
    """
    if folder.is_dir():
        return
    private_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    if folder.stat().st_mode & 0o700 != 0o700:
        folder.chmod(0o700)  # an umask took away what is the owner's
