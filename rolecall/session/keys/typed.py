"""An access key that is typed, or pasted, at the terminal: the secret without echo."""

import getpass
from pathlib import Path

from rolecall.problems import Problem
from rolecall.session.execute import in_foreground
from rolecall.session.keys.long_lived import LongLivedKey, check_access_key_id

_TERMINAL = Path("/dev/tty")


def typed_key() -> LongLivedKey:
    """Ask for both halves at the terminal itself, whatever stdin is.

    Raises `Problem` where there is none, and for what is no key.
    """
    if not in_foreground():
        raise Problem("there is no terminal to ask for the key at: pipe it in, with --stdin.")
    try:
        with _TERMINAL.open("w", encoding="utf-8") as terminal:
            terminal.write("Access key ID: ")
        with _TERMINAL.open(encoding="utf-8", errors="replace") as terminal:
            key_id = terminal.readline().strip()
        check_access_key_id(key_id)
        secret = getpass.getpass("Secret access key (not shown): ").strip()
    except (EOFError, OSError):
        raise Problem("no key was given.") from None
    return LongLivedKey(key_id, secret)
