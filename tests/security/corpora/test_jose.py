"""Corpora of signatures, tokens and keys: what is forged or broken is refused.

The whole corpora run by `make corpora`; here runs a sample of the largest.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey

from rolecall.local.oidc.keys import forget_keys
from tests.local.oidc.issuer import KEYS, document, signed
from tests.local.oidc.world import OidcWorld, running_world
from tests.security.corpora import jose_cves, jose_keys, jws_vectors
from tests.security.corpora.counting import Counts


def well(counts: Counts, *, accepted: int) -> None:
    assert counts.findings == []
    assert counts.accepted >= accepted, "what is good gets in, or nothing was tried"
    assert counts.refused > 10


def test_signatures_of_wycheproof() -> None:
    for counts in jws_vectors.signatures(step=4):
        well(counts, accepted=1)


def test_pss_is_no_pkcs_1() -> None:
    well(jws_vectors.pss(), accepted=1)


def test_tokens_and_keys_of_wycheproof() -> None:
    signatures, keys = jws_vectors.tokens()
    well(signatures, accepted=3)
    well(keys, accepted=1)


def test_examples_of_the_rfcs() -> None:
    well(jws_vectors.examples(), accepted=5)


def test_every_key_under_every_algorithm() -> None:
    well(jose_keys.headers(step=7), accepted=1)


def test_every_use_of_a_key() -> None:
    well(jose_keys.members(step=11), accepted=1)


def test_keys_that_are_broken() -> None:
    well(jose_keys.broken(), accepted=2)


# -- the same over HTTP ----------------------------------------------------------------


@pytest.fixture(scope="module")
def running() -> Iterator[OidcWorld]:
    with running_world() as world:
        yield world
        world.issuer.restore()
        forget_keys(world.server.cloud, world.issuer.url)
        assert world.ask().admitted, "after all this the server goes on"


@pytest.fixture
def world(running: OidcWorld) -> OidcWorld:
    running.issuer.restore()
    forget_keys(running.server.cloud, running.issuer.url)
    return running


def test_known_faults_of_libraries(world: OidcWorld) -> None:
    well(jose_cves.over_http(world), accepted=1)


GROUPS = [
    pytest.param(published, private, tests[0], id=f"{tests[0]['tcId']} {tests[0]['comment']}")
    for name in ("json_web_signature_test", "json_web_key_test")
    for published, private, tests in jws_vectors.groups(name)
    if published
]


@pytest.mark.filterwarnings("ignore:Key size")
@pytest.mark.parametrize(("published", "private", "vector"), GROUPS)
def test_wycheproofs_keys_published_by_an_issuer(
    published: Any, private: Any, vector: Any, world: OidcWorld
) -> None:
    """A vector says nothing of anybody, so its key signs good claims too."""
    world.issuer.pages[KEYS] = document({"keys": published})
    world.refuses(vector["jws"])
    header = json.loads(base64.urlsafe_b64decode(vector["jws"].split(".")[0] + "=="))
    try:
        token = signed(header, world.issuer.claims(), _key(private[0]), header["alg"])
    except (ValueError, JoseError):
        return  # nobody can sign with it: the exponent is 1, the key empty
    good = vector["result"] == "valid" and jws_vectors.offered(vector["jws"])
    assert world.send(token).admitted is good


def _key(members: Any) -> Any:
    kinds: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey, "oct": OctKey}
    kind = "EC" if "crv" in members else members["kty"]
    # Signing is nobody's business here: `use` and `alg` may be wrong.
    bare = {name: value for name, value in members.items() if name not in ("use", "alg")}
    return kinds[kind].import_key({**bare, "kty": kind})
