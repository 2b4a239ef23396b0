"""Reading a secret from a file: bounded, and without ever repeating it."""

import re
import sys
from pathlib import Path

from rolecall.policy.errors import quoted
from rolecall.problems import Problem

#: How JSON and XML begin in base64, XML, and a form: the secret itself, not a file's name.
_LOOKS_SECRET = re.compile(r"eyJ|P[A-P]|<|SAMLResponse=")


def read_secret(path: Path, option: str, what: str, limit: int) -> bytes:
    """The content of a file, at most `limit` bytes and one more.

    `option` names where the path was given, `what` the secret, for messages. Raises
    `Problem` where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no file's name"
        raise Problem(f"{option} {file_in_words(path)} cannot be read: {reason}.") from None
    if not content.strip():
        raise Problem(f"{option} {file_in_words(path)} is empty: it must hold {what}.")
    return content


def read_secret_from_stdin(option: str, what: str, limit: int) -> bytes:
    """The whole of stdin, at most `limit` bytes and one more.

    `option` is how stdin was asked for, with its `-` where it takes one. Raises `Problem`
    at a terminal: it cuts lines at 4096 characters, and echoes.
    """
    stream = sys.stdin
    if stream is None or stream.isatty():
        raise Problem(f"{option} reads {what} from a pipe, not from a terminal.")
    try:
        content = stream.buffer.read(limit + 1)
    except (OSError, ValueError, AttributeError):
        raise Problem(f"{option}: stdin cannot be read.") from None
    if not content.strip():
        raise Problem(f"{option}: stdin is empty; it must bring {what}.")
    return content


def file_in_words(path: Path) -> str:
    """A path for a message; what looks like the secret itself is not repeated."""
    text = str(path)
    if _LOOKS_SECRET.match(text) and (len(text) > 40 or text.count(".") == 2):
        return "(which looks like the secret itself; write the name of a file that holds it)"
    return quoted(text, 200)
