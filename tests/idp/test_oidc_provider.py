"""The OpenID provider is a real one: people sign in by its pages, and its tokens verify."""

import time
from typing import TYPE_CHECKING, Any, cast

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from tests.idp.oidc import (
    APPLICATION,
    APPLICATION_ES256,
    MACHINE,
    OTHER_APPLICATION,
    RESOURCE,
    SignInRefused,
)

if TYPE_CHECKING:
    from tests.idp.oidc import OidcIdp


def verified(oidc_idp: "OidcIdp", token: str) -> jwt.Token:
    keys = KeySet.import_key_set(cast(Any, oidc_idp.jwks()))
    return jwt.decode(token, keys, algorithms=["RS256", "ES256"])


def test_the_issuer_says_its_own_url_without_a_port(oidc_idp: "OidcIdp") -> None:
    document = oidc_idp.discovery()
    assert document["issuer"] == oidc_idp.issuer == "https://idp.rolecall.test"
    assert all(
        value.startswith(f"{oidc_idp.issuer}/")
        for name, value in document.items()
        if name.endswith(("_endpoint", "_uri"))
    )


@pytest.mark.parametrize(
    ("client_id", "algorithm"),
    [(APPLICATION, "RS256"), (OTHER_APPLICATION, "RS256"), (APPLICATION_ES256, "ES256")],
)
def test_a_person_signs_in_to_an_application(
    oidc_idp: "OidcIdp", client_id: str, algorithm: str
) -> None:
    token = verified(oidc_idp, oidc_idp.sign_in("alice", client_id))
    assert token.header["alg"] == algorithm
    claims: dict[str, Any] = token.claims
    assert (claims["iss"], claims["aud"], claims["sub"]) == (oidc_idp.issuer, client_id, "alice")
    assert claims["iat"] <= time.time() + 1 < claims["exp"]
    assert claims["amr"] == ["pwd"]
    assert claims["groups"] == ["admins", "developers"]


def test_tags_for_a_session_are_in_the_token(oidc_idp: "OidcIdp") -> None:
    tags = verified(oidc_idp, oidc_idp.sign_in("carol")).claims["https://aws.amazon.com/tags"]
    assert tags["principal_tags"]["Department"] == ["platform"]
    assert tags["transitive_tag_keys"] == ["Department"]


def test_two_people_get_two_tokens(oidc_idp: "OidcIdp") -> None:
    people = [verified(oidc_idp, oidc_idp.sign_in(name)).claims["sub"] for name in ("alice", "bob")]
    assert people == ["alice", "bob"]


def test_a_wrong_password_is_refused(oidc_idp: "OidcIdp") -> None:
    with pytest.raises(SignInRefused, match="401"):
        oidc_idp.sign_in("alice", password="guessed")


def test_an_application_that_is_not_registered_is_refused(oidc_idp: "OidcIdp") -> None:
    with pytest.raises(SignInRefused, match="invalid_client"):
        oidc_idp.sign_in("alice", "never-heard-of")


def test_a_machine_gets_an_access_token_for_a_resource(oidc_idp: "OidcIdp") -> None:
    token = verified(oidc_idp, oidc_idp.machine_token())
    assert token.header["typ"] == "at+jwt"
    assert (token.claims["sub"], token.claims["aud"]) == (MACHINE, RESOURCE)
    with pytest.raises(SignInRefused, match="invalid_target"):
        oidc_idp.machine_token("https://elsewhere.rolecall.test")


def test_an_altered_token_does_not_verify(oidc_idp: "OidcIdp") -> None:
    head, _, signature = oidc_idp.sign_in("alice").split(".")
    _, other, _ = oidc_idp.sign_in("bob").split(".")
    with pytest.raises(BadSignatureError):
        verified(oidc_idp, f"{head}.{other}.{signature}")
