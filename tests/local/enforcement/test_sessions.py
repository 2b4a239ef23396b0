"""What temporary credentials are worth, and when they are worth nothing any more."""

from typing import Any

import pytest

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

ALICE = f"arn:aws:iam::{HOME}:user/alice"


@pytest.fixture
def alice(people: People) -> dict[str, str]:
    return people.user("alice", allow("sts:*"))


def s3_of(people: People, credentials: Any) -> Any:
    return people.server.client("s3", credentials)


def test_a_session_acts_in_the_account_of_its_role(people: People, alice: Any) -> None:
    role = people.role("worker", trust(ALICE), allow("iam:ListUsers"), account=OTHER)
    people.admin(account=OTHER).create_user(UserName="resident")
    iam = people.server.client("iam", people.session(alice, role))
    names = {user["UserName"] for user in iam.list_users()["Users"]}
    assert "resident" in names
    assert "alice" not in names


def test_a_session_has_the_permissions_of_its_role_and_no_others(
    people: People, alice: Any
) -> None:
    role = people.role("worker", trust(ALICE), allow("s3:ListAllMyBuckets"))
    session = people.session(alice, role)
    assert s3_of(people, session).list_buckets()["Buckets"] == []
    assert refused(s3_of(people, session).create_bucket, Bucket="not-for-me").status == 403


def test_a_change_of_the_role_counts_at_once(people: People, alice: Any) -> None:
    role = people.role("worker", trust(ALICE))
    session = people.session(alice, role)
    assert refused(s3_of(people, session).list_buckets).code == "AccessDenied"
    people.admin().attach_role_policy(
        RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    assert s3_of(people, session).list_buckets()["Buckets"] == []
    people.admin().detach_role_policy(
        RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    assert refused(s3_of(people, session).list_buckets).code == "AccessDenied"


def test_a_session_policy_limits(people: People, alice: Any) -> None:
    role = people.role("worker", trust(ALICE), allow("s3:*"))
    inline = people.session(alice, role, Policy=policy(allow("sqs:*")))
    assert refused(s3_of(people, inline).list_buckets).code == "AccessDenied"
    managed = people.session(
        alice, role, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]
    )
    s3 = s3_of(people, managed)
    assert s3.list_buckets()["Buckets"] == []
    assert refused(s3.create_bucket, Bucket="not-for-me").code == "AccessDenied"


def test_a_session_policy_adds_nothing(people: People, alice: Any) -> None:
    role = people.role("worker", trust(ALICE))
    session = people.session(alice, role, Policy=policy(allow("*")))
    assert refused(s3_of(people, session).list_buckets).code == "AccessDenied"


def test_a_boundary_limits_a_role(people: People, alice: Any) -> None:
    boundary = people.admin().create_policy(
        PolicyName="edge", PolicyDocument=policy(allow("sqs:*"))
    )["Policy"]["Arn"]
    role = people.role("worker", trust(ALICE), allow("*"), PermissionsBoundary=boundary)
    session = people.session(alice, role)
    answer = refused(people.server.client("iam", session).list_users)
    assert "because no permissions boundary allows the iam:ListUsers action" in answer.message
    people.admin().delete_role_permissions_boundary(RoleName="worker")
    assert people.server.client("iam", session).list_users()["Users"]


def test_a_boundary_limits_a_user(people: People) -> None:
    iam = people.admin()
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=policy(allow("sqs:*")))
    arn = boundary["Policy"]["Arn"]
    bob = people.user("bob", allow("*"), PermissionsBoundary=arn)
    shown = iam.get_user(UserName="bob")["User"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == arn
    own = people.server.client("iam", bob)
    assert refused(own.list_users).code == "AccessDenied"
    iam.delete_user_permissions_boundary(UserName="bob")
    assert own.list_users()["Users"]
    iam.put_user_permissions_boundary(UserName="bob", PermissionsBoundary=arn)
    assert refused(own.list_users).code == "AccessDenied"


def test_an_explicit_deny_is_told(people: People, alice: Any) -> None:
    role = people.role("worker", trust(ALICE), allow("*"), deny("iam:CreateUser"))
    iam = people.server.client("iam", people.session(alice, role))
    answer = refused(iam.create_user, UserName="eve")
    assert answer.message.endswith("with an explicit deny in an identity-based policy")


def test_session_tags_are_principal_tags_of_later_calls(people: People, alice: Any) -> None:
    by_tag = allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}})
    role = people.role(
        "worker",
        trust(ALICE, ["sts:AssumeRole", "sts:TagSession"]),
        by_tag,
        Tags=[{"Key": "Team", "Value": "red"}],
    )
    assert refused(s3_of(people, people.session(alice, role)).list_buckets).status == 403
    tagged = people.session(alice, role, Tags=[{"Key": "team", "Value": "blue"}])
    assert s3_of(people, tagged).list_buckets()["Buckets"] == []


def test_transitive_tags_go_along_the_chain(people: People, alice: Any) -> None:
    both = ["sts:AssumeRole", "sts:TagSession"]
    first = people.role("first", trust(ALICE, both), allow("sts:*"))
    by_tag = allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}})
    second = people.role("second", trust(first, both), by_tag, allow("sts:*"))
    third = people.role("third", trust(second, both), by_tag)
    start = people.session(
        alice,
        first,
        Tags=[{"Key": "team", "Value": "blue"}, {"Key": "shift", "Value": "night"}],
        TransitiveTagKeys=["team"],
    )
    middle = people.session(start, second)
    assert s3_of(people, middle).list_buckets()["Buckets"] == []
    assert s3_of(people, people.session(middle, third)).list_buckets()["Buckets"] == []


def test_an_expired_session(people: People, alice: Any) -> None:
    role = people.role("worker", trust(ALICE), allow("s3:*"))
    session = people.session(alice, role, DurationSeconds=900)
    assert s3_of(people, session).list_buckets()["Buckets"] == []
    people.server.cloud.advance(901)
    assert refused(s3_of(people, session).list_buckets).code == "ExpiredToken"
    assert refused(people.server.client("sts", session).get_caller_identity).status == 403


@pytest.mark.parametrize("again", [False, True], ids=["deleted", "deleted and made again"])
def test_the_session_of_a_deleted_role_is_dead(people: People, alice: Any, again: bool) -> None:
    role = people.role("worker", trust(ALICE))
    session = people.session(alice, role)
    people.admin().delete_role(RoleName="worker")
    if again:
        people.role("worker", trust(ALICE), allow("*"))
    for service, call in (("sts", "get_caller_identity"), ("iam", "list_users")):
        answer = refused(getattr(people.server.client(service, session), call))
        assert answer.code == "InvalidClientTokenId"


@pytest.mark.parametrize("again", [False, True], ids=["deleted", "deleted and made again"])
def test_the_session_token_of_a_deleted_user_is_dead(people: People, again: bool) -> None:
    bob = people.user("bob", allow("s3:*"))
    token = people.server.client("sts", bob).get_session_token()["Credentials"]
    iam = people.admin()
    iam.delete_access_key(UserName="bob", AccessKeyId=bob["aws_access_key_id"])
    assert s3_of(people, token).list_buckets()["Buckets"] == []  # the key alone changes nothing
    iam.delete_user_policy(UserName="bob", PolicyName="own")
    iam.delete_user(UserName="bob")
    if again:
        people.user("bob", allow("*"))
    answer = refused(people.server.client("sts", token).get_caller_identity)
    assert answer.code == "InvalidClientTokenId"


def test_the_session_token_of_a_renamed_user_is_his(people: People) -> None:
    bob = people.user("bob", allow("s3:*"))
    token = people.server.client("sts", bob).get_session_token()["Credentials"]
    people.admin().update_user(UserName="bob", NewUserName="robert")
    sts = people.server.client("sts", token)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{HOME}:user/robert"
    assert s3_of(people, token).list_buckets()["Buckets"] == []


def test_keys_that_are_inactive_deleted_or_renamed(people: People) -> None:
    bob = people.user("bob")
    iam, sts = people.admin(), people.server.client("sts", bob)
    key = {"UserName": "bob", "AccessKeyId": bob["aws_access_key_id"]}
    iam.update_access_key(**key, Status="Inactive")
    assert refused(sts.get_caller_identity).code == "InvalidClientTokenId"
    iam.update_access_key(**key, Status="Active")
    iam.update_user(UserName="bob", NewUserName="robert", NewPath="/people/")
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{HOME}:user/people/robert"
    iam.delete_access_key(UserName="robert", AccessKeyId=bob["aws_access_key_id"])
    assert refused(sts.get_caller_identity).code == "InvalidClientTokenId"


def test_group_policies_count(people: People) -> None:
    bob = people.user("bob")
    iam = people.admin()
    iam.create_group(GroupName="staff")
    iam.put_group_policy(
        GroupName="staff", PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers"))
    )
    own = people.server.client("iam", bob)
    assert refused(own.list_users).code == "AccessDenied"
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    assert own.list_users()["Users"]
    iam.remove_user_from_group(GroupName="staff", UserName="bob")
    assert refused(own.list_users).code == "AccessDenied"


def test_a_stored_document_that_cannot_be_read_denies(people: People, alice: Any) -> None:
    from moto.iam.models import iam_backends

    role = people.role("worker", trust(ALICE), allow("s3:*"))
    session = people.session(alice, role)
    backend = iam_backends[HOME]["aws"]
    stored = next(each for each in backend.roles.values() if each.name == "worker")
    stored.policies["broken"] = "{"
    assert refused(s3_of(people, session).list_buckets).code == "AccessDenied"
    stored.assume_role_policy_document = "{"
    sts = people.server.client("sts", alice)
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="s1").code == "AccessDenied"
