"""The parameters of AssumeRoleWithWebIdentity; the token is a secret and never told."""

import pytest

from rolecall.local.sts import web_identity
from rolecall.local.sts.web_identity import assume_role_with_web_identity
from tests.local.sts.conftest import HOME, Here, Refusal, call, check_violation, refusal

ROLE = f"arn:aws:iam::{HOME}:role/web"
UNREAD = "The ID Token provided is not a valid JWT."


def asked(here: Here, **params: str) -> Refusal:
    given = {"RoleArn": ROLE, "RoleSessionName": "ab", "WebIdentityToken": "abcd", **params}
    return refusal(
        assume_role_with_web_identity, call("AssumeRoleWithWebIdentity", given), here.cloud
    )


def wrong(told: str) -> Refusal:
    return Refusal(
        "ValidationError",
        f"1 validation error detected: Value {told}",
        400,
        "",
    )


def test_what_is_required(here: Here) -> None:
    told = refusal(
        assume_role_with_web_identity, call("AssumeRoleWithWebIdentity"), here.cloud
    ).message
    null = "failed to satisfy constraint: Member must not be null"
    assert told == (
        f"3 validation errors detected: Value null at 'roleArn' {null}; Value null at "
        f"'roleSessionName' {null}; Value null at 'webIdentityToken' {null}"
    )


@pytest.mark.parametrize("length", [4, 20_000])
def test_a_token_of_a_possible_length_is_read(here: Here, length: int) -> None:
    assert asked(here, WebIdentityToken="x" * length).message.startswith(UNREAD)


@pytest.mark.parametrize(
    ("length", "constraint"),
    [(0, "greater than or equal to 4"), (3, "greater than or equal to 4"),
     (20_001, "less than or equal to 20000")],
)  # fmt: skip
def test_a_token_of_another_length(here: Here, length: int, constraint: str) -> None:
    assert asked(here, WebIdentityToken="x" * length) == wrong(
        f"'***' at 'webIdentityToken' failed to satisfy constraint: Member must have length "
        f"{constraint}"
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("RoleSessionName", ["ab", "a" * 64, "aZ0_+=,.@-"]),
        ("DurationSeconds", ["900", "43200"]),
        ("RoleArn", [f"arn:aws:iam::{HOME}:role/a", "arn:aws:iam::1:role/" + "a" * 2028]),
    ],
)
def test_parameters_within_their_constraints(here: Here, name: str, values: list[str]) -> None:
    for value in values:
        assert asked(here, **{name: value}).message.startswith(UNREAD)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("RoleArn", ["a" * 19, "arn:aws:iam::1:role/" + "a" * 2029, "arn:aws:iam::1:role/\0aaa"]),
        ("RoleSessionName", ["a", "a" * 65, "a b"]),
        ("DurationSeconds", ["899", "43201"]),
        ("ProviderId", ["abc", "a" * 2049]),
        ("Policy", ["x\0"]),
    ],
)
def test_parameters_beyond_their_constraints(here: Here, name: str, values: list[str]) -> None:
    for value in values:
        check_violation(asked(here, **{name: value}), name)


def test_an_arn_that_is_none(here: Here) -> None:
    arn = "x" * 20
    assert asked(here, RoleArn=arn) == Refusal("ValidationError", f"{arn} is invalid", 400, "")


@pytest.mark.parametrize(
    ("provider", "message"),
    [
        ("www.amazon.com", "Provided Token is not a Login With Amazon token"),
        ("graph.facebook.com", "Provided Token is not an access token of the given provider"),
        ("abcd", "Provided Token is not an access token of the given provider"),
        ("a" * 2048, "Provided Token is not an access token of the given provider"),
    ],
)
def test_access_tokens_are_not_taken(here: Here, provider: str, message: str) -> None:
    assert asked(here, ProviderId=provider) == Refusal(
        "InvalidIdentityToken",
        message,
        400,
        "the embedded AWS takes OpenID Connect tokens only; leave ProviderId out",
    )


def test_a_token_is_not_shown_by_accident() -> None:
    given = {"RoleArn": ROLE, "RoleSessionName": "ab", "WebIdentityToken": "secret"}
    assert "secret" not in repr(web_identity._read(call("AssumeRoleWithWebIdentity", given)))
