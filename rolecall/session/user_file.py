"""`assumed_user.sh`: the session as a file to be sourced, readable by its owner alone."""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from rolecall.files import write_private
from rolecall.policy.errors import quoted
from rolecall.problems import Exit, Problem, exit_for
from rolecall.session.assumed_role import AssumedRole
from rolecall.session.shells import bash

DEFAULT_NAME = "assumed_user.sh"
#: How the file begins; what begins otherwise is somebody else's.
MARK = "# Written by `rolecall assume`; it holds secrets."


def write_user_file(
    path: Path, session: AssumedRole, variables: Mapping[str, str], stale: Iterable[str]
) -> None:
    """Write the file in one step, mode 0600, over one of ours or where none is.

    Raises `Problem`: exit 7 where something stands there that Rolecall did not write,
    2 or 1 where it cannot be written.
    """
    check_user_file(path)
    text = (
        f"{MARK}\n"
        f"# {session.arn} until {session.expiration.isoformat()}; use it with `. <this file>`.\n"
        f"{bash(variables, stale)}\n"
    )
    try:
        write_private(path, text.encode())
    except (OSError, ValueError) as error:
        raise _unusable(path, error, "written") from None


def check_user_file(path: Path) -> None:
    """Refuse a path where something stands that is not ours to replace; see `write_user_file`."""
    foreign = Problem(
        f"--user-file {quoted(str(path), 200)} stands there already and was not written by "
        "Rolecall: move it away, or give another path.",
        Exit.CONFLICT,
    )
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise foreign
        # Not waiting for a writer, should it have become a pipe since.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags), "rb") as file:
            beginning = file.read(len(MARK))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _unusable(path, error, "read") from None
    if beginning not in (b"", MARK.encode()):
        raise foreign


def _unusable(path: Path, error: Exception, what: str) -> Problem:
    reason = getattr(error, "strerror", None) or "that is no file's name"
    return Problem(
        f"--user-file {quoted(str(path), 200)} cannot be {what}: {reason}.", exit_for(error)
    )
