"""iam:PassRole ("Grant a user permissions to pass a role to an AWS service")."""

import json
from typing import Any

import pytest

from rolecall.local.authorization.pass_role import passed_roles, service_host
from rolecall.local.authorization.services import authorize
from tests.local.enforcement.conftest import HOME, OTHER, allow
from tests.local.enforcement.direct.conftest import Place, api_call, refusal

ROLE = f"arn:aws:iam::{HOME}:role/r"


def passed(place: Place, body: object, service: str = "some-service") -> set[str]:
    call = api_call(service, body=json.dumps(body).encode())
    return passed_roles(call, HOME, place.cloud)


@pytest.mark.parametrize("name", ["Role", "roleArn", "ROLEARN", "executionRoleArn", "ARoleB"])
def test_a_role_by_its_arn(place: Place, name: str) -> None:
    """Whether it exists, and whose it is: the permission is asked all the same."""
    for arn in (
        ROLE,
        f"arn:aws:iam::{OTHER}:role/p/a!~r",
        f"arn:aws-us-gov:iam::{HOME}:role/r",
    ):
        assert passed(place, {name: arn}) == {arn}
        assert passed(place, {"a": [{name: arn}, {name: ROLE}]}) == {arn, ROLE}


@pytest.mark.parametrize(
    "text",
    [
        f"x{ROLE}",
        f"{ROLE} x",
        f"{ROLE}ä",
        f"arn:aws:iam::{HOME}:role/",
        f"arn:aws:iam::{HOME}:user/r",
        f"arn:aws:iam::{HOME[:-1]}:role/r",
        "arn:aws:iam::１１１１２２２２３３３３:role/r",
        f"arn:aws:sts::{HOME}:role/r",
    ],
)
def test_a_text_that_is_no_role(place: Place, text: str) -> None:
    assert passed(place, {"RoleArn": text}) == set()


def test_a_parameter_that_does_not_speak_of_a_role(place: Place) -> None:
    place.role("r")
    assert passed(place, {"Description": ROLE, "Name": "r", "Roles": "r", "RoleX": "r"}) == set()


def test_a_role_by_its_name(place: Place) -> None:
    role, deep = place.role("r"), place.role("deep", path="/a/b/")
    place.role("theirs", OTHER)
    for name in ("Role", "serviceROLE", "JobFlowRole"):
        assert passed(place, {name: "r"}) == {role}
        assert passed(place, {name: "deep"}) == {deep}
        assert passed(place, {name: "a/b/deep"}) == {deep}
        for other in ("", "theirs", "none"):
            assert passed(place, {name: other}) == set()


def test_a_role_by_its_instance_profile(place: Place) -> None:
    role, second = place.role("r"), place.role("s")
    for name, held in (("prof", "r"), ("both", "s"), ("empty", "")):
        place.iam().create_instance_profile(name, "/", [])
        if held:
            place.iam().add_role_to_instance_profile(name, held)
    arn = f"arn:aws:iam::{HOME}:instance-profile/prof"
    for body in (
        {"InstanceProfile": "prof"},
        {"IamInstanceProfile": {"Name": "prof"}},
        {"Iam": {"Instance": {"Profile": "prof"}}},
        {"INSTANCEPROFILENAME": arn},
        {"JobFlowRole": "prof"},
        {"JobFlowRole": arn},
    ):
        assert passed(place, body) == {role}
    assert passed(place, {"InstanceProfile": ["prof", "both"]}) == {role, second}
    for body in ({"InstanceProfile": "empty"}, {"InstanceProfile": "x"}, {"Profile": "prof"}):
        assert passed(place, body) == set()


def test_an_account_that_holds_nothing(place: Place) -> None:
    call = api_call("x", body=b'{"JobFlowRole": "prof", "InstanceProfile": "prof"}')
    assert passed_roles(call, "999988887777", place.cloud) == set()


def test_the_target_of_an_association_is_not_handed_over(place: Place) -> None:
    body = {"targetRoleArn": ROLE, "roleArn": f"{ROLE}2"}
    assert passed(place, body, "eks") == {f"{ROLE}2"}
    assert passed(place, body) == {ROLE, f"{ROLE}2"}
    assert passed(place, {"x": body}, "eks") == {ROLE, f"{ROLE}2"}


@pytest.mark.parametrize(
    ("service", "host"),
    [
        ("lambda", "lambda.amazonaws.com"),
        ("autoscaling", "ec2.amazonaws.com"),
        ("ecs", "ecs-tasks.amazonaws.com"),
        ("monitoring", "cloudwatch.amazonaws.com"),
        ("eks", "eks.amazonaws.com"),
    ],
)
def test_the_service_that_a_role_is_handed_to(service: str, host: str) -> None:
    assert service_host(service) == host
    assert service_host(service, ["CreateCluster", "X"]) == host


@pytest.mark.parametrize(
    "operation", ["CreatePodIdentityAssociation", "UpdatePodIdentityAssociation"]
)
def test_eks_hands_roles_on_to_pods(operation: str) -> None:
    assert service_host("eks", ["X", operation]) == "pods.eks.amazonaws.com"
    assert service_host("lambda", [operation]) == "lambda.amazonaws.com"


def create_function(place: Place, *statements: Any) -> str:
    """What a call that hands over two roles is refused with; '' if it is not."""
    body = json.dumps({"FunctionName": "f", "Role": ROLE, "x": {"roleArn": f"{ROLE}2"}}).encode()
    call = api_call("lambda", method="POST", path="/2015-03-31/functions", body=body)
    caller = place.caller(allow("lambda:*"), *statements)
    if len(statements) == 3:
        authorize(call, caller, place.cloud)
        return ""
    return refusal(authorize, call, caller, place.cloud).message


def test_each_role_that_is_handed_over_is_asked(place: Place) -> None:
    to_lambda = {
        "StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"},
        "IpAddress": {"aws:SourceIp": "203.0.113.9"},
    }
    one = allow("iam:PassRole", ROLE, Condition=to_lambda)
    two = allow("iam:PassRole", f"{ROLE}2", Condition=to_lambda)
    assert f"iam:PassRole on resource: {ROLE} " in create_function(place)
    assert f"iam:PassRole on resource: {ROLE}2 " in create_function(place, one)
    assert f"iam:PassRole on resource: {ROLE} " in create_function(place, two)
    assert create_function(place, one, two, one) == ""
    elsewhere = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    other = allow("iam:PassRole", Condition=elsewhere)
    assert "iam:PassRole" in create_function(place, other)


def test_a_role_for_pods(place: Place) -> None:
    body = json.dumps({"roleArn": ROLE}).encode()
    path = "/clusters/c/pod-identity-associations"
    call = api_call("eks", method="POST", path=path, body=body)
    for host, enough in (("pods.eks.amazonaws.com", True), ("eks.amazonaws.com", False)):
        passes = allow(
            "iam:PassRole", ROLE, Condition={"StringEquals": {"iam:PassedToService": host}}
        )
        caller = place.caller(allow("eks:*"), passes)
        if enough:
            authorize(call, caller, place.cloud)
        else:
            assert "iam:PassRole" in refusal(authorize, call, caller, place.cloud).message
