"""GetFederationToken: what it asks of the caller, and what the credentials stand for."""

from datetime import timedelta

import pytest

from rolecall.local.api import SessionGrant
from rolecall.local.sts.federation_token import get_federation_token
from rolecall.policy import IamUser
from tests.local.sts.conftest import (
    ANY_FED,
    FED,
    HOME,
    NOW,
    Here,
    allow,
    call,
    paths,
    policy,
    refusal,
    told,
)


def test_a_federated_user(here: Here) -> None:
    alice = here.user("alice", ANY_FED)
    known = here.managed("known", allow("s3:*"))
    text = policy(allow("s3:GetObject"))
    asked = call(
        "GetFederationToken",
        {
            "Name": "fed",
            "DurationSeconds": "1200",
            "Policy": text,
            "PolicyArns.member.1.arn": known,
            "Tags.member.1.Key": "Team",
            "Tags.member.1.Value": "red",
        },
    )
    reply = get_federation_token(asked, alice, here.cloud)
    assert isinstance(alice.caller, IamUser)
    assert here.bare_grant(reply) == SessionGrant(
        kind="federated-user",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(seconds=1200),
        session_name="fed",
        user_name="alice",
        user_id=alice.caller.unique_id,
        session_policies=(text,),
        session_policy_arns=(known,),
        tags={"Team": "red"},
    )
    found = told(reply)
    assert found["Arn"] == FED
    assert found["FederatedUserId"] == f"{HOME}:fed"
    assert 10 < int(found["PackedPolicySize"]) < 20
    top = "GetFederationTokenResponse/GetFederationTokenResult/"
    assert paths(reply)[3:7] == [
        f"{top}Credentials/Expiration",
        f"{top}FederatedUser/Arn",
        f"{top}FederatedUser/FederatedUserId",
        f"{top}PackedPolicySize",
    ]


def test_a_federated_user_of_a_root_user(here: Here) -> None:
    reply = get_federation_token(call("GetFederationToken", Name="fed"), here.root(), here.cloud)
    assert here.bare_grant(reply) == SessionGrant(
        kind="federated-user",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        session_name="fed",
    )
    assert told(reply)["PackedPolicySize"] == "0"


@pytest.mark.parametrize("name", ["ab", "a" * 32, "aZ0_+=,.@-"])
def test_names_of_federated_users(here: Here, name: str) -> None:
    asked = call("GetFederationToken", Name=name)
    reply = get_federation_token(asked, here.user("alice", ANY_FED), here.cloud)
    assert told(reply)["Arn"] == f"arn:aws:sts::{HOME}:federated-user/{name}"


@pytest.mark.parametrize("params", [{}, {"Name": "a"}, {"Name": "a" * 33}, {"Name": "a b"}])
def test_names_that_no_federated_user_has(here: Here, params: dict[str, str]) -> None:
    asked = call("GetFederationToken", params)
    told_of = refusal(get_federation_token, asked, here.root(), here.cloud)
    assert told_of.code == "ValidationError"
    assert "at 'name'" in told_of.message


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Policy": ""}, "ValidationError"),
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"PolicyArns.member.1.arn": f"arn:aws:iam::{HOME}:policy/no"}, "InvalidParameterValue"),
        ({"Tags.member.1.Key": ""}, "ValidationError"),
        ({"Tags.member.1.Key": "aws:x"}, "InvalidParameterValue"),
    ],
)
def test_what_a_federated_user_cannot_have(here: Here, params: dict[str, str], code: str) -> None:
    asked = call("GetFederationToken", {"Name": "fed", **params})
    assert refusal(get_federation_token, asked, here.root(), here.cloud).code == code


TAGGED = {
    "Name": "fed",
    "Tags.member.1.Key": "Team",
    "Tags.member.1.Value": "red",
    "Tags.member.2.Key": "Unit",
    "Tags.member.2.Value": "b",
}


def test_the_permission_to_federate(here: Here) -> None:
    asked = call("GetFederationToken", Name="fed")
    denied = refusal(get_federation_token, asked, here.user("nobody"), here.cloud)
    assert denied.message == (
        f"User: arn:aws:iam::{HOME}:user/nobody is not authorized to perform: "
        f"sts:GetFederationToken on resource: {FED} because no identity-based policy allows the "
        "sts:GetFederationToken action"
    )
    narrow = here.user("narrow", allow("sts:GetFederationToken", FED))
    get_federation_token(asked, narrow, here.cloud)
    other = call("GetFederationToken", Name="other")
    assert refusal(get_federation_token, other, narrow, here.cloud).code == "AccessDenied"
    tagging = refusal(get_federation_token, call("GetFederationToken", TAGGED), narrow, here.cloud)
    assert f"to perform: sts:TagSession on resource: {FED} because" in tagging.message


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:RequestTag/Team": "red", "aws:RequestTag/Unit": "b"}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "Unit"}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "Team"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.7"}},
        {"DateEquals": {"aws:CurrentTime": "2030-05-06T07:08:09Z"}},
    ],
)
def test_what_policies_see_of_a_federation(here: Here, condition: dict[str, object]) -> None:
    actions = ["sts:GetFederationToken", "sts:TagSession"]
    alice = here.user("alice", allow(actions, FED, Condition=condition))
    get_federation_token(call("GetFederationToken", TAGGED), alice, here.cloud)
