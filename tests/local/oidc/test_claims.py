"""The claims that are looked at before any policy: whose, for whom, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc.claims import audience_of, check_times, issuer_of, subject_of
from tests.local.sts.conftest import Refusal, refusal

SECOND = 1_900_000_000
NOW = datetime.fromtimestamp(SECOND, UTC)
LAST = 253402300799

NO_JWT = (
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
)


def invalid(message: str, reason: str) -> Refusal:
    return Refusal("InvalidIdentityToken", message, 400, reason)


def no_jwt(reason: str) -> Refusal:
    return invalid(NO_JWT, reason)


def missing(name: str) -> Refusal:
    return invalid(f"Missing a required claim: {name}", f"the token has no usable claim {name}")


def wrong_audience(reason: str) -> Refusal:
    return invalid("Incorrect token audience", reason)


# -- who -------------------------------------------------------------------------------


def test_issuer_and_subject_are_the_claims() -> None:
    claims = {"iss": "https://id.example.com", "sub": "repo:acme/infra ä"}
    assert issuer_of(claims) == "https://id.example.com"
    assert subject_of(claims) == "repo:acme/infra ä"


@pytest.mark.parametrize(("name", "read"), [("iss", issuer_of), ("sub", subject_of)])
def test_issuer_and_subject_are_required_texts(name: str, read: Any) -> None:
    for claims in ({}, {name: None}, {name: ""}):
        assert refusal(read, claims) == missing(name)
    values: tuple[Any, ...] = (0, 7, True, [], ["a"], {})
    for value in values:
        assert refusal(read, {name: value}) == no_jwt(f"the token's {name} is not a text")


@pytest.mark.parametrize(
    "character", ["\0", "\t", "\n", "\r", "\x1f", "\x7f", "\x9f", "\ufffe", "\uffff"]
)
def test_characters_that_no_reply_can_carry(character: str) -> None:
    assert refusal(subject_of, {"sub": f"a{character}b"}) == no_jwt("the token's sub is not a text")
    assert refusal(audience_of, {"aud": f"a{character}"}, None).message == NO_JWT
    assert refusal(audience_of, {"aud": "a", "azp": character}, None).message == NO_JWT


@pytest.mark.parametrize("character", [" ", "~", "\xa0", "\ufffd", "\U0001f511"])
def test_characters_that_a_reply_can_carry(character: str) -> None:
    assert subject_of({"sub": character}) == character
    assert audience_of({"aud": character}, None) == character


def test_the_longest_subject() -> None:
    assert subject_of({"sub": "s" * 255}) == "s" * 255
    assert refusal(subject_of, {"sub": "s" * 256}) == no_jwt(
        "the token's sub has more than 255 characters"
    )
    assert issuer_of({"iss": "s" * 256}) == "s" * 256


# -- for whom --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "audience"),
    [
        ({"aud": "a"}, "a"),
        ({"aud": ["a"]}, "a"),
        ({"aud": "a", "azp": None}, "a"),
        ({"aud": "a", "azp": "b"}, "b"),
        ({"aud": ["a", "c"], "azp": "b"}, "b"),
    ],
)
def test_azp_comes_before_aud(claims: dict[str, Any], audience: str) -> None:
    assert audience_of(claims, None) == audience
    assert audience_of(claims, ["x", audience]) == audience


@pytest.mark.parametrize("claims", [{}, {"aud": None}, {"aud": ""}, {"aud": []}, {"azp": "a"}])
def test_an_audience_is_required(claims: dict[str, Any]) -> None:
    assert refusal(audience_of, claims, None) == missing("aud")


@pytest.mark.parametrize("aud", [7, {}, {"a": "b"}, ["a", 7], [""], ["a", ""], [["a"]], False])
def test_an_audience_is_a_text_or_a_list_of_texts(aud: Any) -> None:
    assert refusal(audience_of, {"aud": aud, "azp": "b"}, None) == no_jwt(
        "the token's aud is neither a text nor a list of texts"
    )


@pytest.mark.parametrize("azp", ["", 7, ["a"], {}, False])
def test_azp_is_a_text(azp: Any) -> None:
    assert refusal(audience_of, {"aud": "a", "azp": azp}, None) == no_jwt(
        "the token's azp is not a text"
    )


def test_of_several_audiences_none_counts() -> None:
    assert refusal(audience_of, {"aud": ["a", "b"]}, ["a", "b"]) == wrong_audience(
        "the token has several audiences and no azp that says which counts"
    )


@pytest.mark.parametrize(
    ("claims", "which"), [({"aud": "a"}, "aud"), ({"aud": "client", "azp": "a"}, "azp")]
)
@pytest.mark.parametrize("client_ids", [[], ["client"], ["A", "aa", ""]])
def test_the_audience_is_one_of_the_client_ids(
    claims: dict[str, Any], which: str, client_ids: list[str]
) -> None:
    assert refusal(audience_of, claims, client_ids) == wrong_audience(
        f"the token's {which} is none of the provider's client IDs; add it to the provider, or "
        "ask for a token with one of them"
    )


# -- when ------------------------------------------------------------------------------


def times(**changes: Any) -> dict[str, Any]:
    given = {"iat": SECOND, "exp": SECOND + 1, **changes}
    return {name: value for name, value in given.items() if value is not ...}


@pytest.mark.parametrize(
    "claims",
    [
        times(),
        times(nbf=SECOND),
        times(nbf=0, iat=0, exp=LAST),
        times(exp=SECOND + 1, iat=SECOND - 1),
    ],
)
def test_a_token_of_now(claims: dict[str, Any]) -> None:
    check_times(claims, NOW)
    check_times(claims, NOW + timedelta(milliseconds=999))


def test_the_very_second_at_which_a_token_ends() -> None:
    assert refusal(check_times, times(exp=SECOND), NOW) == Refusal(
        "ExpiredTokenException",
        f"Token expired: current date/time {SECOND} must be before the expiration date/time "
        f"{SECOND}",
        400,
        "the token expired 0 seconds ago by the embedded AWS's clock",
    )
    assert refusal(check_times, times(exp=SECOND - 7), NOW).reason == (
        "the token expired 7 seconds ago by the embedded AWS's clock"
    )
    check_times(times(exp=SECOND, iat=0), NOW - timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        (times(iat=SECOND + 5), "iat"),
        (times(nbf=SECOND + 5), "nbf"),
        (times(iat=SECOND + 5, nbf=SECOND), "iat"),
        (times(iat=SECOND + 5, nbf=SECOND + 9), "iat"),
    ],
)
def test_a_token_of_the_future(claims: dict[str, Any], name: str) -> None:
    assert refusal(check_times, claims | {"exp": LAST}, NOW) == invalid(
        "Token is not yet valid",
        f"the token's {name} is 5 seconds ahead of the embedded AWS's clock",
    )


def test_one_second_ahead_is_ahead() -> None:
    assert refusal(check_times, times(iat=SECOND + 1), NOW).message == "Token is not yet valid"
    assert refusal(check_times, times(nbf=SECOND + 1), NOW).message == "Token is not yet valid"


@pytest.mark.parametrize("name", ["exp", "iat"])
def test_exp_and_iat_are_required(name: str) -> None:
    assert refusal(check_times, times(**{name: ...}), NOW) == missing(name)
    assert refusal(check_times, times(**{name: None}), NOW) == missing(name)


def test_nbf_may_be_left_out_but_not_be_null() -> None:
    check_times(times(), NOW)
    assert refusal(check_times, times(nbf=None), NOW) == missing("nbf")


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", [True, False, "1", 1.0, 1.5, [], -1, LAST + 1])
def test_a_moment_is_a_whole_number_of_seconds(name: str, value: Any) -> None:
    assert refusal(check_times, times(**{name: value}), NOW) == no_jwt(
        f"the token's {name} is not a date in whole seconds since 1970"
    )
