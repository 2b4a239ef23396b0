"""Every parameter of a call is seen, and none reaches into another account."""

import json
from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.authorization.parameters import json_body, parameters_of
from rolecall.local.authorization.reach import check_reach
from tests.local.enforcement.conftest import HOME, OTHER, allow, deny
from tests.local.enforcement.direct.conftest import Place, api_call, told

ME = f"arn:aws:iam::{HOME}:user/caller"
NESTED = {"a": "1", "b": {"c": ["2", {"d": "3"}], "e": 4, "f": None}, "g": [["5"]], "h": True}


@pytest.mark.parametrize("protocol", ["json", "rest-json"])
def test_every_text_of_a_json_body_has_a_name(protocol: str) -> None:
    call = api_call(
        "eks", protocol=protocol, params={"q": "0"}, body=b" \r\n" + json.dumps(NESTED).encode()
    )
    assert list(parameters_of(call)) == [
        ("q", "0"),
        ("a", "1"),
        ("b.c", "2"),
        ("b.c.d", "3"),
        ("g", "5"),
    ]


@pytest.mark.parametrize("protocol", ["query", "ec2", "rest-xml"])
def test_a_body_that_is_no_json_holds_no_parameters(protocol: str) -> None:
    call = api_call("iam", protocol=protocol, params={"q": "0"}, body=b'{"a": "1"}')
    assert list(parameters_of(call)) == [("q", "0")]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json(body: bytes) -> None:
    call = api_call("eks", body=body)
    assert json_body(call) is None
    assert list(parameters_of(call)) == []


def test_a_body_that_is_one_text() -> None:
    assert list(parameters_of(api_call("eks", body=b'"x"'))) == [("", "x")]
    assert list(parameters_of(api_call("eks", body=b'["x"]'))) == [("", "x")]


def reaches(place: Place, service: str, action: str, params: dict[str, str], **labels: str) -> str:
    """Why a call reaches too far; '' if it does not."""
    call = api_call(service, params=params)
    try:
        check_reach(call, action, labels, place.caller(allow("*")), place.cloud)
    except AwsError as refused:
        value = next(iter({**params, **labels}.values()))
        assert told(refused) == (
            "AccessDenied",
            f"User: {ME} is not authorized to perform: {action} on resource: {value}",
            403,
        )
        return refused.reason
    return ""


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:sns:eu-central-1:{OTHER}:topic",
        f"arn:aws:sns::{OTHER}:topic",
        f"arn:aws-us-gov:sns:us-gov-west-1:{OTHER}:topic",
        f"arn:aws:sns:eu-central-1:{OTHER}:a:b/c",
    ],
)
def test_a_resource_of_another_account(place: Place, arn: str) -> None:
    reason = "it is a resource of another account"
    assert reaches(place, "sns", "sns:Publish", {"TopicArn": arn}) == reason
    assert reaches(place, "sns", "sns:Publish", {}, TopicArn=arn) == reason
    ours = arn.replace(OTHER, HOME)
    assert reaches(place, "sns", "sns:Publish", {"TopicArn": ours}, label=ours) == ""


@pytest.mark.parametrize(
    "text",
    [
        f"arn:aws:sqs:eu-central-1:{OTHER}:queue",  # of another service, such as an endpoint
        f"x arn:aws:sns:eu-central-1:{OTHER}:topic",
        f"arn:aws:sns:eu-central-1:{OTHER}:",
        f"arn:aws:sns:eu-central-1:{OTHER}1:topic",
        "arn:aws:sns:eu-central-1:12345678901:topic",
        OTHER,
    ],
)
def test_a_text_that_is_no_resource_of_another_account(place: Place, text: str) -> None:
    assert reaches(place, "sns", "sns:Publish", {"TopicArn": text}) == ""


def test_the_service_of_an_action_counts_not_the_one_that_signed(place: Place) -> None:
    alarm = f"arn:aws:cloudwatch:eu-central-1:{OTHER}:alarm:x"
    assert reaches(place, "monitoring", "cloudwatch:TagResource", {"ResourceARN": alarm})
    assert reaches(place, "monitoring", "monitoring:TagResource", {"ResourceARN": alarm}) == ""


@pytest.mark.parametrize(
    ("service", "name", "value", "refused"),
    [
        ("account", "AccountId", OTHER, True),
        ("account", "AccountId", HOME, False),
        ("account", "AccountId", "x", False),
        ("account", "AccountIds", OTHER, False),
        ("account", "Accounts", OTHER, False),
        ("cloudformation", "Accounts.member.1", OTHER, True),
        ("cloudformation", "Accounts.member.1", HOME, False),
        ("cloudformation", "Accounts.member.1", "x", False),
        ("cloudformation", "DeploymentTargets.Accounts.member.1", OTHER, True),
        ("cloudformation", "DeploymentTargets.AccountFilterType", "NONE", False),
        ("cloudformation", "DeploymentTargets.OrganizationalUnitIds.member.1", "ou-x", True),
        ("cloudformation", "DeploymentTargets.OrganizationalUnitIds.member.1", HOME, False),
        ("cloudformation", "DeploymentTargets.AccountsUrl", "s3://b/k", True),
        ("cloudformation", "AccountId", OTHER, False),
        ("cloudformation", "Parameters.Accounts", OTHER, False),
        ("sns", "AccountId", OTHER, False),
        ("sns", "Accounts.member.1", OTHER, False),
    ],
)
def test_parameters_that_name_accounts(
    place: Place, service: str, name: str, value: str, refused: bool
) -> None:
    why = reaches(place, service, f"{service}:Do", {name: value})
    assert why == ("it reaches other accounts" if refused else "")


STACKS = """
    ActivateType CancelUpdateStack ContinueUpdateRollback CreateStack CreateChangeSet
    DeleteStack ExecuteChangeSet ImportStacksToStackSet RollbackStack UpdateStack
"""
IN_HIS_NAME = [
    *(("cloudformation", name) for name in STACKS.split()),
    ("servicecatalog", "ProvisionProduct"),
    ("servicecatalog", "UpdateProvisionedProduct"),
    ("servicecatalog", "TerminateProvisionedProduct"),
    ("tagging", "TagResources"),
    ("tagging", "UntagResources"),
]
POWER = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}


def in_his_name(place: Place, service: str, operation: str, *statements: Any, **more: Any) -> bool:
    caller = place.caller(*statements, **more)
    action = f"{'tag' if service == 'tagging' else service}:{operation}"
    try:
        check_reach(api_call(service, operation), action, {}, caller, place.cloud)
    except AwsError as refused:
        message = f"User: {ME} is not authorized to perform: {action} on resource: *"
        assert told(refused) == ("AccessDenied", message, 403)
        assert refused.reason == (
            "it makes AWS call other services in the caller's name, and the embedded AWS lets "
            "only those do that whose policies allow everything and deny nothing"
        )
        return False
    return True


@pytest.mark.parametrize(("service", "operation"), IN_HIS_NAME)
def test_operations_in_the_callers_name(place: Place, service: str, operation: str) -> None:
    assert not in_his_name(place, service, operation, POWER)
    assert in_his_name(place, service, operation, allow("*"))


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("cloudformation", "DescribeStacks"),
        ("cloudformation", "ListStacks"),
        ("cloudformation", "Createstack"),
        ("cloudformation", "DetectStackDrift"),
        ("servicecatalog", "DescribeProvisionedProduct"),
        ("servicecatalog", "CreateProduct"),
        ("tagging", "GetResources"),
        ("dynamodb", "CreateTable"),
        ("sns", "TagResources"),
    ],
)
def test_operations_of_its_own(place: Place, service: str, operation: str) -> None:
    assert in_his_name(place, service, operation, POWER)


@pytest.mark.parametrize(
    ("statements", "more", "everything"),
    [
        ([allow("*")], {}, True),
        ([allow("s3:*"), allow("*")], {}, True),
        ([allow(["s3:*", "*"], ["arn:aws:s3:::b", "*"])], {}, True),
        ([allow("*")], {"boundary": [allow("*")], "session": [allow("*")]}, True),
        ([], {}, False),
        ([allow("*"), deny("iam:CreateUser")], {}, False),
        ([deny("*")], {}, False),
        ([allow("*", "arn:aws:s3:::b")], {}, False),
        ([allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}})], {}, False),
        ([allow("cloudformation:*")], {}, False),
        ([allow("*")], {"boundary": [POWER]}, False),
        ([allow("*")], {"session": [POWER]}, False),
        ([allow("*")], {"session": [allow("*"), deny("iam:*")]}, False),
        ([POWER], {"boundary": [allow("*")], "session": [allow("*")]}, False),
    ],
)
def test_who_may_do_everything(
    place: Place, statements: list[Any], more: dict[str, Any], everything: bool
) -> None:
    assert in_his_name(place, "cloudformation", "CreateStack", *statements, **more) is everything
