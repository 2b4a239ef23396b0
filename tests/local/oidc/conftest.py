"""One running embedded AWS with an OIDC provider for the tests of a module."""

from collections.abc import Iterator

import pytest

from rolecall.local.oidc.keys import forget_keys
from tests.local.oidc.world import OidcWorld, running_world


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
