"""Sessions in files: read with suspicion, written in one step, tidied up."""

import os
import re
import stat
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rolecall.embedded_token import is_embedded
from rolecall.files import private_folder, write_private
from rolecall.policy.errors import quoted
from rolecall.problems import Problem
from rolecall.session.assumed_role import AssumedRole, session_of
from rolecall.session.aws_cli_cache import as_text, from_text
from rolecall.session.clock import ZERO, date_of, skew_at
from rolecall.session.guard import check_session
from rolecall.session.place import Place

Answer = Mapping[str, Any]
Warn = Callable[[str], None]

_LARGEST = 1_000_000
#: How `write_private` calls what it is writing; older than this, its writer was killed.
_TEMPORARY = re.compile(r"\.[0-9a-f]{40}(?:[0-9a-f]{24})?\.json\.[0-9a-f]{16}")
_STALE_SECONDS = 60.0
#: What only we keep; no session lasts longer than 12 hours.
_SESSION = re.compile(r"[0-9a-f]{64}\.json")
_ENDED_SECONDS = 13 * 3600.0
_OTHERS = 0o077
_NOISE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Kept:
    """A session, how long such a one lasts, and when this one ends.

    Its expiration is by this machine's clock: where that is behind AWS's the session ends
    earlier than AWS says, because everybody who uses it goes by this machine's.
    """

    session: AssumedRole
    lifetime: timedelta
    ends: datetime

    def left(self, now: datetime) -> timedelta:
        """What is left of it."""
        return self.ends - now


def kept(answer: Answer, received: datetime, lifetime_seconds: int) -> Kept:
    """An answer of STS that came at `received`, by this machine's clock.

    The session is not taken to last longer than was asked for. Raises `Problem` for what
    is no answer of STS.
    """
    session = session_of(answer)
    behind = max(skew_at(answer, received), ZERO)
    asked = timedelta(seconds=lifetime_seconds)
    try:
        local = replace(session, expiration=session.expiration - behind)
        issued = date_of(answer)
        told = asked if issued is None else session.expiration - issued
        ends = min(local.expiration, received + asked + _NOISE)
    except OverflowError:
        return Kept(session, ZERO, received)
    return Kept(local, max(min(told, asked), ZERO), ends)


def read(place: Place, now: datetime, warn: Warn) -> Kept | None:
    """The session that is kept there, if one can be used there; None otherwise.

    None for a file that is not there, is not whole, is somebody else's, holds a session of
    another role or, where AWS is asked, of the embedded AWS, or was written by a clock that
    has been set back since. `warn` is told of what is wrong with a file. A file that others
    may read is made its owner's alone.
    """
    where = quoted(str(place.file), 200)
    try:
        content, told = content_of(place.file)
        written = datetime.fromtimestamp(told.st_mtime, UTC)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        warn(f"{where} is not used: {reason}.")
        return None
    if told.st_mode & _OTHERS:
        warn(f"{where} could be read by other users: its mode is 0600 now.")
    if any(_changed_since(file, written) for file in place.newer_than):
        return None
    try:
        answer = from_text(content)
        found = kept(answer, written, place.lifetime_seconds)
        check_session(found.session.arn, place.role_arn)
    except (ValueError, Problem):
        warn(f"{where} holds no session of this role: a new one takes its place.")
        return None
    if place.of_aws and is_embedded(found.session.session_token):
        warn(f"{where} holds a session of the embedded AWS: a new one takes its place.")
        return None
    if now + max(skew_at(answer, written), ZERO) < (date_of(answer) or written) - _NOISE:
        # The clock has been set back since: what is left cannot be told.
        return None
    return found


def write(place: Place, answer: Answer, received: datetime) -> bool:
    """Keep an answer of STS; False where that cannot be, which is no failure.

    The file is its owner's alone and replaced in one step; what killed writers left behind
    is swept away. A session of the embedded AWS is not put where AWS's are.
    """
    try:
        if place.of_aws and is_embedded(answer["Credentials"]["SessionToken"]):
            return False
        text = as_text(answer)
        private_folder(place.file.parent)
        write_private(place.file, text.encode())
        # Readers compare it with the answer's own date, by the clock that is gone by here.
        os.utime(place.file, (received.timestamp(),) * 2)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False
    sweep(place.file.parent, received)
    return True


def sweep(folder: Path, now: datetime) -> None:
    """Remove half-written files whose writers are gone, and sessions that ended long ago.

    Ours only, in whichever folder.
    """
    with suppress(OSError):
        for file in folder.iterdir():
            if _TEMPORARY.fullmatch(file.name):
                _remove_if_older(file, time.time(), _STALE_SECONDS)
            elif _SESSION.fullmatch(file.name):
                _remove_if_older(file, now.timestamp(), _ENDED_SECONDS)


def sweep_ready(folder: Path) -> None:
    """Remove ready answers of sessions that ended long ago."""
    with suppress(OSError):
        for file in folder.iterdir():
            _remove_if_older(file, time.time(), _ENDED_SECONDS)


def _remove_if_older(file: Path, now: float, seconds: float) -> None:
    with suppress(OSError):
        if abs(now - file.lstat().st_mtime) > seconds:
            file.unlink()


def content_of(file: Path) -> tuple[bytes, os.stat_result]:
    """The content of a file that is this user's own, and what it was like before.

    One that others may read is made its owner's alone. Raises `OSError`, or `ValueError`
    with the reason for what is not to be read.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as opened:
        told = os.fstat(descriptor)
        if not stat.S_ISREG(told.st_mode):
            raise ValueError("it is no file")
        if told.st_uid != os.geteuid():
            raise ValueError("it belongs to another user")
        if told.st_size > _LARGEST:
            raise ValueError("it is too large")
        if told.st_mode & _OTHERS:
            os.fchmod(descriptor, 0o600)
        return opened.read(_LARGEST), told


def _changed_since(file: Path, written: datetime) -> bool:
    with suppress(OSError):
        return file.stat().st_mtime > written.timestamp()
    return False
