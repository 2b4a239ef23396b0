"""What a caller brings into the request."""

from rolecall.policy import (
    Anonymous,
    AwsService,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    SamlIdentity,
    WebIdentity,
)

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
