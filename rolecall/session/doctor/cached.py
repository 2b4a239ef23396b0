"""Files of the caches that nobody can read, and sessions of the embedded AWS in the wrong one."""

import json
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any

from rolecall.embedded_token import is_embedded
from rolecall.files import read_regular
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine

CHECK = "cache"
_LARGEST = 1_000_000


def check(machine: Machine) -> Iterator[Finding]:
    """Read every kept session."""
    found: list[Finding] = []
    count = 0
    folders = machine.folders
    for folder in (folders.shared, folders.sessions):
        for path in sorted(folder.glob("*.json")):
            count += 1
            found += _of(path, shared=folder == folders.shared)
    yield from found
    if not found:
        sessions = f"{count} kept session" + ("" if count == 1 else "s")
        yield Finding(CHECK, Level.OK, f"{sessions}, all of them whole")


def _of(path: Path, *, shared: bool) -> Iterator[Finding]:
    try:
        with read_regular(path) as file:
            content: Any = json.loads(file.read(_LARGEST))
        if not isinstance(content, dict):
            raise ValueError
    except OSError as error:
        yield Finding(
            CHECK,
            Level.PROBLEM,
            f"{path} cannot be read: {error.strerror}",
            f"rm {quote(str(path))}",
        )
        return
    except (ValueError, RecursionError):
        yield Finding(
            CHECK,
            Level.PROBLEM,
            f"{path} is damaged, and the AWS CLI fails wherever it needs it",
            f"rm {quote(str(path))} (it is made again when needed)",
        )
        return
    credentials = content.get("Credentials")
    token = credentials.get("SessionToken") if isinstance(credentials, dict) else None
    if shared and isinstance(token, str) and is_embedded(token):
        yield Finding(
            CHECK,
            Level.PROBLEM,
            f"{path} holds a session of the embedded AWS, which the AWS CLI would show to AWS",
            f"rm {quote(str(path))}; with AWS_ENDPOINT_URL set, give the AWS CLI keys or a profile "
            "without role_arn (rolecall profile writes one)",
        )
