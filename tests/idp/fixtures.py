"""Fixtures: real identity providers on loopback, for every test folder.

A plugin module: `tests/conftest.py` names it in `pytest_plugins`, so each test may ask for
`oidc_idp`, `saml_idp` or `shaped_issuer`. It is imported as `tests.idp.fixtures`, by the
`pythonpath` of pyproject.toml, which `--import-mode=importlib` leaves alone; test modules may
import `tests.idp.shapes` and its neighbours in the same way.

Each is made once a worker, when the first test asks for it. A test that uses the processes
(`oidc_idp`, `saml_idp`) and belongs to no group yet is put into the group "idp", so that one
worker starts them. The heavy imports wait until then.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.idp.authority import Authority
    from tests.idp.oidc import OidcIdp
    from tests.idp.saml import SamlIdp
    from tests.idp.shaped import ShapedIssuers

_PROCESSES = {"oidc_idp", "saml_idp"}


# After the folders' own hooks, which are `tryfirst` as well but name their groups, and before
# pytest-xdist's, which reads them.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        uses = _PROCESSES.intersection(getattr(item, "fixturenames", ()))
        if uses and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("idp"))


@pytest.fixture(scope="session")
def idp_authority() -> "Authority":
    """The private authority that signs the providers' TLS certificates."""
    from tests.idp.authority import Authority

    return Authority()


@pytest.fixture(scope="session")
def oidc_idp(
    tmp_path_factory: pytest.TempPathFactory, idp_authority: "Authority"
) -> Iterator["OidcIdp"]:
    """npm oidc-provider: `.sign_in("alice", client_id)` gives an ID token."""
    from tests.idp import oidc

    idp, process = oidc.start(tmp_path_factory.mktemp("oidc"), idp_authority)
    yield idp
    process.stop()


@pytest.fixture(scope="session")
def saml_idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SamlIdp"]:
    """SimpleSAMLphp: `.person(name, attributes)`, then `.sign_in(name)` gives a SAMLResponse."""
    from tests.idp import saml

    idp, process = saml.start(tmp_path_factory.mktemp("saml"))
    yield idp
    process.stop()


@pytest.fixture(scope="session")
def shaped_issuer(idp_authority: "Authority") -> Iterator["ShapedIssuers"]:
    """Issuers by URL, with tokens of their documented shape: `shaped_issuer.github_token(…)`."""
    from tests.idp.shaped import ShapedIssuers

    issuers = ShapedIssuers(idp_authority)
    yield issuers
    issuers.stop()
