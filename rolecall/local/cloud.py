"""The state of one embedded AWS, apart from what the backends hold."""

import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rolecall.local import backend
from rolecall.local.api import SessionGrant, TemporaryCredentials
from rolecall.local.directory import Directory
from rolecall.local.gate import Gate
from rolecall.local.session_token import Sealer

#: How far the clock may be moved ahead, in seconds (ten years).
FURTHEST = 10 * 365 * 24 * 3600

_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_KEY_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


class Cloud:
    """Clock, keys and side tables of one embedded AWS. Thread safe.

    Two clocks matter. `now` is the embedded AWS's time: sessions, one-time codes and
    date conditions go by it, and it can be moved ahead to see a session expire.
    `real_now` is the time clients sign with: nobody moves a client's clock along, so
    the age of a signature is judged by the real time.

    The backends of moto are global to the process: one process holds one Cloud.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = utc_now,
        sealing_key: bytes | None = None,
        records: dict[str, dict[str, Any]] | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        backend.configure()
        self.real_now = clock
        self.records: dict[str, dict[str, Any]] = {} if records is None else records
        self.sealer = Sealer(sealing_key or secrets.token_bytes(32))
        self.directory = Directory(self.records)
        self.gate = Gate()
        self.on_change = on_change
        self._lock = threading.Lock()
        self._here = threading.local()
        self._endings: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The embedded AWS's time, in UTC."""
        return self.real_now() + timedelta(seconds=self.clock_offset)

    @property
    def clock_offset(self) -> float:
        """How far the embedded AWS's time is ahead of the real time, in seconds."""
        return float(self.records.get("clock", {}).get("offset_seconds", 0.0))

    def advance(self, seconds: float) -> None:
        """Move the embedded AWS's time ahead; kept with the state.

        Raises:
            ValueError: `seconds` is negative, or the clock would be ahead too far.
        """
        with self._lock:
            offset = self.clock_offset + seconds
            if not 0 <= seconds <= FURTHEST or offset > FURTHEST:
                raise ValueError(
                    f"The clock goes ahead only, by {FURTHEST} seconds at the most in all."
                )
            self.records["clock"] = {"offset_seconds": offset}
        self.mark_changed()

    def reset_clock(self) -> None:
        """Go back to the real time."""
        with self._lock:
            self.records.pop("clock", None)
        self.mark_changed()

    def mark_changed(self) -> None:
        """Say that state worth keeping has changed; it is saved soon after."""
        self._here.changed = True
        self.on_change()

    @contextmanager
    def noticing(self) -> Iterator[Callable[[], bool]]:
        """Whether this thread has changed something in the block."""
        self._here.changed = False
        yield lambda: bool(self._here.changed)

    def when_stopped(self, end: Callable[[], None]) -> None:
        """Have something ended with the server: a listener of its own, for example."""
        with self._lock:
            self._endings.append(end)

    def stop(self) -> None:
        """End what was started along the way; the server calls it as it ends."""
        with self._lock:
            endings, self._endings = self._endings, []
        for end in endings:
            end()

    def new_request_id(self) -> str:
        """A fresh request id, as in AWS's replies."""
        return str(uuid.uuid4())

    def issue(self, grant: SessionGrant) -> TemporaryCredentials:
        """Make the credentials of a session; `grant` comes without keys.

        The access key id carries the account number as AWS's do, so that
        GetAccessKeyInfo can be answered.
        """
        key_id = new_key_id("ASIA", grant.account)
        secret = new_secret()
        full = replace(grant, access_key_id=key_id, secret_access_key=secret)
        return TemporaryCredentials(key_id, secret, self.sealer.seal(full), grant.expires_at)


def new_key_id(prefix: str, account: str) -> str:
    """A random access key id of 20 characters for an account."""
    return str(
        backend.key_id_prefix(prefix, account)
        + "".join(secrets.choice(_ID_ALPHABET) for _ in range(7))
    )


def new_secret() -> str:
    """A random secret access key: 40 characters, 240 bits."""
    return "".join(secrets.choice(_KEY_CHARACTERS) for _ in range(40))
