"""The parameters of AssumeRole: each at its limits, and one step beyond."""

import pytest

from rolecall.local.api import Identity
from rolecall.local.sts.assume_role import assume_role
from tests.local.sts.assuming import alice, assume, refused, role
from tests.local.sts.conftest import Here, Refusal, call, check_violation, refusal

__all__ = ["alice", "role"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("RoleSessionName", ["ab", "a" * 64, "aZ0_+=,.@-"]),
        ("DurationSeconds", ["900", "43200"]),
        ("ExternalId", ["ab", "a" * 1224, "aZ0_+=,.@:/-"]),
        ("SourceIdentity", ["ab", "a" * 64, "aZ0_+=,.@-"]),
    ],
)
def test_parameters_within_their_constraints(
    here: Here, alice: Identity, role: str, name: str, values: list[str]
) -> None:
    for value in values:
        assert assume(here, alice, role, **{name: value}).status == 200


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("RoleArn", ["a" * 19, "arn:aws:iam::" + "a" * 2036, "arn:aws:iam::1:role/\0aaa"]),
        ("RoleSessionName", ["a", "a" * 65, "a b"]),
        ("DurationSeconds", ["899", "43201"]),
        ("ExternalId", ["a", "a" * 1225, "a b"]),
        ("SerialNumber", ["a" * 8, "a" * 257, "a" * 9 + " "]),
        ("TokenCode", ["01234", "0123456", "01234x"]),
        ("SourceIdentity", ["a", "a" * 65, "a b"]),
        ("Policy", ["x\0"]),
        ("Tags.member.1.Key", [""]),
    ],
)
def test_parameters_beyond_their_constraints(
    here: Here, alice: Identity, role: str, name: str, values: list[str]
) -> None:
    for value in values:
        where = "tags.1.member.key" if name.startswith("Tags") else name
        check_violation(refused(here, alice, role, **{name: value}), where)


@pytest.mark.parametrize("value", ["a" * 9, "a" * 256, "aZ0_+=/:,.@-"])
def test_serial_numbers(here: Here, alice: Identity, role: str, value: str) -> None:
    told_of = refused(here, alice, role, SerialNumber=value, TokenCode="012345")
    assert told_of.reason == f"{value} is not an MFA device of {alice.caller.arn}"


def test_role_and_session_name_are_required(here: Here, alice: Identity) -> None:
    assert refusal(assume_role, call("AssumeRole"), alice, here.cloud) == Refusal(
        "ValidationError",
        "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: "
        "Member must not be null; Value null at 'roleSessionName' failed to satisfy constraint: "
        "Member must not be null",
        400,
        "",
    )


@pytest.mark.parametrize("length", [20, 2048])
def test_an_arn_that_is_none(here: Here, alice: Identity, length: int) -> None:
    arn = "x" * length
    assert refused(here, alice, arn) == Refusal("ValidationError", f"{arn} is invalid", 400, "")
