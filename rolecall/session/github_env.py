"""Handing variables to the later steps of a GitHub Actions job.

Source: GitHub docs, "Workflow commands for GitHub Actions" (environment files, masking),
and the runner's own reader, `FileCommandManager`.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from rolecall.files import append_whole
from rolecall.problems import Exit, Problem

FILE_VARIABLE = "GITHUB_ENV"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def masks(values: Iterable[str]) -> str:
    """Lines that tell the runner, when printed on stdout, never to show these values.

    They must come before anything else is printed: what is already in the log stays there.
    A value of several lines is masked as a whole and line by line.
    """
    lines: list[str] = []
    for value in values:
        parts = [value, *value.splitlines()]
        lines += [f"::add-mask::{_escaped(part)}" for part in dict.fromkeys(parts) if part.strip()]
    return "\n".join(lines)


def append_to_github_env(variables: Mapping[str, str], environ: Mapping[str, str]) -> Path:
    """Add the variables to the job's environment file, for the steps that follow.

    Each value stands between two lines of a random word that it does not contain, so no
    value can set another variable. Raises `Problem` outside of a job, or where the file
    cannot be written.
    """
    named = environ.get(FILE_VARIABLE)
    if not named:
        raise Problem(
            f"--format github works in a job of GitHub Actions: {FILE_VARIABLE} is not set."
        )
    path = Path(named)
    text = "".join(heredoc(name, value) for name, value in variables.items())
    try:
        # The runner made the file; another one would never be read.
        append_whole(path, lambda last: (b"" if last in (b"", b"\n") else b"\n") + text.encode())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no file's name"
        raise Problem(f"{FILE_VARIABLE} cannot be written: {reason}.", Exit.FAILED) from None
    return path


def heredoc(name: str, value: str) -> str:
    """One variable as the environment file holds it."""
    if not _NAME.fullmatch(name):
        raise Problem(f"{name!r} is no name of an environment variable.")
    delimiter = f"rolecall-{secrets.token_hex(16)}"
    while delimiter in value:  # pragma: no cover - 128 random bits
        delimiter = f"rolecall-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _escaped(value: str) -> str:
    """The data of a workflow command; the runner turns these three back."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
