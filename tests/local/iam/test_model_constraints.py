"""What IAM's service model states of each parameter: the last good value, the first bad one."""

import pytest

from rolecall.local.api import AwsError
from rolecall.local.iam import model_constraints

ROLE = "arn:aws:iam::111122223333:role/x"


def told(action: str, **params: str) -> str:
    """The message of a refusal, or '' where there is none."""
    try:
        model_constraints.check(action, params)
    except AwsError as error:
        assert (error.code, error.status) == ("ValidationError", 400)
        return error.message
    return ""


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("1", ""),
        ("1000", ""),
        ("+7", ""),
        ("0", "Member must have value greater than or equal to 1"),
        ("-1", "Member must have value greater than or equal to 1"),
        ("1001", "Member must have value less than or equal to 1000"),
        ("ten", "Member must be a number"),
        ("", "Member must be a number"),
        ("1.5", "Member must be a number"),
        ("1" * 19, "Member must be a number"),
        ("0" * 17 + "5", ""),
        ("\u0665", "Member must be a number"),
    ],
)
def test_numbers(value: str, why: str) -> None:
    expected = (
        f"1 validation error detected: Value at 'maxItems' failed to satisfy constraint: {why}"
    )
    assert told("ListUsers", MaxItems=value) == (expected if why else "")


@pytest.mark.parametrize(("value", "good"), [("true", True), ("false", True), ("True", False)])
def test_truths(value: str, good: bool) -> None:
    message = told("ListPolicies", OnlyAttached=value)
    assert message.endswith("" if good else "'onlyAttached' failed to satisfy constraint: Member "
                            "must be true or false")  # fmt: skip
    assert bool(message) is not good


def test_lengths() -> None:
    assert told("GetUser", UserName="x") == ""
    assert told("GetUser", UserName="x" * 128) == ""
    assert told("GetUser", UserName="").endswith("length greater than or equal to 1")
    assert told("GetUser", UserName="x" * 129).endswith("length less than or equal to 128")


def test_patterns_are_of_the_whole_text() -> None:
    assert told("GetUser", UserName="a.b_c-d") == ""
    for wrong in ("a b", "a/b", "a\n", "\u00e9"):
        assert "Member must satisfy regular expression pattern: " in told("GetUser", UserName=wrong)


def test_choices() -> None:
    for scope in ("All", "AWS", "Local"):
        assert told("ListPolicies", Scope=scope) == ""
    assert told("ListPolicies", Scope="all").endswith("enum value set: [All, AWS, Local]")


def test_what_is_required() -> None:
    missing = told("GetRole")
    assert missing.endswith(
        "Value at 'roleName' failed to satisfy constraint: Member must not be null"
    )
    assert missing.startswith("1 validation error detected: ")
    assert told("GetUser") == ""


def test_a_list_is_given_by_its_members() -> None:
    assert "'tags'" in told("TagRole", RoleName="x")
    assert told("TagRole", RoleName="x", **{"Tags.member.1.Key": "a"}) == ""
    assert "'tags'" in told("TagRole", RoleName="x", **{"TagsMore.member.1.Key": "a"})


def test_several_violations_are_told_together() -> None:
    message = told("UpdateAccessKey", Status="perhaps", AccessKeyId="short", UserName="a b")
    assert message.startswith("3 validation errors detected: Value at '")
    assert message.count("; ") == 2


def test_operations_without_input_and_unknown_ones() -> None:
    for action in ("GetAccountSummary", "NoSuchOperation", "getRole"):
        assert told(action, UserName="a b") == ""


def test_parameters_of_other_operations_count_nothing() -> None:
    assert told("GetRole", RoleName="x", UserName="a b") == ""
