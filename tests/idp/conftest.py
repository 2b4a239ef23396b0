"""An embedded AWS that trusts the identity providers of these tests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.idp.aws import Company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Company"]:
    from tests.idp.aws import Company
    from tests.integration.target import EmbeddedAws

    embedded = EmbeddedAws(tmp_path_factory.mktemp("embedded"), "--ephemeral")
    embedded.up()
    yield Company(embedded, tmp_path_factory.mktemp("company"))
    embedded.down()
