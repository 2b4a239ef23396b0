"""Files that are written whole or not at all, and never over others unless that is meant."""

import os
from collections.abc import Iterable
from pathlib import Path

from rolecall.files import write_where_none_is, write_whole
from rolecall.problems import Problem, exit_for, printable


def check_free(paths: Iterable[Path]) -> None:
    """Refuse paths that are taken, before any file is written. Raises `Problem`."""
    for path in paths:
        if os.path.lexists(path):
            raise _taken(path)


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a file in one step; raises `Problem`, also where another one was quicker."""
    data = text.encode("utf-8", "backslashreplace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if force:
            write_whole(path, data)
        else:
            write_where_none_is(path, data)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise Problem(
            f"{printable(str(path))} cannot be written: {error.strerror}.", exit_for(error)
        ) from None


def _taken(path: Path) -> Problem:
    return Problem(
        f"{printable(str(path))} is there already, and nothing was written; choose another name, "
        "or --force."
    )
