"""Whatever is sent as a token: nobody gets in by chance, and nothing makes the server stumble."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.local.oidc.issuer import ec_key, encoded, rsa_key, signed
from tests.local.oidc.world import Answer, OidcWorld, running_world

_FEW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HEADER = {"alg": "RS256", "kid": "rsa", "typ": "JWT"}

#: JSON of any kind, and what a token is made of more often than chance would have it.
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**40), max_value=10**40),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["client", "somebody", "none", "HS256", "RS256", "rsa", "", "\x00", "*"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
CLAIMS = st.dictionaries(
    st.sampled_from(
        [
            "iss",
            "sub",
            "aud",
            "azp",
            "exp",
            "iat",
            "nbf",
            "amr",
            "email",
            "jti",
            "https://aws.amazon.com/tags",
            "https://aws.amazon.com/tags/principal_tags/team",
            "https://aws.amazon.com/tags/transitive_tag_keys",
            "https://aws.amazon.com/source_identity",
        ]
    ),
    JSON,
    max_size=5,
)
HEADERS = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5c", "zip", "cty", "enc"]),
    JSON,
    max_size=4,
)


@pytest.fixture(scope="module")
def world() -> Iterator[OidcWorld]:
    with running_world() as made:
        yield made
        assert made.ask().admitted, "after all this the server goes on"


def calm(answer: Answer) -> Answer:
    """An answer that was meant: never a fault of the server."""
    assert answer.status in (200, 400, 403), answer
    assert answer.code in (
        "",
        "AccessDenied",
        "ExpiredTokenException",
        "InvalidIdentityToken",
        "InvalidParameterValue",
        "ValidationError",
        "PackedPolicyTooLarge",
    )
    return answer


@_FEW
@given(st.text(max_size=200) | st.text("eyJ.AQaw-_=", max_size=300))
def test_any_text(world: OidcWorld, text: str) -> None:
    assert not calm(world.send(text)).admitted


@_FEW
@given(st.lists(st.binary(max_size=80) | JSON.map(json.dumps), min_size=3, max_size=3))
def test_any_three_parts(world: OidcWorld, parts: list[Any]) -> None:
    assert not calm(world.send(".".join(map(encoded, parts)))).admitted


@_FEW
@given(HEADERS, CLAIMS)
def test_signed_by_somebody_else(
    world: OidcWorld, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    token = signed(
        {**HEADER, **header}, {**world.issuer.claims(), **claims}, rsa_key("mallory"), "RS256"
    )
    assert not calm(world.send(token)).admitted


@_FEW
@given(HEADERS)
@example({"alg": "RS256"})
def test_signed_by_the_issuer_under_any_header(world: OidcWorld, header: dict[str, Any]) -> None:
    answer = calm(
        world.send(signed({**HEADER, **header}, world.issuer.claims(), rsa_key(), "RS256"))
    )
    told = {**HEADER, **header}
    if answer.admitted:
        assert (told["alg"], told["kid"]) == ("RS256", "rsa")
        assert not {"crit", "b64", "zip", "enc"} & told.keys()
        assert str(told["typ"]).lower() in ("jwt", "jws", "at+jwt")


@_FEW
@given(CLAIMS)
@example({"aud": ["client"]})
@example({"azp": "client", "aud": "account"})
def test_signed_by_the_issuer_with_any_claims(world: OidcWorld, claims: dict[str, Any]) -> None:
    told = {**world.issuer.claims(), **claims}
    answer = calm(world.send(signed(HEADER, told, rsa_key(), "RS256")))
    if answer.admitted:
        assert told["iss"] == world.issuer.url
        assert told["sub"] == answer.reply["SubjectFromWebIdentityToken"] == "somebody"
        party = told.get("azp")
        assert (told["aud"] if party is None else party) in ("client", ["client"])
        assert answer.reply["Audience"] == "client"
        for name in ("exp", "iat"):
            assert type(told[name]) is int


@_FEW
@given(st.data())
def test_a_good_token_that_was_altered(world: OidcWorld, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([rsa_key(), ec_key(), ec_key("P-521")]))
    good = world.issuer.token(key=key)
    text = list(good)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        kind = data.draw(st.sampled_from(["replace", "insert", "delete", "swap"]))
        if kind == "replace":
            text[place] = data.draw(st.sampled_from("AZaz09-_.=+/ \n"))
        elif kind == "insert":
            text.insert(place, data.draw(st.sampled_from("AZaz09-_.=+/ \n")))
        elif kind == "delete":
            del text[place]
        else:
            other = data.draw(st.integers(0, len(text) - 1))
            text[place], text[other] = text[other], text[place]
    altered = "".join(text)
    assert calm(world.send(altered)).admitted is (altered == good)
