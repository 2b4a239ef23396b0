"""The session of a long job: renewed before it ends, once for all who wait for it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from rolecall.problems import Exit, Problem
from rolecall.session.assumed_role import AssumedRole

#: Where sessions come from: asks STS, or a cache in front of it. Raises `Problem`.
Source = Callable[[], AssumedRole]

#: A session is renewed when this much of it is left, or a quarter if that is less. The
#: SDKs ask for new credentials when 15 minutes are left of theirs.
_WINDOW_SECONDS = 900.0
#: With less than this left, a session is not handed out while a new one is on its way.
_LAST_SECONDS = 60.0
#: How long somebody waits for a new session while the present one would still do. The SDK
#: for Python gives an endpoint 2 seconds (botocore, `ContainerMetadataFetcher`).
_PATIENCE_SECONDS = 1.5
#: How long a refusal of STS stands before it is asked again, while the present one would do.
_PAUSE_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 90.0


def utc_now() -> datetime:
    """The time, aware of its zone."""
    return datetime.now(UTC)


class KeptSession:
    """Holds a role's session and renews it ahead of its end; for any number of threads.

    renewable: whether the source may be asked again; not where a person would have to
        type a code in the middle of the job.
    warn: told, in words, when a renewal fails.
    lasts_seconds: how long a session was asked for. One that seems to last longer shows
        that this machine's clock is behind, and by how much it is renewed sooner.
    """

    def __init__(
        self,
        source: Source,
        *,
        renewable: bool = True,
        now: Callable[[], datetime] = utc_now,
        warn: Callable[[str], None] | None = None,
        lasts_seconds: float | None = None,
    ) -> None:
        self._source, self._renewable, self._now, self._warn = source, renewable, now, warn
        self._lasts_seconds = lasts_seconds
        self._lock = threading.Lock()
        self._renewal: _Renewal | None = None
        self._not_before = float("-inf")
        self._behind = 0.0
        self._set(source())

    def current(self) -> AssumedRole:
        """A session that has not ended. Raises `Problem` where there is none to be had."""
        with self._lock:
            session, left = self._session, self._left()
            if left > self._window or (
                left > _LAST_SECONDS and not (self._renewable and self._may_ask())
            ):
                return session
            if not self._renewable:
                if left > 0:
                    return session
                raise Problem(
                    f"the session of {session.arn} has ended and cannot be renewed without a "
                    "person: start the command again.",
                    Exit.DENIED,
                )
            renewal = self._renewal
            if renewal is None:
                renewal = self._renewal = _Renewal(self)
        renewal.done.wait(_PATIENCE_SECONDS if left > _LAST_SECONDS else _LONGEST_WAIT_SECONDS)
        with self._lock:
            if self._left() > 0:
                return self._session
        raise renewal.problem or Problem(
            f"the session of {session.arn} has ended and a new one is not there yet: try again.",
            Exit.UNREACHABLE,
        )

    def _left(self) -> float:
        return (self._session.expiration - self._now()).total_seconds() - self._behind

    def _may_ask(self) -> bool:
        return self._now().timestamp() >= self._not_before

    def _set(self, session: AssumedRole) -> None:
        self._session, self._behind = session, 0.0
        if self._lasts_seconds is not None:
            self._behind = max(0.0, self._left() - self._lasts_seconds)
        self._window = max(_LAST_SECONDS, min(_WINDOW_SECONDS, self._left() / 4))

    def _renewed(self, session: AssumedRole | None) -> None:
        with self._lock:
            self._renewal = None
            if session is not None and session.expiration > self._session.expiration:
                self._set(session)
            else:
                self._not_before = self._now().timestamp() + _PAUSE_SECONDS

    def _renew(self, renewal: "_Renewal") -> None:
        session: AssumedRole | None = None
        try:
            session = self._source()
        except Problem as problem:
            renewal.problem = problem
        except Exception as error:
            # Its text could hold what was read; a job must not die of it either.
            renewal.problem = Problem(
                f"the session could not be renewed ({type(error).__name__}).", Exit.FAILED
            )
        finally:
            self._renewed(session)
            renewal.done.set()
        if renewal.problem is not None and self._warn is not None:
            self._warn(f"the session could not be renewed: {renewal.problem}")


class _Renewal:
    """One call of the source, in a thread of its own: nobody who goes away cancels it."""

    def __init__(self, kept: KeptSession) -> None:
        self.done = threading.Event()
        self.problem: Problem | None = None
        threading.Thread(
            target=kept._renew, args=(self,), name="rolecall-renewal", daemon=True
        ).start()
