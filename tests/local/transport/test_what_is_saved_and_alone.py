"""Which calls may have changed something, and which are carried out one at a time."""

from typing import Any

import pytest

from rolecall.local.api import AwsError
from tests.local.transport.way import ACCOUNT, Way


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.mark.parametrize(
    ("action", "reads"),
    [
        ("GetUser", True),
        ("ListUsers", True),
        ("DescribeVpcs", True),
        ("HeadThing", True),
        ("BatchGetItem", True),
        ("SimulatePrincipalPolicy", True),
        ("LookupEvents", True),
        ("SearchThings", True),
        ("Get", False),
        ("Getter", False),
        ("GenerateCredentialReport", False),
        ("ReGetUser", False),
        ("BatchWriteItem", False),
        ("CreateUser", False),
        ("get_user", False),
    ],
)
@pytest.mark.parametrize("failing", [False, True])
def test_what_may_have_changed_something_is_to_be_saved(
    way: Way, action: str, reads: bool, failing: bool
) -> None:
    if failing:
        way.answers["after"] = AwsError("Oops", "half way")
    assert way.signed("sqs", action)[0] == (400 if failing else 200)
    assert way.changes == (0 if reads else 1)


@pytest.mark.parametrize(
    ("method", "changes"),
    [("GET", 0), ("HEAD", 0), ("OPTIONS", 0), ("PUT", 1), ("POST", 1), ("DELETE", 1), ("PATCH", 1)],
)
def test_a_rest_call_changes_something_by_its_method(way: Way, method: str, changes: int) -> None:
    way.rest("s3", method)
    assert way.changes == changes


def test_what_was_refused_before_anything_ran_changed_nothing(way: Way) -> None:
    for step in ("sts", "authorize"):
        way.answers = {"account": ACCOUNT, "public": False, step: AwsError("AccessDenied", "no")}
        way.signed(action="CreateUser")
        assert way.changes == 0


# -- one at a time --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "action", "alone"),
    [
        ("iam", "CreateUser", True),
        ("iam", "GetUser", False),
        ("sqs", "CreateQueue", False),
    ],
)
def test_of_iam_what_changes_something_is_alone(
    way: Way, service: str, action: str, alone: bool
) -> None:
    assert alone_at(way, lambda: way.signed(service, action)) == alone


@pytest.mark.parametrize(
    ("service", "method", "headers", "alone"),
    [
        ("s3", "PUT", {"If_None_Match": "*"}, True),
        ("s3", "PUT", {"If_Match": '"x"'}, True),
        ("s3", "DELETE", {"If_Match": '"x"'}, True),
        ("s3", "PUT", {}, False),
        ("s3", "GET", {"If_Match": '"x"'}, False),
        ("s3", "HEAD", {"If_None_Match": "*"}, False),
        ("lambda", "PUT", {"If_Match": '"x"'}, False),
    ],
)
def test_of_s3_what_is_written_under_a_condition_is_alone(
    way: Way, service: str, method: str, headers: dict[str, str], alone: bool
) -> None:
    assert alone_at(way, lambda: way.rest(service, method, **headers)) == alone


def alone_at(way: Way, call: Any) -> bool:
    """Whether the lock of checks and deeds is held at each step behind authorization."""
    held: list[bool] = []
    note = way.noted

    def noted(name: str) -> Any:
        if name in ("before", "gaps", "moto", "after"):
            held.append(way.front._one_at_a_time.locked())
        return note(name)

    way.noted = noted  # type: ignore[method-assign]
    assert call()[0] == 200
    assert len(held) == 4
    assert len(set(held)) == 1
    assert not way.front._one_at_a_time.locked()
    return held[0]
