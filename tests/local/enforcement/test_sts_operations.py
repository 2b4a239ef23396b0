"""The STS operations beside AssumeRole."""

from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from rolecall.local.api import AwsError, Identity, SignedWith
from rolecall.local.sts import handle
from rolecall.policy import RootUser
from tests.local.enforcement.conftest import (
    HOME,
    OTHER,
    People,
    allow,
    deny,
    policy,
    refused,
    trust,
)

ALICE = f"arn:aws:iam::{HOME}:user/people/alice"


@pytest.fixture
def alice(people: People) -> dict[str, str]:
    return people.user("alice", allow("sts:*"), allow("s3:*"), Path="/people/")


def test_get_caller_identity_of_everybody(people: People, alice: Any) -> None:
    server = people.server
    who = server.client("sts", alice).get_caller_identity()
    assert (who["Arn"], who["Account"]) == (ALICE, HOME)
    assert who["UserId"].startswith("AIDA")
    role = people.role("worker", trust(ALICE), Path="/deep/")
    session = people.session(alice, role, RoleSessionName="shift-1")
    who_session = server.client("sts", session).get_caller_identity()
    assert who_session["Arn"] == f"arn:aws:sts::{HOME}:assumed-role/worker/shift-1"
    assert who_session["UserId"].startswith("AROA")
    assert who_session["UserId"].endswith(":shift-1")
    token = server.client("sts", alice).get_session_token()["Credentials"]
    assert server.client("sts", token).get_caller_identity()["UserId"] == who["UserId"]
    fed = server.client("sts", alice).get_federation_token(Name="guest")["Credentials"]
    who_fed = server.client("sts", fed).get_caller_identity()
    assert who_fed["Arn"] == f"arn:aws:sts::{HOME}:federated-user/guest"
    assert who_fed["UserId"] == f"{HOME}:guest"


def test_get_caller_identity_needs_no_permission(people: People) -> None:
    bob = people.user("bob", {**allow("sts:*"), "Effect": "Deny"})
    assert people.server.client("sts", bob).get_caller_identity()["Account"] == HOME


def test_get_session_token_is_for_long_lived_keys(people: People, alice: Any) -> None:
    role = people.role("worker", trust(ALICE), allow("sts:*"))
    sts = people.server.client("sts", people.session(alice, role))
    answer = refused(sts.get_session_token)
    assert answer.message == "Cannot call GetSessionToken with session credentials"


def test_get_session_token_needs_no_permission(people: People) -> None:
    bob = people.user("bob", {**allow("sts:*"), "Effect": "Deny"})
    made = people.server.client("sts", bob).get_session_token(DurationSeconds=900)
    assert made["Credentials"]["SessionToken"]


@pytest.mark.parametrize("seconds", [899, 129601])
def test_get_session_token_durations(people: People, alice: Any, seconds: int) -> None:
    sts = people.server.client("sts", alice, config=Config(parameter_validation=False))
    assert refused(sts.get_session_token, DurationSeconds=seconds).code == "ValidationError"


@pytest.mark.parametrize(
    "operation", ["get_session_token", "get_federation_token", "get_access_key_info"]
)
def test_what_a_session_token_may_not_call(people: People, alice: Any, operation: str) -> None:
    token = people.server.client("sts", alice).get_session_token()["Credentials"]
    sts = people.server.client("sts", token)
    params = {
        "get_federation_token": {"Name": "guest"},
        "get_access_key_info": {"AccessKeyId": "A" * 20},
    }
    assert refused(getattr(sts, operation), **params.get(operation, {})).code == "AccessDenied"


def test_federated_user_has_the_part_that_both_allow(people: People, alice: Any) -> None:
    server = people.server
    sts = server.client("sts", alice)
    nothing = sts.get_federation_token(Name="guest")["Credentials"]
    assert refused(server.client("s3", nothing).list_buckets).code == "AccessDenied"
    part = sts.get_federation_token(Name="guest", Policy=policy(allow("s3:ListAllMyBuckets")))
    s3 = server.client("s3", part["Credentials"])
    assert s3.list_buckets()["Buckets"] == []
    assert refused(s3.create_bucket, Bucket="of-a-guest").code in ("AccessDenied",)
    more = sts.get_federation_token(Name="guest", Policy=policy(allow("sqs:*")))
    sqs = server.client("sqs", more["Credentials"])
    assert "AccessDenied" in refused(sqs.list_queues).code  # the user has no sqs himself


def test_federated_user_may_not_call_iam_or_sts(people: People) -> None:
    strong = people.user("strong", allow("*"))
    made = people.server.client("sts", strong).get_federation_token(
        Name="guest", Policy=policy(allow("*"))
    )["Credentials"]
    assert refused(people.server.client("iam", made).list_users).code == "InvalidClientTokenId"
    sts = people.server.client("sts", made)
    assert refused(sts.get_session_token).code == "AccessDenied"
    assert refused(sts.get_federation_token, Name="again").code == "AccessDenied"


def test_get_federation_token_needs_permission(people: People) -> None:
    bob = people.user("bob")
    answer = refused(people.server.client("sts", bob).get_federation_token, Name="guest")
    assert answer.code == "AccessDenied"
    assert "sts:GetFederationToken" in answer.message
    assert "federated-user/guest because no identity-based policy allows" in answer.message


def test_get_access_key_info(people: People, alice: Any) -> None:
    sts = people.server.client("sts", alice)
    other = people.user("bob", account=OTHER)
    assert sts.get_access_key_info(AccessKeyId=other["aws_access_key_id"])["Account"] == OTHER
    bob = people.server.client("sts", other)
    answer = refused(bob.get_access_key_info, AccessKeyId=other["aws_access_key_id"])
    assert answer.code == "AccessDenied"


def test_tokens_and_assertions_of_nobody_admit_nobody(people: People) -> None:
    sts = boto3.client(
        "sts",
        endpoint_url=people.server.url,
        region_name="eu-central-1",
        config=Config(signature_version=UNSIGNED),
    )
    role = people.role("worker", trust({"Service": "ec2.amazonaws.com"}))
    answer = refused(
        sts.assume_role_with_web_identity,
        RoleArn=role,
        RoleSessionName="s1",
        WebIdentityToken="eyJhbGciOiJub25lIn0.e30.",
    )
    assert (answer.code, answer.message) == (
        "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
        "Token)",
    )
    answer = refused(
        sts.assume_role_with_saml,
        RoleArn=role,
        PrincipalArn=f"arn:aws:iam::{HOME}:saml-provider/x",
        SAMLAssertion="PHg+PC94Pg==",
    )
    assert answer.message == "Specified provider doesn't exist"


def test_unsigned_and_unknown_calls(people: People, alice: Any) -> None:
    unsigned = boto3.client(
        "sts",
        endpoint_url=people.server.url,
        region_name="eu-central-1",
        config=Config(signature_version=UNSIGNED),
    )
    assert refused(unsigned.get_caller_identity).code == "MissingAuthenticationToken"
    sts = people.server.client("sts", alice)
    assert refused(sts.decode_authorization_message, EncodedMessage="x").code == "AccessDenied"


def test_a_root_user_may_not_assume_a_role(people: People) -> None:
    role = people.role("worker", trust(f"arn:aws:iam::{HOME}:root"))
    from rolecall.local.api import ApiCall

    call = ApiCall(
        method="POST",
        path="/",
        query_string="",
        headers={},
        body=b"",
        service="sts",
        region="us-east-1",
        action="AssumeRole",
        params={"Version": "2011-06-15", "RoleArn": role, "RoleSessionName": "s1"},
        signed=SignedWith("AKIA", "", "", "sts", (), "", None),
        source_ip="127.0.0.1",
        environ={},
    )
    with pytest.raises(AwsError) as caught:
        handle(call, Identity(RootUser(HOME), "AKIA"), people.server.cloud)
    assert (caught.value.code, caught.value.status) == ("AccessDenied", 403)
    assert caught.value.message == "Roles may not be assumed by root accounts."


@pytest.mark.parametrize("session_tags", [{}, {"Level": "high"}, {"LEVEL": "low"}])
def test_a_federated_user_has_the_tags_of_user_and_session(
    people: People, session_tags: dict[str, str]
) -> None:
    """A Deny about principal tags is not shaken off by GetFederationToken."""
    low = {"StringEquals": {"aws:PrincipalTag/level": "low"}}
    user = people.user(
        "tagged",
        allow("*"),
        deny("s3:ListAllMyBuckets", Condition=low),
        Tags=[{"Key": "level", "Value": "low"}],
    )
    tags = [{"Key": key, "Value": value} for key, value in session_tags.items()]
    session = people.server.client("sts", user).get_federation_token(
        Name="federated", Policy=policy(allow("*")), Tags=tags
    )["Credentials"]
    s3 = people.server.client("s3", session)
    if "high" in session_tags.values():
        assert s3.list_buckets()
    else:
        assert refused(s3.list_buckets).status == 403
