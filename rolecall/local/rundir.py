"""Where the embedded AWS keeps its files, and how they are written."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.files import private_folder, read_regular
from rolecall.home import HOME_VARIABLE, rolecall_home
from rolecall.problems import Exit, Problem


@dataclass(frozen=True, slots=True)
class RunDir:
    """The directory of run files: `server.json`, `server.log`, `server.lock`, `state/`.

    Everything in it is for its owner alone (directories 0700, files 0600), because
    `server.json` holds the control token and `state/` the keys of the embedded AWS.
    """

    local: Path

    @classmethod
    def find(cls, start: Path | None = None, environ: Mapping[str, str] | None = None) -> "RunDir":
        """Return the run directory that belongs to a working directory (see `rolecall_home`)."""
        return cls(rolecall_home(start, environ) / "local")

    @property
    def server_file(self) -> Path:
        """What is known of the running server, its control token included."""
        return self.local / "server.json"

    @property
    def log_file(self) -> Path:
        """What the server said."""
        return self.local / "server.log"

    @property
    def lock_file(self) -> Path:
        """Locked by the running server for as long as it lives."""
        return self.local / "server.lock"

    @property
    def state(self) -> Path:
        """The default place of the state that survives a restart."""
        return self.local / "state"

    def create(self) -> None:
        """Make the directory, for its owner alone.

        Raises:
            Problem: it cannot be made, or others may write to it.
        """
        private_directory(self.local)


def private_directory(directory: Path) -> None:
    """Make a directory for its owner alone, and refuse one that others may change.

    One that is there already may be readable: every file in it is not.

    Raises:
        Problem: the directory cannot be made, belongs to someone else, or is
            writable by group or others.
    """
    try:
        private_folder(directory)
        facts = directory.stat()
    except OSError as error:
        raise Problem(
            f"The directory {directory} cannot be used: {error.strerror}.", Exit.CONFLICT
        ) from error
    if facts.st_uid != os.geteuid():
        raise Problem(
            f"The directory {directory} belongs to another user; name one of your own with "
            f"{HOME_VARIABLE} or --state-dir."
        )
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Problem(
            f"Others may write to the directory {directory}; run `chmod go-w {directory}` first."
        )


def read_json(path: Path) -> dict[str, Any] | None:
    """Read a JSON object; None when the file is missing or is not one."""
    try:
        with read_regular(path) as file:
            value = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
