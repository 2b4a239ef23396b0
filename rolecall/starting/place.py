"""Putting a project where there is none: all of its files at once, or nothing."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from rolecall.files import name_beside, sweep_beside
from rolecall.policy.errors import quoted
from rolecall.problems import Exit, Problem


def write_project(folder: Path, files: Mapping[str, str]) -> Path:
    """Make the folder with these files, by their paths in it; the folder's own path.

    They are written beside it and get their place by one rename, so that nobody finds half
    a project, and a folder that somebody else fills meanwhile is not touched. Raises
    `Problem`: there is something already, or it cannot be written.
    """
    target = _free(folder)
    beside = name_beside(target)
    try:
        sweep_beside(target)
        beside.mkdir()
        for name, text in files.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        # Replaces an empty folder, and nothing else.
        beside.rename(target)
    except OSError as error:
        # What is there now came while the files were written.
        if error.errno is not None and os.path.lexists(target) and not _is_empty(target):
            raise _taken(target) from None
        raise Problem(
            f"{quoted(str(target), 200)} cannot be made: {error.strerror}.", Exit.FAILED
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target


def _free(folder: Path) -> Path:
    """The folder's real path, once it is known that a project may be put there."""
    try:
        target = folder.expanduser().resolve()
        if os.path.lexists(target):
            if not target.is_dir() or not _is_empty(target):
                raise _taken(target)
            if target == Path.cwd():
                raise Problem(
                    "The folder that you are in would be replaced; go one up and name it: "
                    f"`cd .. && rolecall init {quoted(target.name)}`."
                )
        elif not target.parent.is_dir():
            raise Problem(
                f"There is no folder {quoted(str(target.parent), 200)} to put the project into; "
                "make it first."
            )
    except (OSError, ValueError, RuntimeError) as error:
        raise Problem(f"{quoted(str(folder), 200)} names no folder: {error}.") from None
    return target


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except NotADirectoryError:
        return False


def _taken(target: Path) -> Problem:
    return Problem(
        f"{quoted(str(target), 200)} is there already and not an empty folder; nothing was "
        "written. Name a new folder."
    )
