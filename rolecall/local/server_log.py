"""The log of a server in the background, which nobody empties."""

import contextlib
import logging
import os
import shutil
import sys
from pathlib import Path

#: A log that is larger, in bytes, is put aside: about 150,000 refused calls.
LARGEST = 16 * 1024 * 1024


class ServerLog(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to stderr. If that is `file`, a full one becomes `<file>.1`, in place of the last.

    Whoever may call, if only to be refused, could otherwise fill the disk.
    """

    def __init__(self, file: Path, largest: int = LARGEST) -> None:
        super().__init__(sys.stderr)
        self._file = file
        self._largest = largest

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line (the handler's lock is held)."""
        super().emit(record)
        with contextlib.suppress(OSError, ValueError):
            descriptor = self.stream.fileno()
            facts = os.fstat(descriptor)
            if facts.st_size > self._largest and os.path.samestat(facts, self._file.stat()):
                self._begin_anew(descriptor)

    def _begin_anew(self, descriptor: int) -> None:
        # The descriptor is the starting process's and stays; it appends, so that what
        # others write to stderr comes to the new beginning, too.
        aside = self._file.with_name(f"{self._file.name}.1")
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
            made = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with self._file.open("rb") as full, os.fdopen(made, "wb") as kept:
                shutil.copyfileobj(full, kept)
        os.ftruncate(descriptor, 0)
