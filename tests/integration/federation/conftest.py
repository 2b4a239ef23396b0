"""One embedded AWS for the whole matrix, with every kind of trusted entity deployed to it once."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.idp.oidc import OidcIdp
    from tests.idp.saml import SamlIdp
    from tests.idp.shaped import ShapedIssuers
    from tests.integration.federation.deployment import Deployment

_EMBEDDED_ONLY = "the issuers are stand-ins, whom real AWS does not know"


# First, because pytest-xdist reads the groups in a hook of the same name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("federation"))
            if os.environ.get("ROLECALL_AWS") == "1":
                item.add_marker(pytest.mark.skip(reason=_EMBEDDED_ONLY))


@pytest.fixture(scope="session")
def deployment(
    tmp_path_factory: pytest.TempPathFactory,
    shaped_issuer: "ShapedIssuers",
    oidc_idp: "OidcIdp",
    saml_idp: "SamlIdp",
) -> Iterator["Deployment"]:
    """The stacks `central` and `team`, deployed, and the issuers that they trust."""
    from tests.integration.federation.deployment import deploy
    from tests.integration.target import EmbeddedAws

    embedded = EmbeddedAws(tmp_path_factory.mktemp("federation"), "--ephemeral")
    embedded.up()
    try:
        folder = tmp_path_factory.mktemp("matrix")
        yield deploy(embedded, folder, shaped_issuer, oidc_idp, saml_idp)
    finally:
        embedded.down()
