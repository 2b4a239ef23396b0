"""What a policy is worth where resource or condition keys of a call are not known."""

from typing import Any

import pytest

from rolecall.local.authorization.conservative import cautious_conditions, conservative
from rolecall.policy import Authorizer, IamUser, Request
from tests.local.enforcement.conftest import HOME, OTHER, allow, deny
from tests.local.enforcement.direct.conftest import REGION, compiled


def allowed(made: Any, action: str, resource: str = "*", **facts: str) -> bool:
    request = Request.build(
        action, resource, IamUser(HOME, "u"), dict(facts), resource_account=HOME
    )
    return Authorizer(identity=[made]).decide(request).allowed


def unknown(*statements: Any) -> Any:
    return conservative(compiled(*statements), "sqs", HOME, REGION)


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:*",
        "arn:aws:*",
        "arn:aws:sqs:*",
        "arn:aws:sqs:*:*:*",
        f"arn:aws:sqs:*:{HOME}:*",
        f"arn:aws:sqs:{REGION}:{HOME}:*",
        "arn:*:sqs:*:*:*",
    ],
)
def test_an_allow_for_every_resource_that_it_could_be(resource: str) -> None:
    made = unknown(allow("sqs:SendMessage", ["arn:aws:s3:::x", resource]))
    assert allowed(made, "sqs:SendMessage")
    assert not allowed(made, "sqs:DeleteQueue")


@pytest.mark.parametrize(
    "resource",
    [
        f"arn:aws:sqs:{REGION}:{HOME}:a*",
        f"arn:aws:sqs:us-east-1:{HOME}:*",
        f"arn:aws:sqs:{REGION}:{OTHER}:*",
        f"arn:aws:sqs:*:{OTHER}:*",
        "arn:aws:sns:*",
        "arn:aws-cn:sqs:*",
    ],
)
def test_an_allow_for_some_resources_is_none(resource: str) -> None:
    assert not allowed(unknown(allow("sqs:SendMessage", resource)), "sqs:SendMessage")


def test_an_allow_that_leaves_out_a_resource_is_none() -> None:
    but_one = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:sqs:::x"}
    assert not allowed(unknown(but_one), "sqs:SendMessage")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"sqs:Key": "x"}},
        {"StringNotEquals": {"aws:ResourceTag/a": "x"}},
        {"Null": {"aws:RequestTag/a": "true"}},
        {"Bool": {"aws:SecureTransport": "true"}, "Null": {"sqs:Key": "true"}},
    ],
)
def test_an_allow_with_a_key_that_nobody_can_supply_is_none(condition: dict[str, Any]) -> None:
    statement = allow("sqs:SendMessage", Condition=condition)
    facts = {"aws:SecureTransport": "true"}
    assert not allowed(unknown(statement), "sqs:SendMessage", **facts)
    assert not allowed(cautious_conditions(compiled(statement)), "sqs:SendMessage", **facts)


KNOWN = """
    aws:CurrentTime aws:EpochTime aws:MultiFactorAuthAge aws:MultiFactorAuthPresent
    aws:PrincipalAccount aws:PrincipalArn aws:PrincipalIsAWSService aws:PrincipalOrgID
    aws:PrincipalOrgPaths aws:PrincipalServiceName aws:PrincipalTag/team aws:PrincipalType
    aws:referer aws:RequestedRegion aws:SecureTransport aws:SourceIdentity aws:SourceIp
    aws:SourceVpc aws:SourceVpce aws:TokenIssueTime aws:UserAgent aws:userid aws:username
    aws:ViaAWSService aws:VpcSourceIp
"""


@pytest.mark.parametrize("key", KNOWN.split())
def test_a_key_that_is_known_of_every_call_is_asked(key: str) -> None:
    """ "AWS global condition context keys": of principal, session, network and request."""
    wants = {"StringEquals": {key: "x"}}
    for reading in (unknown, lambda *given: cautious_conditions(compiled(*given))):
        made = reading(allow("sqs:Send", Condition=wants), deny("sqs:Stop", Condition=wants))
        assert [each.actions for each in made.document.statements] == [("sqs:Send",), ("sqs:Stop",)]
        assert [c.key for each in made.document.statements for c in each.conditions] == [key, key]


@pytest.mark.parametrize("key", ["sqs:Key", "aws:PrincipalTags/x", "aws:TagKeys", "x:aws:userid"])
def test_a_deny_counts_even_if_its_key_is_not_known(key: str) -> None:
    denies = deny(
        "sqs:SendMessage",
        Condition={"StringEquals": {key: "x"}, "Bool": {"aws:SecureTransport": "false"}},
    )
    for made in (
        unknown(allow("*"), denies),
        cautious_conditions(compiled(allow("*"), denies)),
    ):
        assert allowed(made, "sqs:SendMessage", **{"aws:SecureTransport": "true"})
        assert not allowed(made, "sqs:SendMessage", **{"aws:SecureTransport": "false"})
        assert [c.key for c in made.document.statements[1].conditions] == ["aws:SecureTransport"]


def test_a_deny_counts_whatever_its_resource() -> None:
    queue = f"arn:aws:sqs:{REGION}:{HOME}:q"
    for denied in (
        deny("sqs:SendMessage", queue),
        {"Effect": "Deny", "Action": "sqs:SendMessage", "NotResource": queue},
    ):
        made = unknown(allow("*"), denied)
        assert not allowed(made, "sqs:SendMessage")
        assert allowed(made, "sqs:ReceiveMessage")


def test_a_known_resource_is_held_against_resources() -> None:
    queue = f"arn:aws:sqs:{REGION}:{HOME}:q"
    made = cautious_conditions(compiled(allow("sqs:*", queue), deny("sqs:Stop", queue)))
    assert allowed(made, "sqs:Send", queue)
    assert not allowed(made, "sqs:Send", f"{queue}x")
    assert not allowed(made, "sqs:Stop", queue)


def test_a_policy_of_which_nothing_is_left_allows_nothing() -> None:
    none = allow("sqs:*", Condition={"Null": {"sqs:Key": "true"}})
    for made in (unknown(none), cautious_conditions(compiled(none))):
        (left,) = made.document.statements
        assert not {"*", "sqs:*"}.intersection(left.actions)
        assert not allowed(made, "sqs:SendMessage")


def test_two_readings_of_one_policy_do_not_mix() -> None:
    policy = compiled(allow("*", f"arn:aws:sqs:{REGION}:{HOME}:*"))
    for service, account, region, there in (
        ("sqs", HOME, REGION, True),
        ("sns", HOME, REGION, False),
        ("sqs", OTHER, REGION, False),
        ("sqs", HOME, "us-east-1", False),
    ):
        assert allowed(conservative(policy, service, account, region), "sqs:Send") is there
