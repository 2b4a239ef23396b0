"""May this caller make this call? Each service has its own rules, and dead credentials none."""

from datetime import timedelta
from typing import Any

import pytest

from rolecall.local.api import Identity, SessionGrant
from rolecall.local.authorization import acting_account, authorize
from rolecall.policy import FederatedUserSession, IamUser, RoleSession
from tests.local.enforcement.conftest import HOME, OTHER, allow, policy
from tests.local.enforcement.direct.conftest import NOW, Place, api_call, refusal, told

ME = f"arn:aws:iam::{HOME}:user/caller"
USER = f"arn:aws:iam::{HOME}:user/u"


def test_sts_authorizes_its_own_calls(place: Place) -> None:
    for who in (None, place.caller()):
        authorize(api_call("sts", "AssumeRole"), who, place.cloud)


@pytest.mark.parametrize("service", ["iam", "eks"])
def test_a_call_without_a_signature(place: Place, service: str) -> None:
    error = refusal(authorize, api_call(service, "GetUser"), None, place.cloud)
    assert told(error) == (
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
        403,
    )


def test_an_unsigned_call_of_s3(place: Place) -> None:
    place.bucket("bbb", policy=policy(allow("s3:*", "arn:aws:s3:::bbb/*", Principal="*")))
    authorize(api_call("s3", path="/bbb/k", signed=None), None, place.cloud)
    error = refusal(authorize, api_call("s3", path="/ccc/k", signed=None), None, place.cloud)
    assert told(error) == ("AccessDenied", "Access Denied", 403)
    twice = api_call("s3", path="/bbb/k", params={"Action": "x"}, signed=None)
    assert "ambiguous" in refusal(authorize, twice, None, place.cloud).reason


def test_each_service_in_its_own_way(place: Place) -> None:
    for call, action in (
        (api_call("iam", "GetUser", params={"UserName": "u"}), "iam:GetUser"),
        (api_call("s3", path="/bbb/k"), "s3:GetObject"),
        (api_call("eks", path="/clusters"), "eks:ListClusters"),
    ):
        authorize(call, place.caller(allow(action)), place.cloud)
        error = refusal(authorize, call, place.caller(allow(f"{action}x")), place.cloud)
        assert error.code == ("AccessDeniedException" if call.service == "eks" else "AccessDenied")


def test_refusals_are_in_the_words_of_the_service(place: Place) -> None:
    error = refusal(authorize, api_call("s3", path="/bbb/k"), place.caller(), place.cloud)
    assert told(error) == ("AccessDenied", "Access Denied", 403)
    target = {"x-amz-target": "DynamoDB_20120810.ListTables"}
    tables = api_call("dynamodb", "ListTables", protocol="json", headers=target)
    error = refusal(authorize, tables, place.caller(), place.cloud)
    assert told(error) == (
        "AccessDeniedException",
        f"User: {ME} is not authorized to perform: dynamodb:ListTables on resource: * because "
        "no identity-based policy allows the dynamodb:ListTables action",
        400,
    )


def test_a_call_that_could_be_another_is_refused_whoever_makes_it(place: Place) -> None:
    call = api_call("iam", "GetUser", protocol="query", params={"Action": "GetUser"})
    authorize(call, place.root(), place.cloud)
    unnamed = api_call("iam", protocol="query")
    assert "ambiguous" in refusal(authorize, unnamed, place.root(), place.cloud).reason
    elsewhere = api_call("eks", path="/clusters", headers={"action": "x"})
    assert told(refusal(authorize, elsewhere, place.root(), place.cloud)) == (
        "AccessDeniedException",
        "Access Denied",
        403,
    )


def test_an_operation_that_iam_does_not_have(place: Place) -> None:
    for params, version in (({"Version": "2009-01-01"}, "2009-01-01"), ({}, "2010-05-08")):
        call = api_call("iam", "MakeUser", params=params)
        error = refusal(authorize, call, place.root(), place.cloud)
        message = f"Could not find operation MakeUser for version {version}"
        assert told(error) == ("InvalidAction", message, 400)
        assert error.reason == (
            "the embedded AWS does not know which permission this operation needs"
        )


GET_USER = api_call("iam", "GetUser", params={"UserName": "u"})


def test_iam_is_asked_with_every_condition_key(place: Place) -> None:
    place.user("u", tags=[{"Key": "a", "Value": "1"}])
    wants = {
        "StringEquals": {
            "iam:ResourceTag/a": "1",
            "aws:RequestedRegion": "eu-central-1",
            "aws:ResourceAccount": HOME,
        }
    }
    authorize(GET_USER, place.caller(allow("iam:GetUser", USER, Condition=wants)), place.cloud)
    error = refusal(authorize, GET_USER, place.caller(), place.cloud)
    assert error.message == (
        f"User: {ME} is not authorized to perform: iam:GetUser on resource: user u "
        "because no identity-based policy allows the iam:GetUser action"
    )


def test_every_permission_of_an_iam_call_is_needed(place: Place) -> None:
    tags = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "1"}
    make = api_call("iam", "CreateUser", params={"UserName": "u", **tags})
    authorize(make, place.caller(allow(["iam:CreateUser", "iam:TagUser"], USER)), place.cloud)
    for one, lacking in (("iam:CreateUser", "iam:TagUser"), ("iam:TagUser", "iam:CreateUser")):
        error = refusal(authorize, make, place.caller(allow(one)), place.cloud)
        assert f"perform: {lacking} on resource: {USER} " in error.message


def test_iam_acts_in_the_callers_account_whatever_arn_a_call_names(place: Place) -> None:
    theirs = f"arn:aws:iam::{OTHER}:policy/p"
    call = api_call("iam", "GetPolicy", params={"PolicyArn": theirs})
    authorize(call, place.caller(allow("iam:GetPolicy")), place.cloud)
    aws = api_call("iam", "GetPolicy", params={"PolicyArn": "arn:aws:iam::aws:policy/x"})
    authorize(aws, place.caller(allow("iam:GetPolicy")), place.cloud)


def session(kind: str, **more: Any) -> SessionGrant:
    return SessionGrant(
        kind=kind, account=HOME, issued_at=NOW, expires_at=NOW + timedelta(hours=1), **more
    )


@pytest.mark.parametrize(
    ("kind", "mfa", "let_in"),
    [
        ("session-token", None, False),
        ("session-token", NOW, True),
        ("federated-user", None, False),
        ("federated-user", NOW, False),
        ("assumed-role", None, True),
    ],
)
def test_iam_with_temporary_credentials(place: Place, kind: str, mfa: Any, let_in: bool) -> None:
    """ "You cannot call any IAM API operations unless MFA authentication information is
    included in the request" (GetSessionToken); none with GetFederationToken."""
    place.role("r")
    grant = session(
        kind,
        mfa_at=mfa,
        role_arn=f"arn:aws:iam::{HOME}:role/r" if kind == "assumed-role" else "",
        role_id=place.iam().get_role("r").id,
    )
    caller = place.caller(allow("*"), grant=grant)
    if let_in:
        authorize(GET_USER, caller, place.cloud)
    else:
        error = refusal(authorize, GET_USER, caller, place.cloud)
        message = "The security token included in the request is invalid."
        assert told(error) == ("InvalidClientTokenId", message, 403)
        assert error.reason == f"IAM cannot be called with {kind} credentials without MFA"
    # Other services know no such rule.
    authorize(api_call("eks", path="/clusters"), caller, place.cloud)


def test_credentials_of_who_no_longer_exists(place: Place) -> None:
    user = place.user("u")
    alive = session("session-token", user_name="u", user_id=user.id)
    dead = session("session-token", user_name="u", user_id="AIDAOTHER")
    clusters = api_call("eks", path="/clusters")
    authorize(clusters, place.caller(allow("*"), grant=alive), place.cloud)
    message = "The security token included in the request is invalid."
    for call in (clusters, api_call("s3", path="/bbb/k"), GET_USER):
        error = refusal(authorize, call, place.caller(allow("*"), grant=dead), place.cloud)
        assert told(error) == ("InvalidClientTokenId", message, 403)
        assert error.reason == (
            "the role or user that these credentials were issued for no longer exists"
        )


@pytest.mark.parametrize(
    "caller",
    [
        IamUser(HOME, "u"),
        FederatedUserSession(HOME, "f"),
        RoleSession(HOME, "r", "s"),
    ],
)
def test_the_account_that_a_call_reaches(place: Place, caller: Any) -> None:
    place.bucket("theirs", OTHER)
    identity = Identity(caller, "AKIA")
    for call, account in (
        (api_call("s3", path="/theirs/k"), OTHER),
        (api_call("s3", path="/none/k"), HOME),
        (api_call("s3", path="/"), HOME),
        (api_call("eks", path="/theirs/k"), HOME),
    ):
        assert acting_account(call, identity) == account


def test_the_account_that_an_unsigned_call_reaches(place: Place) -> None:
    place.bucket("theirs", OTHER)
    assert acting_account(api_call("s3", path="/theirs"), None) == OTHER
    assert acting_account(api_call("s3", path="/none"), None) is None
    assert acting_account(api_call("eks", path="/theirs"), None) is None
