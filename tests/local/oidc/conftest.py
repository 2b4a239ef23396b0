"""One running embedded AWS with an OIDC provider for the tests of a module, and quick keys."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from joserfc.jwk import RSAKey

from rolecall.local.cloud import Cloud
from rolecall.local.oidc import keys as keys_room
from rolecall.local.oidc import stand_in
from rolecall.local.oidc.keys import forget_keys
from tests.local.oidc.issuer import rsa_key
from tests.local.oidc.web import Slow, Web, replacing
from tests.local.oidc.world import OidcWorld, running_world

#: A stand-in issuer.
URL = "https://id.example.com/tenant"
SECOND = 1_900_000_000
DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/.well-known/jwks.json"
UNKNOWN = r"(?i)unrecognized.name"


@pytest.fixture(scope="module")
def running() -> Iterator[OidcWorld]:
    with running_world() as made:
        yield made


@pytest.fixture
def world(running: OidcWorld) -> OidcWorld:
    """The world as it was at first: an issuer that does everything right, and was not asked."""
    running.issuer.restore()
    forget_keys(running.server.cloud, running.issuer.url)
    return running


class QuickKeys:
    """Stands for joserfc's RSAKey: making and reading keys takes a while, so there is one."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def generate_key(self, bits: int) -> RSAKey:
        self.made.append(bits)
        return rsa_key()

    def import_key(self, pem: str) -> RSAKey:
        return _read(pem)


@cache
def _read(pem: str) -> RSAKey:
    return RSAKey.import_key(pem)


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> QuickKeys:
    """All stand-ins have one key."""
    keys = QuickKeys()
    monkeypatch.setattr(stand_in, "RSAKey", keys)
    return keys


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    made = Web()
    replacing(made, monkeypatch)
    return made


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    replacing(made, monkeypatch)
    monkeypatch.setattr(keys_room, "PATIENCE_SECONDS", 0.02)
    yield made
    made.go.set()


@pytest.fixture
def changes() -> list[bool]:
    """What the `cloud` of this folder has told of."""
    return []


@pytest.fixture
def cloud(quick_keys: QuickKeys, changes: list[bool]) -> Iterator[Cloud]:
    """Not a running one; its clock stands still at `SECOND` and nine tenths."""
    cloud = Cloud(
        clock=lambda: datetime.fromtimestamp(SECOND + 0.9, UTC),
        on_change=lambda: changes.append(True),
    )
    yield cloud
    cloud.stop()
