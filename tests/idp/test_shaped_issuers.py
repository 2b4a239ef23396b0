"""Shaped issuers are real to whoever fetches their keys: HTTPS, discovery, JWKS, signatures."""

import json
import ssl
import urllib.error
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from tests.idp import shapes
from tests.idp.browser import Browser

if TYPE_CHECKING:
    from tests.idp.shaped import ShapedIssuer, ShapedIssuers

KINDS: dict[str, Callable[..., shapes.Claims]] = {
    "kubernetes": shapes.kubernetes,
    "keycloak": shapes.keycloak,
    "keycloak_access": shapes.keycloak_access,
    "github": shapes.github,
    "gitlab": shapes.gitlab,
    "bitbucket": shapes.bitbucket,
    "hcp_terraform": shapes.hcp_terraform,
    "circleci": shapes.circleci,
    "buildkite": shapes.buildkite,
    "google": shapes.google,
    "cognito": shapes.cognito,
    "auth0": shapes.auth0,
}


def fetched(issuer: "ShapedIssuer") -> tuple[dict[str, Any], KeySet]:
    """Discovery document and keys, as a relying party gets them."""
    host = issuer.host.partition("/")[0]
    browser = Browser({host: issuer.address}, issuer.ca)
    page = browser.get(issuer.url.rstrip("/") + "/.well-known/openid-configuration")
    document = json.loads(page.body)
    return document, KeySet.import_key_set(json.loads(browser.get(document["jwks_uri"]).body))


@pytest.mark.parametrize("kind", KINDS)
def test_tokens_verify_with_the_published_keys(shaped_issuer: "ShapedIssuers", kind: str) -> None:
    claims = KINDS[kind]()
    token: str = getattr(shaped_issuer, f"{kind}_token")()
    document, keys = fetched(shaped_issuer(claims["iss"]))
    assert document["issuer"] == claims["iss"]
    seen = jwt.decode(token, keys, algorithms=["RS256", "RS512"])
    assert set(seen.claims) == set(claims)
    assert {"iss", "sub", "aud", "exp", "iat"} <= set(seen.claims)
    assert seen.claims["exp"] > seen.claims["iat"]
    assert 4 <= len(token) <= 20000, "what AssumeRoleWithWebIdentity takes"


@pytest.mark.parametrize("kind", KINDS)
def test_a_claim_can_be_replaced_or_left_out(kind: str) -> None:
    claims = KINDS[kind](sub="somebody else", extra="said", iat=None, now=1_000_000_000)
    assert (claims["sub"], claims["extra"]) == ("somebody else", "said")
    assert "iat" not in claims
    assert 1_000_000_000 < claims["exp"] <= 1_000_086_400


def test_subjects_are_the_documented_ones() -> None:
    subjects = {
        "kubernetes": "system:serviceaccount:payments:worker",
        "github": "repo:acme/infra:ref:refs/heads/main",
        "gitlab": "project_path:acme/infra:ref_type:branch:ref:main",
        "hcp_terraform": "organization:acme:project:platform:workspace:network:run_phase:apply",
    }
    assert {kind: KINDS[kind]()["sub"] for kind in subjects} == subjects
    assert shapes.github(environment="prd")["sub"] == "repo:acme/infra:environment:prd"
    assert shapes.github(event="pull_request")["sub"] == "repo:acme/infra:pull_request"
    immutable = shapes.github(ids_in_subject=True)["sub"]
    assert immutable == "repo:acme@65/infra@74:ref:refs/heads/main"


def test_issuers_have_keys_of_their_own(shaped_issuer: "ShapedIssuers") -> None:
    _, gitlab = fetched(shaped_issuer(shapes.GITLAB))
    forged = shaped_issuer(shapes.GITHUB).token(shapes.gitlab(), header={"kid": None})
    with pytest.raises(BadSignatureError):
        jwt.decode(forged, gitlab.keys[0], algorithms=["RS256"])


def test_two_issuers_of_one_host_are_told_apart(shaped_issuer: "ShapedIssuers") -> None:
    realms = [shaped_issuer(f"https://two.rolecall.test/realms/{name}") for name in ("a", "b")]
    found = [fetched(realm) for realm in realms]
    assert [document["issuer"] for document, _ in found] == [realm.url for realm in realms]
    assert found[0][1].as_dict() != found[1][1].as_dict()


def test_a_rotated_key_signs_and_the_old_one_stays_published(
    shaped_issuer: "ShapedIssuers",
) -> None:
    issuer = shaped_issuer("https://rotating.rolecall.test")
    before = issuer.token({"iss": issuer.url})
    issuer.rotate()
    _, keys = fetched(issuer)
    for token in (before, issuer.token({"iss": issuer.url})):
        jwt.decode(token, keys, algorithms=["RS256"])
    issuer.rotate(forget=True)
    assert len(fetched(issuer)[1].keys) == 1


def test_an_elliptic_issuer(shaped_issuer: "ShapedIssuers") -> None:
    issuer = shaped_issuer("https://elliptic.rolecall.test", algorithm="ES256")
    _, keys = fetched(issuer)
    assert jwt.decode(issuer.token({"sub": "x"}), keys, algorithms=["ES256"]).claims["sub"] == "x"


def test_the_certificate_is_for_the_issuers_own_host(shaped_issuer: "ShapedIssuers") -> None:
    issuer = shaped_issuer(shapes.GITLAB)
    asked_for_another = Browser({"gitlab.example.com": issuer.address}, issuer.ca)
    with pytest.raises(urllib.error.URLError) as caught:
        asked_for_another.get("https://gitlab.example.com/")
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)
    with pytest.raises(urllib.error.URLError):
        Browser({"gitlab.com": issuer.address}).get("https://gitlab.com/")  # public authorities
