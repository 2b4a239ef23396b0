"""AssumeRole: what it reads, whom it asks, and what the credentials stand for."""

import json
from datetime import timedelta

import pyotp
import pytest

from rolecall.local.api import Identity, SessionGrant
from rolecall.policy import FederatedUserSession
from tests.local.sts.assuming import EVERYTHING, alice, assume, refused, role
from tests.local.sts.conftest import (
    HOME,
    NOW,
    OTHER,
    Here,
    Refusal,
    allow,
    paths,
    policy,
    told,
    trust,
)

__all__ = ["alice", "role"]


def denied(who: Identity, role: str, action: str, reason: str) -> Refusal:
    return Refusal(
        "AccessDenied",
        f"User: {who.caller.arn} is not authorized to perform: {action} on resource: {role}",
        403,
        reason,
    )


# -- who is refused at once ------------------------------------------------------------


def test_a_root_user_assumes_no_role(here: Here) -> None:
    role = here.role("open", trust("*"))
    assert refused(here, here.root(), role) == Refusal(
        "AccessDenied",
        "Roles may not be assumed by root accounts.",
        403,
        f"arn:aws:iam::{HOME}:root is a root user; sign with an IAM user or a role",
    )


def test_a_federated_user_assumes_no_role(here: Here) -> None:
    role = here.role("open", trust("*"))
    fed = Identity(FederatedUserSession(HOME, "fed"), "ASIA")
    assert refused(here, fed, role) == denied(
        fed, role, "sts:AssumeRole", "credentials of GetFederationToken cannot assume roles"
    )


def test_a_role_that_does_not_exist_is_denied(here: Here, alice: Identity) -> None:
    role = f"arn:aws:iam::{OTHER}:role/nobody"
    assert refused(here, alice, role) == denied(
        alice, role, "sts:AssumeRole", f"there is no role {role}"
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"SerialNumber": "a" * 9}, "must provide both MFA serial number"),
        ({"TokenCode": "012345"}, "must provide both MFA serial number"),
        ({"Tags.member.1.Key": "aws:x"}, "reserved for AWS"),
        ({"TransitiveTagKeys.member.1": "x"}, "must be included in the requested tags"),
    ],
)
def test_mfa_and_tags_are_looked_at_before_the_role(
    here: Here, alice: Identity, params: dict[str, str], message: str
) -> None:
    assert message in refused(here, alice, f"arn:aws:iam::{HOME}:role/no", **params).message


# -- what the credentials stand for ----------------------------------------------------


def test_a_session_with_nothing_but_a_name(here: Here, alice: Identity, role: str) -> None:
    reply = assume(here, alice, role)
    unique_id = here.iam.get_role("deploy").id
    assert here.bare_grant(reply) == SessionGrant(
        kind="assumed-role",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        role_arn=role,
        role_id=unique_id,
        session_name="a-session",
    )
    found = told(reply)
    assert found["AssumedRoleId"] == f"{unique_id}:a-session"
    assert found["Arn"] == f"arn:aws:sts::{HOME}:assumed-role/deploy/a-session"
    assert found["Expiration"] == "2030-05-06T08:08:09Z"
    assert found["SessionToken"]
    top = "AssumeRoleResponse/AssumeRoleResult"
    assert paths(reply) == [
        f"{top}/AssumedRoleUser/AssumedRoleId",
        f"{top}/AssumedRoleUser/Arn",
        f"{top}/Credentials/AccessKeyId",
        f"{top}/Credentials/SecretAccessKey",
        f"{top}/Credentials/SessionToken",
        f"{top}/Credentials/Expiration",
        "AssumeRoleResponse/ResponseMetadata/RequestId",
    ]


def test_a_session_with_everything(here: Here, alice: Identity, role: str) -> None:
    known = here.managed("known", allow("s3:*"))
    text = policy(allow("s3:GetObject"))
    more = {
        "DurationSeconds": "1800",
        "Policy": text,
        "PolicyArns.member.1.arn": known,
        "SourceIdentity": "alice",
        "Tags.member.1.Key": "Team",
        "Tags.member.1.Value": "red",
        "Tags.member.2.Key": "Unit",
        "Tags.member.2.Value": "b",
        "TransitiveTagKeys.member.1": "Unit",
    }
    reply = assume(here, alice, role, **more)
    assert here.bare_grant(reply) == SessionGrant(
        kind="assumed-role",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(minutes=30),
        role_arn=role,
        role_id=here.iam.get_role("deploy").id,
        session_name="a-session",
        session_policies=(text,),
        session_policy_arns=(known,),
        tags={"Team": "red", "Unit": "b"},
        transitive_tag_keys=("Unit",),
        source_identity="alice",
    )
    assert told(reply)["SourceIdentity"] == "alice"
    assert 10 < int(told(reply)["PackedPolicySize"]) < 25
    assert paths(reply)[-3:-1] == [
        "AssumeRoleResponse/AssumeRoleResult/PackedPolicySize",
        "AssumeRoleResponse/AssumeRoleResult/SourceIdentity",
    ]


# -- what the policies see -------------------------------------------------------------


TAGS = {
    "Tags.member.1.Key": "Team",
    "Tags.member.1.Value": "red",
    "TransitiveTagKeys.member.1": "Team",
}


@pytest.mark.parametrize(
    ("test", "good", "bad"),
    [
        ({"StringEquals": {"sts:ExternalId": "id-1"}}, {"ExternalId": "id-1"}, {}),
        (
            {"StringEquals": {"sts:RoleSessionName": "a-session"}},
            {},
            {"RoleSessionName": "other"},
        ),
        ({"StringEquals": {"sts:SourceIdentity": "alice"}}, {"SourceIdentity": "alice"}, {}),
        ({"StringEquals": {"aws:RequestTag/Team": "red"}}, TAGS, {}),
        ({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}}, TAGS, {}),
        ({"StringEquals": {"aws:UserAgent": "a-client"}}, {}, None),
        ({"StringEquals": {"iam:ResourceTag/Kind": "ci"}}, {}, None),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, {}, None),
    ],
)
def test_what_the_trust_policy_sees(
    here: Here,
    alice: Identity,
    test: dict[str, object],
    good: dict[str, str],
    bad: dict[str, str] | None,
) -> None:
    trusts = trust(alice.caller.arn, EVERYTHING, Condition=test)
    role = here.role("careful", trusts, tags={"Kind": "ci"})
    assert assume(here, alice, role, **good).status == 200
    if bad is not None:
        told_of = refused(here, alice, role, **bad)
        assert told_of.message == denied(alice, role, "sts:AssumeRole", "").message
        assert told_of.reason


@pytest.mark.parametrize(
    ("more", "action"),
    [(TAGS, "sts:TagSession"), ({"SourceIdentity": "alice"}, "sts:SetSourceIdentity")],
)
def test_the_permission_that_is_missing_is_named(
    here: Here, alice: Identity, more: dict[str, str], action: str
) -> None:
    role = here.role("plain", trust(alice.caller.arn))
    assert assume(here, alice, role).status == 200
    assert refused(here, alice, role, **more).message == denied(alice, role, action, "").message


def test_policies_of_the_caller_count_beside_the_trust_policy(here: Here) -> None:
    role = here.role("by-account", trust(f"arn:aws:iam::{HOME}:root"))
    assert refused(here, here.user("nobody"), role).code == "AccessDenied"
    able = here.user("able", allow("sts:AssumeRole", role))
    assert assume(here, able, role).status == 200
    boundary = here.managed("boundary", allow("s3:*"))
    user = here.iam.get_user("able")
    user.permissions_boundary = {"PermissionsBoundaryArn": boundary}
    assert refused(here, able, role).code == "AccessDenied"


def test_a_session_policy_of_the_caller_counts(here: Here, alice: Identity) -> None:
    first = here.role("first", trust(alice.caller.arn))
    here.role_policy("first", allow("sts:AssumeRole"))
    second = here.role("second", trust(f"arn:aws:iam::{HOME}:root"))
    free = here.holder(assume(here, alice, first))
    assert assume(here, free, second).status == 200
    bound = here.holder(assume(here, alice, first, Policy=policy(allow("s3:*"))))
    assert refused(here, bound, second).code == "AccessDenied"


def test_mfa_with_the_call_is_seen_by_the_trust_policy(here: Here, alice: Identity) -> None:
    test = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericEquals": {"aws:MultiFactorAuthAge": "0"},
    }
    role = here.role("careful", trust(alice.caller.arn, Condition=test))
    device = here.iam.create_virtual_mfa_device("alice", "/")
    serial = device.serial_number
    here.iam.enable_mfa_device("alice", serial, "000000", "000000")
    assert refused(here, alice, role).code == "AccessDenied"
    code = pyotp.TOTP(device.base32_string_seed).at(NOW.timestamp())
    reply = assume(here, alice, role, SerialNumber=serial, TokenCode=code)
    assert here.grant(reply).mfa_at is None, "credentials of AssumeRole carry no MFA"
    assert json.loads(json.dumps(here.cloud.records["mfa_steps"])).keys() == {serial}
