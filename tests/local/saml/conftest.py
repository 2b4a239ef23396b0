"""One running embedded AWS with a SAML provider for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.local.saml.world import SamlWorld, running_world


@pytest.fixture(scope="module")
def world() -> Iterator[SamlWorld]:
    with running_world() as made:
        yield made
