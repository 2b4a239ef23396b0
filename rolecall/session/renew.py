"""A session that lasts: the one that is kept, or a new one, with one renewal for everybody.

    kept and enough left                  → it
    kept, little left, somebody renews it → it
    otherwise: lock, look again, ask STS, keep
    STS cannot be asked, a little left    → the kept one, and a word

Source of the window: the AWS SDKs renew when 15 minutes are left of a session.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from rolecall.problems import Problem
from rolecall.session import cache
from rolecall.session.assumed_role import AssumedRole
from rolecall.session.cache import Answer, Kept, Warn
from rolecall.session.clock import skew_at, skew_in_words, utc_now
from rolecall.session.lock import Lock, lock
from rolecall.session.place import Place

_WINDOW = timedelta(seconds=900)
#: With less than this left a session is not handed out any more.
LAST = timedelta(seconds=60)
#: How long somebody waits for another's call of STS before making one too. A person may
#: be typing a code there.
_PATIENCE_SECONDS = 60.0


def _silent(_: str) -> None:
    """Of a file, once is enough."""


def window(lifetime: timedelta) -> timedelta:
    """With less than this left, a session is renewed: 15 minutes, or a quarter if that is less."""
    return min(_WINDOW, lifetime / 4)


def fresh(
    place: Place | None,
    assume: Callable[[], Answer],
    *,
    now: Callable[[], datetime] = utc_now,
    warn: Warn = _silent,
    refresh: bool = False,
) -> AssumedRole:
    """A session with enough left of it; any number of threads and processes may ask at once.

    place: where it is kept; None for one that is only for the caller.
    assume: asks STS and gives the whole answer. Raises `Problem`.
    refresh: do not take the one that is kept now, but what another puts there meanwhile.

    Raises what `assume` raises, where nothing usable is kept.
    """
    if place is None:
        answer = assume()
        return _received(answer, now(), None, warn).session
    before = cache.read(place, now(), warn)
    found = None if refresh else before
    if found is not None and _enough(found, now()):
        return found.session
    usable = found if found is not None and found.left(now()) > LAST else None
    with lock(place.lock, 0.0 if usable is not None else _PATIENCE_SECONDS) as held:
        if usable is not None and held is Lock.THEIRS:
            return usable.session
        meanwhile = cache.read(place, now(), _silent)
        if meanwhile is not None and _enough(meanwhile, now()) and _other(meanwhile, before):
            return meanwhile.session
        try:
            answer = assume()
        except Problem as problem:
            if usable is None or usable.left(now()) <= LAST:
                raise
            until = usable.session.expiration.isoformat()
            warn(
                f"the session could not be renewed, the present one lasts until {until}: {problem}"
            )
            return usable.session
        received = now()
        new = _received(answer, received, place.lifetime_seconds, warn)
        cache.write(place, answer, received)
        return new.session


def _received(answer: Answer, received: datetime, lifetime_seconds: int | None, warn: Warn) -> Kept:
    words = skew_in_words(skew_at(answer, received))
    if words is not None:
        warn(words)
    return cache.kept(answer, received, lifetime_seconds or 43200)


def _enough(found: Kept, now: datetime) -> bool:
    return found.left(now) > window(found.lifetime)


def _other(found: Kept, before: Kept | None) -> bool:
    return before is None or found.session.access_key_id != before.session.access_key_id
