"""The condition keys of an IAM call: what is asked for, and what the thing has already."""

from typing import Any

import pytest

from rolecall.local.authorization.iam_calls import permissions_for
from rolecall.local.iam import kept_tags
from tests.local.enforcement.conftest import HOME, allow, policy
from tests.local.enforcement.direct.conftest import Place, api_call

OWN = {"aws:ResourceAccount": HOME}
TAG = {"Key": "a", "Value": "1"}
TAGGED = {"aws:ResourceTag/a": "1", "iam:ResourceTag/a": "1"}
ARN = f"arn:aws:iam::{HOME}:"


def facts(place: Place, action: str, **params: str) -> Any:
    found = permissions_for(api_call("iam", action, params=params), place.caller(), place.cloud)
    assert found is not None
    return found[0].facts


def tags(*pairs: tuple[str, str]) -> dict[str, str]:
    found = {}
    for number, (key, value) in enumerate(pairs, 1):
        found[f"Tags.member.{number}.Key"] = key
        found[f"Tags.member.{number}.Value"] = value
    return found


def test_tags_that_are_asked_for(place: Place) -> None:
    assert facts(place, "GetAccountSummary") == OWN
    assert facts(place, "TagUser", UserName="u", **tags(("a", "1"), ("b", ""))) == {
        **OWN,
        "aws:RequestTag/a": "1",
        "aws:RequestTag/b": "",
        "aws:TagKeys": ("a", "b"),
    }
    untag = {"TagKeys.member.1": "c", "TagKeys.member.2": "d"}
    assert facts(place, "UntagUser", UserName="u", **untag) == {**OWN, "aws:TagKeys": ("c", "d")}


def test_policies_and_services_that_are_asked_for(place: Place) -> None:
    arn = "arn:aws:iam::aws:policy/x"
    assert facts(place, "AttachUserPolicy", UserName="u", PolicyArn=arn) == {
        **OWN,
        "iam:PolicyARN": arn,
    }
    assert facts(place, "CreateServiceLinkedRole", AWSServiceName="x.amazonaws.com") == {
        **OWN,
        "iam:AWSServiceName": "x.amazonaws.com",
    }


def test_a_boundary_that_is_asked_for_or_there(place: Place) -> None:
    asked, held = f"{ARN}policy/asked", f"{ARN}policy/held"
    assert facts(place, "CreateUser", UserName="n", PermissionsBoundary=asked) == {
        **OWN,
        "iam:PermissionsBoundary": asked,
    }
    user = place.user("u")
    assert facts(place, "DeleteUserPolicy", UserName="u") == OWN
    user.permissions_boundary = {"PermissionsBoundaryArn": held}
    assert facts(place, "DeleteUserPolicy", UserName="u")["iam:PermissionsBoundary"] == held
    both = facts(place, "PutUserPermissionsBoundary", UserName="u", PermissionsBoundary=asked)
    assert both["iam:PermissionsBoundary"] == asked
    place.role("r")
    role = place.iam().get_role("r")
    assert facts(place, "GetRole", RoleName="r") == OWN
    role.permissions_boundary_arn = held
    assert facts(place, "GetRole", RoleName="r")["iam:PermissionsBoundary"] == held


def test_tags_that_a_thing_has(place: Place) -> None:
    iam = place.iam()
    place.user("u", tags=[TAG])
    place.role("r", tags=[TAG])
    iam.create_instance_profile("prof", "/", [], [TAG])
    made = iam.create_policy("", "/", policy(allow("s3:*")), "p", [TAG])
    provider = iam.create_open_id_connect_provider("https://x.example.com", [], [], [TAG])
    saml = f"{ARN}saml-provider/idp"
    device = f"{ARN}mfa/d"
    for name in (saml, device, "cert"):
        kept_tags.remember_first_tags(place.cloud, HOME, name, {"a": "1"})
    iam.upload_server_certificate("cert", "body", "key")
    for action, params in (
        ("GetUser", {"UserName": "u"}),
        ("GetRole", {"RoleName": "r"}),
        ("GetInstanceProfile", {"InstanceProfileName": "prof"}),
        ("GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": provider.arn}),
        ("GetSAMLProvider", {"SAMLProviderArn": saml}),
        ("TagMFADevice", {"SerialNumber": device}),
        ("DeleteServerCertificate", {"ServerCertificateName": "cert"}),
    ):
        assert facts(place, action, **params) == {**OWN, **TAGGED}, action
    of_policy = facts(place, "GetPolicy", PolicyArn=made.arn)
    assert of_policy == {**OWN, **TAGGED, "iam:PolicyARN": made.arn}


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("GetUser", {"UserName": "none"}),
        ("GetOpenIDConnectProvider", {"OpenIDConnectProviderArn": "x"}),
        ("GetSAMLProvider", {"SAMLProviderArn": "x"}),
        ("TagMFADevice", {"SerialNumber": "x"}),
        ("GetServerCertificate", {"ServerCertificateName": "none"}),
        ("CreateVirtualMFADevice", {"VirtualMFADeviceName": "d", "SerialNumber": "x"}),
    ],
)
def test_what_is_not_there_has_no_tags(place: Place, action: str, params: dict[str, str]) -> None:
    kept_tags.remember_first_tags(place.cloud, HOME, "none", {"a": "1"})
    kept_tags.remember_first_tags(place.cloud, HOME, f"{ARN}mfa/d", {"a": "1"})
    assert facts(place, action, **params) == OWN
