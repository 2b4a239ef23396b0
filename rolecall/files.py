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
