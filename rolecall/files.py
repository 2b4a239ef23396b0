"""Writing files so that nobody ever reads half of one."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, data: bytes, *, durable: bool = False, mode: int = 0o600) -> None:
    """Replace a file in one step; readable by its owner alone unless `mode` says otherwise.

    A reader sees the old content or the new, never a part. With `durable` the content
    is on the disk before the name points to it, so that it survives a power cut.

    Raises:
        OSError: the disk is full, or the directory is gone.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_directory(path.parent)


def write_output(path: Path, data: bytes) -> None:
    """Write what somebody asked for to the place that he named.

    A file is replaced in one step. So is a link: the repository it lies in could lead it
    anywhere. What is no file (a pipe, a device such as /dev/null) is written to: replaced, it
    would be gone for every program of the machine.

    Raises:
        OSError: it cannot be written.
    """
    special = path.exists() and not path.is_file()
    if special or path.absolute().parts[1:2] in (("dev",), ("proc",)):
        with path.open("wb") as opened:
            opened.write(data)
        return
    write_private(path, data, mode=0o644)


def sync_directory(directory: Path) -> None:
    """Put the names in a directory on the disk (a rename is durable only after this)."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, each for its owner alone.

    `Path.mkdir` gives its mode to the last one only. One that is there already stays as
    it is. Raises OSError.
    """
    if folder.is_dir():
        return
    private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
