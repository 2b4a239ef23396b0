"""One world for all rows that a test process runs; each row makes the role it needs."""

from collections.abc import Iterator

import pytest

from tests.conformance.world import World, running_world


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running_world() as made:
        yield made
