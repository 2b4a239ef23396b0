"""What CreateRole and UpdateAssumeRolePolicy refuse, and whom a saved trust policy means."""

import json
from typing import Any

import pytest
from botocore.config import Config

from tests.local.enforcement.conftest import HOME, OTHER, People, allow, policy, refused, trust

ALICE = f"arn:aws:iam::{HOME}:user/alice"
SERVICE = {"Service": "ec2.amazonaws.com"}


def principal_error(name: str) -> str:
    return f'Invalid principal in policy: "AWS":"{name}"'


REFUSED_DOCUMENTS = [
    ("no JSON", "{", "This policy contains invalid Json"),
    ("empty", " ", "This policy contains invalid Json"),
    ("a list", "[]", None),
    ("no statement", '{"Version":"2012-10-17"}', None),
    ("unknown version", policy(trust(SERVICE)).replace("2012-10-17", "2013-10-17"), None),
    ("unknown element", policy({**trust(SERVICE), "Principals": "*"}), None),
    ("no principal", policy({"Effect": "Allow", "Action": "sts:AssumeRole"}), None),
    ("a resource", policy({**trust(SERVICE), "Resource": "*"}), None),
    (
        "another action",
        policy(trust(SERVICE, "s3:GetObject")),
        "AssumeRole policy may only specify STS AssumeRole actions.",
    ),
    ("user that does not exist", policy(trust(ALICE)), principal_error(ALICE)),
    (
        "role that does not exist",
        policy(trust(f"arn:aws:iam::{OTHER}:role/x")),
        principal_error(f"arn:aws:iam::{OTHER}:role/x"),
    ),
    (
        "session of a role that does not exist",
        policy(trust(f"arn:aws:sts::{HOME}:assumed-role/x/y")),
        principal_error(f"arn:aws:sts::{HOME}:assumed-role/x/y"),
    ),
    (
        "unique id of nobody",
        policy(trust("AIDAIOSFODNN7EXAMPLE1")),
        principal_error("AIDAIOSFODNN7EXAMPLE1"),
    ),
    (
        "wildcard in an ARN",
        policy(trust(f"arn:aws:iam::{HOME}:user/*")),
        principal_error(f"arn:aws:iam::{HOME}:user/*"),
    ),
]


@pytest.mark.parametrize(("name", "document", "message"), REFUSED_DOCUMENTS)
@pytest.mark.parametrize("operation", ["create", "update"])
def test_refused_documents(
    people: People, operation: str, name: str, document: str, message: str | None
) -> None:
    iam = people.server.client("iam", HOME, config=Config(parameter_validation=False))
    if operation == "create":
        answer = refused(iam.create_role, RoleName="r", AssumeRolePolicyDocument=document)
        assert refused(iam.get_role, RoleName="r").code == "NoSuchEntity"
    else:
        people.role("r", trust(SERVICE))
        answer = refused(iam.update_assume_role_policy, RoleName="r", PolicyDocument=document)
        kept = iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]
        assert kept == json.loads(policy(trust(SERVICE)))
    assert (answer.code, answer.status) == ("MalformedPolicyDocument", 400)
    if message is not None:
        assert answer.message == message


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        HOME,
        "999999999999",
        "arn:aws:iam::999999999999:root",
        {"AWS": "*"},
        {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
        f"arn:aws:sts::{HOME}:federated-user/guest",
    ],
    ids=str,
)
def test_accepted_principals(people: People, principal: Any) -> None:
    assert people.role("r", trust(principal))


def test_size_quota(people: People) -> None:
    iam = people.admin()

    def document(size: int, pad: str = "") -> str:
        names = trust(SERVICE, Sid="")
        names["Sid"] = "x" * (
            size - len(json.dumps(json.loads(policy(names)), separators=(",", ":")))
        )
        return policy(names) + pad

    iam.create_role(RoleName="fits", AssumeRolePolicyDocument=document(2048, " " * 500))
    answer = refused(iam.create_role, RoleName="large", AssumeRolePolicyDocument=document(2049))
    assert (answer.code, answer.status) == ("LimitExceeded", 409)
    assert answer.message == "Cannot exceed quota for ACLSizePerRole: 2048"
    people.server.cloud.records["quotas"] = {"trust_policy_length": 4096}
    iam.create_role(RoleName="large", AssumeRolePolicyDocument=document(4096))
    answer = refused(iam.create_role, RoleName="larger", AssumeRolePolicyDocument=document(4097))
    assert answer.message == "Cannot exceed quota for ACLSizePerRole: 4096"


def shown(people: People, role: str, account: str = OTHER) -> Any:
    document = people.admin(account=account).get_role(RoleName=role)["Role"]
    return document["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]


def remove_user(people: People, name: str, key: str) -> None:
    iam = people.admin()
    iam.delete_access_key(UserName=name, AccessKeyId=key)
    iam.delete_user_policy(UserName=name, PolicyName="own")
    iam.delete_user(UserName=name)


def test_a_user_made_again_is_not_trusted(people: People) -> None:
    alice = people.user("alice", allow("sts:*"))
    unique_id = people.admin().get_user(UserName="alice")["User"]["UserId"]
    role = people.role("worker", trust(ALICE), account=OTHER)
    assert shown(people, "worker") == ALICE
    assert people.session(alice, role)
    remove_user(people, "alice", alice["aws_access_key_id"])
    assert shown(people, "worker") == unique_id
    again = people.user("alice", allow("sts:*"))
    sts = people.server.client("sts", again)
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="s1").code == "AccessDenied"
    assert shown(people, "worker") == unique_id
    people.admin(account=OTHER).update_assume_role_policy(
        RoleName="worker", PolicyDocument=policy(trust(ALICE))
    )
    assert people.session(again, role)
    assert shown(people, "worker") == ALICE


def test_a_role_made_again_is_not_trusted(people: People) -> None:
    alice = people.user("alice", allow("sts:*"))
    first = people.role("first", trust(ALICE), allow("sts:*"))
    second = people.role("second", trust([first, ALICE]), account=OTHER)
    assert people.session(people.session(alice, first), second)
    people.admin().delete_role_policy(RoleName="first", PolicyName="own")
    people.admin().delete_role(RoleName="first")
    people.role("first", trust(ALICE), allow("sts:*"))
    sts = people.server.client("sts", people.session(alice, first))
    assert refused(sts.assume_role, RoleArn=second, RoleSessionName="s1").code == "AccessDenied"
    assert people.session(alice, second)  # the other principal is as good as before
    assert any(name.startswith("AROA") for name in shown(people, "second"))


def test_trust_follows_a_renamed_user(people: People) -> None:
    alice = people.user("alice", allow("sts:*"))
    role = people.role("worker", trust(ALICE), account=OTHER)
    people.admin().update_user(UserName="alice", NewUserName="alicia")
    assert shown(people, "worker") == f"arn:aws:iam::{HOME}:user/alicia"
    assert people.session(alice, role)


def test_a_principal_that_vanishes_behind_our_back_is_not_trusted_again(people: People) -> None:
    from moto.iam.models import iam_backends

    people.user("alice", allow("sts:*"))
    role = people.role("worker", trust(ALICE), account=OTHER)
    del iam_backends[HOME]["aws"].users["alice"]
    again = people.user("alice", allow("sts:*"))
    sts = people.server.client("sts", again)
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="s1").code == "AccessDenied"
