"""Files with secrets that others on this machine may read or change."""

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shlex import quote

from rolecall.home import below_home
from rolecall.session.doctor.aws_profiles import read
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine

CHECK = "file modes"
_OTHERS, _OTHERS_WRITE = 0o077, 0o022
_SECRETS = frozenset({"aws_secret_access_key", "aws_session_token", "aws_security_token"})
_MOST_FILES = 10_000


def check(machine: Machine) -> Iterator[Finding]:
    """Look at the AWS files, both caches and the folders that they are in."""
    found = [finding for path, wide in _looked_at(machine) for finding in _of(path, wide)]
    yield from found
    if not found:
        yield Finding(CHECK, Level.OK, "nobody else can read the secrets of the AWS files")


def _looked_at(machine: Machine) -> Iterator[tuple[Path, int]]:
    """Files and folders, and what others must not have of each."""
    files = machine.files
    yield files.credentials, _OTHERS
    options = {option.name for section in read(files.config).sections for option in section.options}
    # Without keys the config file is no secret, but a command in it is run.
    yield files.config, _OTHERS if options & _SECRETS else _OTHERS_WRITE
    for folder in dict.fromkeys((files.credentials.parent, files.config.parent)):
        yield folder, _OTHERS_WRITE
    for folder in (machine.folders.shared, below_home("~/.aws/boto/cache")):
        yield folder, _OTHERS_WRITE
        for path in _files_in(folder):
            yield path, _OTHERS
    yield machine.folders.ours, _OTHERS
    for path in _files_in(machine.folders.ours):
        yield path, _OTHERS


def _files_in(folder: Path) -> Iterator[Path]:
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= _MOST_FILES:
            return
        if not path.is_symlink():
            yield path


def _of(path: Path, too_much: int) -> Iterator[Finding]:
    try:
        told = path.stat()
    except OSError:
        return  # not there, or out of reach: nobody's business here
    wide = stat.S_IMODE(told.st_mode) & too_much
    if not wide:
        return
    mode = stat.S_IMODE(told.st_mode)
    kept = mode & ~too_much
    can = "change" if wide & _OTHERS_WRITE else "read"
    what = f"{path} has mode {mode:04o}: others can {can} it"
    if told.st_uid != os.geteuid():
        yield Finding(
            CHECK,
            Level.PROBLEM,
            f"{what}, and it is another user's",
            f"let its owner chmod {kept:o} it, or move it away.",
        )
        return
    yield Finding(
        CHECK, Level.PROBLEM, what, f"chmod {kept:o} {quote(str(path))}", partial(path.chmod, kept)
    )
