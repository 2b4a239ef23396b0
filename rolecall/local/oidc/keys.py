"""The keys of an issuer: discovery document, key set, and how long both are remembered.

Source: OpenID Connect Discovery 1.0, sections 3 and 4. AWS documents five seconds for
the fetch; how long it remembers keys it does not say.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rolecall.local.oidc.connections import Connection, connection_of
from rolecall.local.oidc.deadline import Deadline
from rolecall.local.oidc.errors import no_key
from rolecall.local.oidc.fetch import fetch_object
from rolecall.local.oidc.jwks import KeySetProblem, SigningKey, read_key_set
from rolecall.local.oidc.route import Unreachable, route
from rolecall.local.oidc.stand_in import stand_in_connection

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: How long discovery document and key set may take together, in seconds.
FETCH_SECONDS = 5.0
#: How long keys are remembered, of how many issuers, and how soon after a fetch for an
#: unknown key another such fetch may follow.
REMEMBERED_SECONDS = 300.0
_MOST_ISSUERS = 200
BETWEEN_REFETCHES = 5.0

#: How many callers may wait for issuers at the same moment, and how long others try to
#: become one of them, in seconds. The server has eight threads for everybody, and who
#: waits here has shown nothing yet: an issuer that hangs must not stop all the rest.
MOST_WAITING = 4
PATIENCE_SECONDS = 1.0
_waiting = threading.BoundedSemaphore(MOST_WAITING)

#: An issuer's URL, and where it is reached: another place has other keys.
_Place = tuple[str, Connection | None]


@dataclass(slots=True)
class _Issuer:
    """What is remembered of one issuer. `lock` is held by whoever fetches."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: tuple[SigningKey, ...] = ()
    fetched_at: float | None = None
    refetched_at: float | None = None
    failed_at: float | None = None
    failure: str = ""


_lock = threading.Lock()
_caches: "WeakKeyDictionary[Cloud, OrderedDict[_Place, _Issuer]]" = WeakKeyDictionary()


def signing_keys(issuer: str, cloud: "Cloud", *, beyond: str = "") -> tuple[SigningKey, ...]:
    """The keys that an issuer publishes; `beyond` names one that the caller did not find.

    For that one they are fetched anew, once in a few seconds at the most: a stranger
    could otherwise have an issuer asked with every token.

    Raises:
        AwsError: InvalidIdentityToken: they cannot be had.
    """
    connection = connection_of(cloud, issuer) or stand_in_connection(cloud, issuer)
    held = _held(cloud, (issuer, connection))
    asked_at = time.monotonic()
    if not _is_stale(held, asked_at, beyond):
        return held.keys
    # While others wait for the network, a snapshot must not wait for them.
    with cloud.gate.aside(), _one_of_few(), held.lock:
        if held.failed_at is not None and held.failed_at >= asked_at:
            raise no_key(held.failure)  # somebody asked for us while we waited
        if not _is_stale(held, asked_at, beyond):
            return held.keys
        if beyond:
            held.refetched_at = time.monotonic()
        try:
            with Deadline(FETCH_SECONDS) as deadline:
                held.keys = _fetch(issuer, connection, deadline)
        except Unreachable as error:
            held.failed_at, held.failure = time.monotonic(), str(error)
            raise no_key(held.failure) from None
        held.fetched_at = time.monotonic()
        return held.keys


def forget_keys(cloud: "Cloud", issuer: str) -> None:
    """Ask the issuer anew next time."""
    with _lock:
        cache = _caches.get(cloud, OrderedDict())
        for place in [place for place in cache if place[0] == issuer]:
            del cache[place]


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _waiting.acquire(timeout=PATIENCE_SECONDS):
        raise no_key("too many calls wait for issuers that do not answer; try again")
    try:
        yield
    finally:
        _waiting.release()


def _held(cloud: "Cloud", place: _Place) -> _Issuer:
    with _lock:
        cache = _caches.setdefault(cloud, OrderedDict())
        held = cache.setdefault(place, _Issuer())
        cache.move_to_end(place)
        while len(cache) > _MOST_ISSUERS:
            cache.popitem(last=False)
        return held


def _is_stale(held: _Issuer, asked_at: float, beyond: str) -> bool:
    now = time.monotonic()
    if held.fetched_at is None or now - held.fetched_at > REMEMBERED_SECONDS:
        return True
    if not beyond or held.fetched_at >= asked_at:
        return False
    if any(key.key_id == beyond for key in held.keys):
        return False
    return held.refetched_at is None or now - held.refetched_at > BETWEEN_REFETCHES


def _fetch(
    issuer: str, connection: Connection | None, deadline: Deadline
) -> tuple[SigningKey, ...]:
    # "any terminating / MUST be removed" (OpenID Connect Discovery 1.0, section 4).
    url = issuer.removesuffix("/") + "/.well-known/openid-configuration"
    discovery = fetch_object(route(url, issuer, connection, deadline), deadline)
    if discovery.get("issuer") != issuer:
        raise Unreachable("the issuer in its own discovery document is another one")
    keys_url = discovery.get("jwks_uri")
    if not isinstance(keys_url, str):
        raise Unreachable("the issuer's discovery document has no jwks_uri")
    document = fetch_object(route(keys_url, issuer, connection, deadline), deadline)
    try:
        return read_key_set(document)
    except KeySetProblem as error:
        raise Unreachable(f"the issuer's key set cannot be used: {error}") from None
