"""Reading a token: one compact JWS of a kind that AWS takes, written in one way."""

import base64
import json
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc.compact import Token, read_token
from tests.local.oidc.issuer import encoded
from tests.local.sts.conftest import Refusal, refusal

NO_JWT = (
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
)
GOOD = {"alg": "RS256", "kid": "one", "typ": "JWT"}
ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


def no_jwt(reason: str) -> Refusal:
    return Refusal("InvalidIdentityToken", NO_JWT, 400, reason)


def token(header: Any = None, payload: Any = None, signature: Any = b"signed") -> str:
    header = GOOD if header is None else header
    payload = {"sub": "x"} if payload is None else payload
    return f"{encoded(header)}.{encoded(payload)}.{encoded(signature)}"


def headed(**changes: Any) -> str:
    """A token with a changed header; `...` leaves a member out."""
    return token({k: v for k, v in {**GOOD, **changes}.items() if v is not ...})


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_as_it_was_written(algorithm: str) -> None:
    header = {"alg": algorithm, "kid": "one"}
    text = token(header, {"sub": "ä", "n": 1})
    assert read_token(text) == Token(
        algorithm=algorithm,
        key_id="one",
        claims={"sub": "ä", "n": 1},
        signing_input=text.rpartition(".")[0].encode(),
        signature=b"signed",
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("a", 1), ("a.b", 2), (token() + ".x", 4), (token() + ".x.y", 5)],
)
def test_a_token_has_three_parts(text: str, count: int) -> None:
    assert refusal(read_token, text) == no_jwt(f"a JWT has three parts, and this has {count}")


def test_nothing_of_a_token_is_shown_by_accident() -> None:
    assert repr(read_token(token())) == "Token(algorithm='RS256', key_id='one')"


# -- base64url -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    ["", "A", "AAAAA", "AA==", "AAA=", "AA+A", "AA/A", "A A", "AAAA\n", "ÄAAA", "AA!"],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_part_is_base64url_without_padding(part: str, place: int) -> None:
    parts = token().split(".")
    parts[place] = part
    assert refusal(read_token, ".".join(parts)) == no_jwt(
        "a part of the token is not base64url without padding"
    )


@pytest.mark.parametrize("part", ["AB", "AAB", "AAAAAB", "__9"])
def test_a_part_is_written_in_the_one_form_of_its_bytes(part: str) -> None:
    """Else one signed token had several spellings."""
    parts = token().split(".")
    parts[2] = part
    assert refusal(read_token, ".".join(parts)) == no_jwt(
        "a part of the token is not the one base64url form of its bytes"
    )


@pytest.mark.parametrize("signature", [b"\0", b"\0\0", b"\0\0\0", b"\0\0\0\0", b"\xff\xef\xbe"])
def test_bytes_of_every_length(signature: bytes) -> None:
    assert read_token(token(signature=signature)).signature == signature
    written = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    assert token(signature=signature).endswith(f".{written}")


# -- header ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "algorithm", [..., None, "", "none", "HS256", "PS256", "EdDSA", "rs256", "RS256 ", 7, ["RS256"]]
)
def test_algorithms_that_aws_does_not_take(algorithm: Any) -> None:
    assert refusal(read_token, headed(alg=algorithm)) == no_jwt(
        f"the token's alg is none of {', '.join(ALGORITHMS)}"
    )


@pytest.mark.parametrize("name", ["crit", "b64", "zip", "enc"])
@pytest.mark.parametrize("value", [None, True, [], "DEF"])
def test_members_that_change_what_the_rest_means(name: str, value: Any) -> None:
    assert refusal(read_token, headed(**{name: value})) == no_jwt(
        f"the token's header has {name}, which is not supported"
    )


@pytest.mark.parametrize("kind", [..., "JWT", "jwt", "JWS", "jws", "at+jwt", "AT+JWT"])
def test_types_that_let_somebody_in(kind: Any) -> None:
    assert read_token(headed(typ=kind)).key_id == "one"


@pytest.mark.parametrize(
    "kind", [None, "", 7, ["JWT"], "JWE", "logout+jwt", "secevent+jwt", "application/jwt"]
)
def test_types_that_were_never_meant_to(kind: Any) -> None:
    assert refusal(read_token, headed(typ=kind)) == no_jwt(
        "the token's typ is none of JWT, JWS, at+jwt"
    )


@pytest.mark.parametrize("key_id", [..., None, "", 7, ["one"], True])
def test_a_token_names_its_key(key_id: Any) -> None:
    assert refusal(read_token, headed(kid=key_id)) == no_jwt(
        "the token does not name its key (kid)"
    )


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "cty", "unknown"])
def test_keys_that_a_token_brings_along_are_not_looked_at(name: str) -> None:
    assert read_token(headed(**{name: "https://evil.example.com"})).key_id == "one"


# -- JSON ------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["[]", "x", '{"a": 1, "a": 1}', '{"a": NaN}', "{", '"x"'])
def test_header_and_payload_are_plain_objects(content: str) -> None:
    for what, text in (("header", token(header=content)), ("payload", token(payload=content))):
        assert refusal(read_token, text) == no_jwt(
            f"the token's {what} is not a JSON object that can be read in one way only (members "
            "given once, no NaN, plain Unicode, not too deep)"
        )


def test_what_was_signed_is_not_written_anew() -> None:
    """Spaces and order of members are part of it."""
    header = json.dumps(GOOD, indent=3)
    text = token(header, '{ "b":1,\n"a":2 }')
    assert read_token(text).signing_input == text.rpartition(".")[0].encode()
    assert list(read_token(text).claims) == ["b", "a"]
