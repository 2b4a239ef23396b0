"""The parameters of AssumeRoleWithSAML; the assertion is a secret and never told."""

import pytest

from rolecall.local.sts import saml
from rolecall.local.sts.saml import assume_role_with_saml
from tests.local.sts.conftest import HOME, Here, Refusal, call, check_violation, refusal

ROLE = f"arn:aws:iam::{HOME}:role/r"
PROVIDER = f"arn:aws:iam::{HOME}:saml-provider/p"


def asked(here: Here, **params: str) -> Refusal:
    given = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": "abcd", **params}
    return refusal(assume_role_with_saml, call("AssumeRoleWithSAML", given), here.cloud)


def test_what_is_required(here: Here) -> None:
    null = "failed to satisfy constraint: Member must not be null"
    assert refusal(assume_role_with_saml, call("AssumeRoleWithSAML"), here.cloud).message == (
        f"3 validation errors detected: Value null at 'roleArn' {null}; Value null at "
        f"'principalArn' {null}; Value null at 'sAMLAssertion' {null}"
    )


@pytest.mark.parametrize("length", [4, 100_000])
def test_an_assertion_of_a_possible_length(here: Here, length: int) -> None:
    told = asked(here, SAMLAssertion="a" * length)
    assert told.reason == f"there is no SAML provider {PROVIDER}"


@pytest.mark.parametrize(
    ("length", "constraint"),
    [(0, "greater than or equal to 4"), (3, "greater than or equal to 4"),
     (100_001, "less than or equal to 100000")],
)  # fmt: skip
def test_an_assertion_of_another_length(here: Here, length: int, constraint: str) -> None:
    assert asked(here, SAMLAssertion="a" * length) == Refusal(
        "ValidationError",
        "1 validation error detected: Value at 'sAMLAssertion' failed to satisfy constraint: "
        f"Member must have length {constraint}",
        400,
        "",
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("DurationSeconds", ["900", "43200"]),
        ("MinimumSessionTokenSize", ["0", "4096"]),
        ("RoleArn", ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/" + "a" * 2028]),
        ("RoleArn", [f"arn:aws:iam::{HOME}:role/x/y/z"]),
    ],
)
def test_parameters_within_their_constraints(here: Here, name: str, values: list[str]) -> None:
    for value in values:
        assert asked(here, **{name: value}).message == "Specified provider doesn't exist"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("RoleArn", ["a" * 19, "arn:aws:iam::1:role/" + "a" * 2029, "arn:aws:iam::1:role/\0aaa"]),
        ("PrincipalArn", ["a" * 19, PROVIDER + "a" * 2048, PROVIDER + "\0"]),
        ("DurationSeconds", ["899", "43201"]),
        ("MinimumSessionTokenSize", ["-1", "4097"]),
        ("Policy", ["x\0"]),
    ],
)
def test_parameters_beyond_their_constraints(here: Here, name: str, values: list[str]) -> None:
    for value in values:
        check_violation(asked(here, **{name: value}), name)


@pytest.mark.parametrize(
    ("name", "arn"),
    [
        ("RoleArn", "x" * 20),
        ("RoleArn", PROVIDER),
        ("RoleArn", f"arn:aws:sts::{HOME}:role/r"),
        ("PrincipalArn", "x" * 20),
        ("PrincipalArn", ROLE),
        ("PrincipalArn", f"arn:aws:sts::{HOME}:saml-provider/p"),
        ("PrincipalArn", f"arn:aws:iam::{HOME}:oidc-provider/p"),
    ],
)
def test_arns_of_another_kind(here: Here, name: str, arn: str) -> None:
    assert asked(here, **{name: arn}) == Refusal("ValidationError", f"{arn} is invalid", 400, "")


def test_an_assertion_is_not_shown_by_accident() -> None:
    given = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": "secret"}
    assert "secret" not in repr(saml._read(call("AssumeRoleWithSAML", given)))
