"""What a caller brings into the request."""

import pytest

from rolecall.policy import (
    Anonymous,
    AssumeRoleAttempt,
    AwsService,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    SamlIdentity,
    WebIdentity,
)
from rolecall.policy.callers import AwsCaller

ACCOUNT = "111122223333"


def test_a_user() -> None:
    user = IamUser(ACCOUNT, "alice", path="/a/", unique_id="AIDAX", tags={"team": "red"})
    assert user.arn == f"arn:aws:iam::{ACCOUNT}:user/a/alice"
    assert user.context() == {
        "aws:PrincipalArn": user.arn,
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalType": "User",
        "aws:PrincipalIsAWSService": "false",
        "aws:username": "alice",
        "aws:userid": "AIDAX",
        "aws:PrincipalTag/team": "red",
    }
    assert hash(user) == hash(IamUser(ACCOUNT, "alice", path="/a/", unique_id="AIDAX"))


def test_a_role_session_is_known_by_its_role() -> None:
    session = RoleSession(
        ACCOUNT, "worker", "run", role_path="/a/", role_id="AROAX", source_identity="alice"
    )
    assert session.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/run"
    context = session.context()
    assert context["aws:PrincipalArn"] == f"arn:aws:iam::{ACCOUNT}:role/a/worker"
    assert context["aws:PrincipalType"] == "AssumedRole"
    assert context["aws:userid"] == "AROAX:run"
    assert context["aws:SourceIdentity"] == "alice"
    assert "aws:username" not in context


def test_the_others() -> None:
    federated = FederatedUserSession(ACCOUNT, "carol")
    assert federated.context()["aws:userid"] == f"{ACCOUNT}:carol"
    assert RootUser(ACCOUNT).context()["aws:PrincipalType"] == "Account"
    service = AwsService("ec2.amazonaws.com", source_account=ACCOUNT, source_arn="arn:x")
    assert service.context() == {
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": "ec2.amazonaws.com",
        "aws:PrincipalServiceNamesList": ("ec2.amazonaws.com",),
        "aws:SourceAccount": ACCOUNT,
        "aws:SourceArn": "arn:x",
    }
    assert WebIdentity("accounts.google.com").context() == {}
    assert SamlIdentity("arn:x").arn == "arn:x"
    assert Anonymous().context()["aws:PrincipalType"] == "Anonymous"
    for caller in (service, WebIdentity("x"), SamlIdentity("x"), Anonymous()):
        assert caller.account == ""


def test_every_caller_of_an_account_says_who_it_is() -> None:
    tags = {"team": "red"}
    kinds: dict[AwsCaller, tuple[str, str]] = {
        IamUser(ACCOUNT, "alice", tags=tags, partition="aws-cn"): (
            "User", f"arn:aws-cn:iam::{ACCOUNT}:user/alice"),
        RoleSession(ACCOUNT, "worker", "run", tags=tags, partition="aws-cn"): (
            "AssumedRole", f"arn:aws-cn:iam::{ACCOUNT}:role/worker"),
        FederatedUserSession(ACCOUNT, "carol", tags=tags, partition="aws-cn"): (
            "FederatedUser", f"arn:aws-cn:sts::{ACCOUNT}:federated-user/carol"),
        RootUser(ACCOUNT, "aws-cn"): ("Account", f"arn:aws-cn:iam::{ACCOUNT}:root"),
    }  # fmt: skip
    for caller, (kind, arn) in kinds.items():
        context = caller.context()
        assert context["aws:PrincipalType"] == kind
        assert context["aws:PrincipalArn"] == arn
        assert context["aws:PrincipalAccount"] == ACCOUNT
        assert context["aws:PrincipalIsAWSService"] == "false"
        assert context.get("aws:PrincipalTag/team") == (None if kind == "Account" else "red")
    # What AWS does not tell is not there, rather than empty.
    assert "aws:userid" not in IamUser(ACCOUNT, "alice").context()
    assert "aws:userid" not in RoleSession(ACCOUNT, "worker", "run").context()
    assert "aws:SourceIdentity" not in RoleSession(ACCOUNT, "worker", "run").context()
    assert RootUser(ACCOUNT).context()["aws:userid"] == ACCOUNT
    assert (
        AwsService("ec2.amazonaws.com")
        .context()
        .keys()
        .isdisjoint({"aws:SourceAccount", "aws:SourceArn", "aws:PrincipalAccount"})
    )
    assert Anonymous().context() == {
        "aws:PrincipalType": "Anonymous",
        "aws:PrincipalAccount": "anonymous",
        "aws:userid": "anonymous",
        "aws:PrincipalIsAWSService": "false",
    }


def test_the_partition_is_the_ordinary_one_unless_told() -> None:
    session = RoleSession(ACCOUNT, "worker", "run")
    assert IamUser(ACCOUNT, "alice").arn == f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert session.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/run"
    assert session.role_arn == f"arn:aws:iam::{ACCOUNT}:role/worker"
    assert RootUser(ACCOUNT).arn == f"arn:aws:iam::{ACCOUNT}:root"
    assert FederatedUserSession(ACCOUNT, "c").arn == f"arn:aws:sts::{ACCOUNT}:federated-user/c"


def test_whoever_has_no_account_cannot_be_given_one() -> None:
    for kind, name in ((AwsService, "ec2.amazonaws.com"), (WebIdentity, "x"), (SamlIdentity, "x")):
        with pytest.raises(TypeError):
            kind(name, account=ACCOUNT)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Anonymous(account=ACCOUNT)  # type: ignore[call-arg]


def test_tags_are_not_what_a_caller_is_known_by() -> None:
    red, blue = {"team": "red"}, {"team": "blue"}
    for one, other in (
        (IamUser(ACCOUNT, "a", tags=red), IamUser(ACCOUNT, "a", tags=blue)),
        (RoleSession(ACCOUNT, "a", "b", tags=red), RoleSession(ACCOUNT, "a", "b", tags=blue)),
        (FederatedUserSession(ACCOUNT, "a", tags=red),
         FederatedUserSession(ACCOUNT, "a", tags=blue)),
    ):  # fmt: skip
        assert hash(one) == hash(other)
        assert one != other
        attempts = [
            AssumeRoleAttempt(one, "arn:x", tags=tags, context=tags) for tags in (red, blue)
        ]
        assert hash(attempts[0]) == hash(attempts[1])


def test_an_attempt_has_the_keys_of_what_is_sent_and_no_others() -> None:
    alice = IamUser(ACCOUNT, "alice")
    assert AssumeRoleAttempt(alice, "arn:x").keys() == {}
    assert AssumeRoleAttempt(
        alice, "arn:x", "e-1", "alice", {"a": "1", "b": "2"}, ("a",), "run", {"k": "v"}
    ).keys() == {
        "k": "v",
        "sts:ExternalId": "e-1",
        "sts:RoleSessionName": "run",
        "sts:SourceIdentity": "alice",
        "aws:TagKeys": ("a", "b"),
        "aws:RequestTag/a": "1",
        "aws:RequestTag/b": "2",
        "sts:TransitiveTagKeys": ("a",),
    }
