"""Files that a declaration names, read when the stack is synthesized."""

from os import PathLike
from pathlib import Path

from rolecall.problems import Problem
from rolecall.trust.arguments import shown


def read_file(owner: str, field: str, file: object, limit: int, example: str) -> bytes:
    """The bytes of a file, no more than one over `limit`. Raises `Problem`."""
    if not isinstance(file, str | PathLike) or not str(file) or "\0" in str(file):
        raise Problem(f'{owner}: {field} is {shown(file)}; write a path: Path("{example}").')
    path = Path(file)
    try:
        # Not a pipe or a device, which may never end.
        if not path.is_file():
            raise Problem(f"{owner}: {field} {shown(str(path))} is not a file.")
        with path.open("rb") as opened:
            return opened.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Problem(f"{owner}: {field} {shown(str(path))} cannot be read: {reason}.") from error
