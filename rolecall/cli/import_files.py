"""Files that are written whole or not at all, and never over others unless that is meant."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from rolecall.files import write_private
from rolecall.problems import Problem, printable


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
            write_private(path, data, mode=0o644)
            return
        whole = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
        write_private(whole, data, mode=0o644)
        try:
            # Unlike a rename, a link never replaces what is there.
            os.link(whole, path)
        finally:
            whole.unlink()
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise Problem(f"{printable(str(path))} cannot be written: {error.strerror}.") from None


def _taken(path: Path) -> Problem:
    return Problem(
        f"{printable(str(path))} is there already, and nothing was written; choose another name, "
        "or --force."
    )
