"""Rules of IAM that hold whoever calls."""

import json
from typing import Any

import pytest
from botocore.config import Config

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

TRUST = policy(trust({"Service": "ec2.amazonaws.com"}))


@pytest.fixture
def iam(people: People) -> Any:
    return people.server.client("iam", HOME, config=Config(parameter_validation=False))


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        (
            {"RoleName": "with space"},
            "ValidationError",
            "The specified value for roleName is invalid. It must contain only alphanumeric "
            "characters and/or the following: +=,.@_-",
        ),
        (
            {"RoleName": "r" * 65},
            "ValidationError",
            "1 validation error detected: Value at 'roleName' failed to satisfy constraint: "
            "Member must have length less than or equal to 64",
        ),
        (
            {"Path": "no-slash"},
            "ValidationError",
            "The specified value for path is invalid. It must begin and end with / and contain "
            "only alphanumeric characters and/or / characters.",
        ),
        (
            {"MaxSessionDuration": 3599},
            "ValidationError",
            "1 validation error detected: Value '3599' at 'maxSessionDuration' failed to satisfy "
            "constraint: Member must have value greater than or equal to 3600",
        ),
        (
            {"MaxSessionDuration": 43201},
            "ValidationError",
            "1 validation error detected: Value '43201' at 'maxSessionDuration' failed to "
            "satisfy constraint: Member must have value less than or equal to 43200",
        ),
        (
            {"PermissionsBoundary": f"arn:aws:iam::{HOME}:policy/never-made"},
            "NoSuchEntity",
            f"Scope ARN: arn:aws:iam::{HOME}:policy/never-made does not exist or is not "
            "attachable.",
        ),
    ],
)
def test_create_role_refuses(iam: Any, params: dict[str, Any], code: str, message: str) -> None:
    wanted = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST, **params}
    answer = refused(iam.create_role, **wanted)
    assert (answer.code, answer.message) == (code, message)


@pytest.mark.parametrize("name", ["Deployer", "deployer", "DEPLOYER"])
def test_names_are_unique_ignoring_case(iam: Any, name: str) -> None:
    iam.create_role(RoleName="Deployer", AssumeRolePolicyDocument=TRUST)
    answer = refused(iam.create_role, RoleName=name, AssumeRolePolicyDocument=TRUST)
    assert (answer.code, answer.status) == ("EntityAlreadyExists", 409)
    assert answer.message == f"Role with name {name} already exists."
    iam.create_user(UserName="Deployer")
    assert refused(iam.create_user, UserName=name).code == "EntityAlreadyExists"
    iam.create_group(GroupName="Deployer")
    assert refused(iam.create_group, GroupName=name).code == "EntityAlreadyExists"


def test_the_same_name_in_two_accounts(people: People) -> None:
    people.role("worker", trust({"Service": "ec2.amazonaws.com"}))
    people.role("worker", trust({"Service": "ec2.amazonaws.com"}), account=OTHER)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "This policy contains invalid Json"),
        ('{"Statement":[]}', None),
        (
            policy({**allow("s3:*"), "Principal": "*"}),
            "Policy document should not specify a principal.",
        ),
        (policy({"Effect": "Allow", "Action": "s3:*"}), "Policy statement must contain resources."),
        (policy({**allow("s3:*"), "Effect": "allow"}), None),
        ('{"Version":"2012-10-17","Statement":[],"Statement":[]}', None),
    ],
)
def test_permission_documents_are_checked(
    people: People, iam: Any, document: str, message: str | None
) -> None:
    people.user("bob")
    people.role("worker", trust({"Service": "ec2.amazonaws.com"}))
    iam.create_group(GroupName="staff")
    good = iam.create_policy(PolicyName="good", PolicyDocument=policy(allow("s3:*")))["Policy"]
    for call, params in (
        (iam.put_user_policy, {"UserName": "bob", "PolicyName": "p"}),
        (iam.put_role_policy, {"RoleName": "worker", "PolicyName": "p"}),
        (iam.put_group_policy, {"GroupName": "staff", "PolicyName": "p"}),
        (iam.create_policy, {"PolicyName": "bad"}),
        (iam.create_policy_version, {"PolicyArn": good["Arn"], "SetAsDefault": True}),
    ):
        answer = refused(call, **params, PolicyDocument=document)
        assert (answer.code, answer.status) == ("MalformedPolicyDocument", 400)
        if message is not None:
            assert answer.message == message


def test_sizes_of_permission_documents(people: People, iam: Any) -> None:
    people.user("bob")

    def sized(size: int) -> str:
        empty = policy(allow("s3:*", Sid=""))
        room = size - len(json.dumps(json.loads(empty), separators=(",", ":")))
        return policy(allow("s3:*", Sid="x" * room))

    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=sized(2048))
    answer = refused(iam.put_user_policy, UserName="bob", PolicyName="q", PolicyDocument=sized(100))
    assert answer.message == "Maximum policy size of 2048 bytes exceeded for user bob"
    iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=sized(100))
    answer = refused(iam.create_policy, PolicyName="p", PolicyDocument=sized(6145))
    assert (answer.code, answer.message) == (
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    )


def test_what_must_go_before_a_user(people: People, iam: Any) -> None:
    bob = people.user("bob", allow("s3:*"))
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="bob")
    people.device("bob")
    serial = iam.list_mfa_devices(UserName="bob")["MFADevices"][0]["SerialNumber"]
    for what, remedy in (
        (
            "access keys",
            lambda: iam.delete_access_key(UserName="bob", AccessKeyId=bob["aws_access_key_id"]),
        ),
        ("MFA device", lambda: iam.deactivate_mfa_device(UserName="bob", SerialNumber=serial)),
        ("from group", lambda: iam.remove_user_from_group(GroupName="staff", UserName="bob")),
        ("policies", lambda: iam.delete_user_policy(UserName="bob", PolicyName="own")),
    ):
        answer = refused(iam.delete_user, UserName="bob")
        assert (answer.code, answer.status) == ("DeleteConflict", 409)
        assert what in answer.message
        remedy()
    iam.delete_user(UserName="bob")


def test_a_policy_in_use_cannot_be_deleted(people: People, iam: Any) -> None:
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    people.role("worker", trust({"Service": "ec2.amazonaws.com"}), PermissionsBoundary=arn)
    assert refused(iam.delete_policy, PolicyArn=arn).code == "DeleteConflict"
    iam.delete_role_permissions_boundary(RoleName="worker")
    iam.attach_role_policy(RoleName="worker", PolicyArn=arn)
    assert refused(iam.delete_policy, PolicyArn=arn).code == "DeleteConflict"
    iam.detach_role_policy(RoleName="worker", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)


def test_the_default_version_of_a_managed_policy_counts(people: People, iam: Any) -> None:
    bob = people.user("bob")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="bob", PolicyArn=arn)
    own = people.server.client("iam", bob)
    assert refused(own.list_users).code == "AccessDenied"
    iam.create_policy_version(
        PolicyArn=arn, PolicyDocument=policy(allow("iam:*")), SetAsDefault=True
    )
    assert own.list_users()["Users"]
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert refused(own.list_users).code == "AccessDenied"


def test_a_user_without_a_name_in_the_call_is_the_caller(people: People) -> None:
    own_keys = allow("iam:*AccessKey*", "arn:aws:iam::*:user/${aws:username}")
    bob = people.user("bob", own_keys, allow("iam:GetUser"))
    carol = people.user("carol")
    iam = people.server.client("iam", bob)
    assert iam.get_user()["User"]["UserName"] == "bob"
    listed = iam.list_access_keys()["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in listed] == [bob["aws_access_key_id"]]
    # A key of somebody else is not found under the caller's own name.
    answer = refused(iam.delete_access_key, AccessKeyId=carol["aws_access_key_id"])
    assert answer.code == "NoSuchEntity"
    answer = refused(
        iam.update_access_key, AccessKeyId=carol["aws_access_key_id"], Status="Inactive"
    )
    assert answer.code == "NoSuchEntity"
    answer = refused(
        iam.delete_access_key, UserName="carol", AccessKeyId=carol["aws_access_key_id"]
    )
    assert answer.code == "AccessDenied"


def test_a_session_has_no_user_of_its_own(people: People) -> None:
    bob = people.user("bob")
    role = people.role("worker", trust(f"arn:aws:iam::{HOME}:user/bob"), allow("iam:*"))
    iam = people.server.client("iam", people.session(bob, role))
    answer = refused(iam.create_access_key)
    assert answer.message == "Must specify userName when calling with non-User credentials"


def test_keys_of_other_accounts_are_not_told_about(people: People) -> None:
    bob = people.user("bob", account=OTHER)
    key = bob["aws_access_key_id"]
    assert refused(people.admin().get_access_key_last_used, AccessKeyId=key).code == "AccessDenied"
    told = people.admin(account=OTHER).get_access_key_last_used(AccessKeyId=key)
    assert told["UserName"] == "bob"


def test_rename_keeps_keys_tags_and_groups(people: People, iam: Any) -> None:
    people.user("bob", Tags=[{"Key": "a", "Value": "1"}])
    iam.update_user(UserName="bob", NewUserName="robert", NewPath="/staff/")
    assert iam.list_user_tags(UserName="robert")["Tags"] == [{"Key": "a", "Value": "1"}]
    assert iam.list_access_keys(UserName="robert")["AccessKeyMetadata"]
    assert refused(iam.get_user, UserName="bob").code == "NoSuchEntity"


def test_unknown_operations_are_final(people: People) -> None:
    iam = people.admin()
    for call, params in (
        (iam.list_organizations_features, {}),
        (iam.get_delegation_request, {"DelegationRequestId": "x" * 20}),
    ):
        answer = refused(call, **params)
        assert answer.status < 500


@pytest.mark.parametrize(
    ("operation", "params", "constraint"),
    [
        ("get_role", {}, "'roleName' failed to satisfy constraint: Member must not be null"),
        ("list_roles", {"MaxItems": 0}, "'maxItems' failed"),
        ("list_roles", {"MaxItems": "many"}, "'maxItems' failed"),
        (
            "update_access_key",
            {"UserName": "bob", "AccessKeyId": "A" * 16, "Status": "On"},
            "'status' failed",
        ),
        ("create_access_key", {"UserName": "b" * 129}, "less than or equal to 128"),
        ("attach_role_policy", {"RoleName": "r", "PolicyArn": "short"}, "'policyArn' failed"),
    ],
)
def test_constraints_of_the_service_model(
    iam: Any, operation: str, params: dict[str, Any], constraint: str
) -> None:
    answer = refused(getattr(iam, operation), **params)
    assert (answer.code, answer.status) == ("ValidationError", 400)
    assert constraint in answer.message


def test_update_role_leaves_alone_what_it_does_not_mention(people: People, iam: Any) -> None:
    people.role(
        "r", trust({"Service": "ec2.amazonaws.com"}), MaxSessionDuration=7200, Description="first"
    )
    iam.update_role(RoleName="r", Description="second")
    role = iam.get_role(RoleName="r")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("second", 7200)
    iam.update_role(RoleName="r", MaxSessionDuration=10800)
    role = iam.get_role(RoleName="r")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("second", 10800)
    iam.update_role_description(RoleName="r", Description="third")
    role = iam.get_role(RoleName="r")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("third", 10800)


READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        (
            "create_policy_version",
            {"PolicyDocument": policy(allow("*")), "SetAsDefault": True},
        ),
        ("delete_policy", {}),
        ("delete_policy_version", {"VersionId": "v1"}),
        ("set_default_policy_version", {"VersionId": "v1"}),
        ("tag_policy", {"Tags": [{"Key": "a", "Value": "1"}]}),
        ("untag_policy", {"TagKeys": ["a"]}),
    ],
)
def test_nobody_changes_a_policy_of_aws(iam: Any, operation: str, params: dict[str, Any]) -> None:
    before = iam.get_policy(PolicyArn=READ_ONLY)["Policy"]
    answer = refused(getattr(iam, operation), PolicyArn=READ_ONLY, **params)
    assert (answer.code, answer.status) == ("AccessDenied", 403)
    assert iam.get_policy(PolicyArn=READ_ONLY)["Policy"] == before


def test_group_names_are_unique_ignoring_case_after_a_rename(people: People, iam: Any) -> None:
    people.user("member", allow("s3:*"))
    for name in ("ops", "dev"):
        iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName="ops", PolicyName="p", PolicyDocument=policy(deny("s3:*")))
    iam.attach_group_policy(GroupName="ops", PolicyArn=READ_ONLY)
    iam.add_user_to_group(GroupName="ops", UserName="member")
    assert refused(iam.update_group, GroupName="ops", NewGroupName="Dev").code == (
        "EntityAlreadyExists"
    )
    iam.update_group(GroupName="ops", NewPath="/teams/")
    assert iam.get_group(GroupName="ops")["Group"]["Arn"] == (
        f"arn:aws:iam::{HOME}:group/teams/ops"
    )
    iam.update_group(GroupName="ops", NewGroupName="OPS")
    group = iam.get_group(GroupName="OPS")
    assert [user["UserName"] for user in group["Users"]] == ["member"]
    assert iam.list_group_policies(GroupName="OPS")["PolicyNames"] == ["p"]
    attached = iam.list_attached_group_policies(GroupName="OPS")["AttachedPolicies"]
    assert [each["PolicyArn"] for each in attached] == [READ_ONLY]
    assert refused(iam.get_group, GroupName="ops").code == "NoSuchEntity"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"Version":' + "[" * 5000, '{"a":' * 5000])
def test_a_document_nested_too_deeply(people: People, iam: Any, text: str) -> None:
    people.user("bob")
    for operation, params in (
        ("put_user_policy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": text}),
        ("create_policy", {"PolicyName": "p", "PolicyDocument": text}),
        ("create_role", {"RoleName": "r", "AssumeRolePolicyDocument": text}),
    ):
        answer = refused(getattr(iam, operation), **params)
        assert (answer.code, answer.status) == ("MalformedPolicyDocument", 400)
    arn = people.role("target", trust(HOME))
    sts = people.server.client("sts", people.user("caller", allow("sts:*")))
    answer = refused(sts.assume_role, RoleArn=arn, RoleSessionName="deep", Policy=text[:2000])
    assert (answer.code, answer.status) == ("MalformedPolicyDocument", 400)


def test_roles_of_aws_are_changed_by_aws_alone(people: People, iam: Any) -> None:
    made = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")["Role"]
    name = {"RoleName": made["RoleName"]}
    for operation, params in (
        ("update_assume_role_policy", {"PolicyDocument": policy(trust(HOME))}),
        ("put_role_policy", {"PolicyName": "p", "PolicyDocument": policy(allow("*"))}),
        ("attach_role_policy", {"PolicyArn": READ_ONLY}),
        ("put_role_permissions_boundary", {"PermissionsBoundary": READ_ONLY}),
        ("delete_role", {}),
    ):
        assert refused(getattr(iam, operation), **name, **params).code == "UnmodifiableEntity"
    assert iam.get_role(**name)["Role"]["RoleId"] == made["RoleId"]
    for path in ("/aws-service-role/x.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/"):
        answer = refused(iam.create_role, RoleName="r", Path=path, AssumeRolePolicyDocument=TRUST)
        assert answer.code == "ValidationError"
    iam.delete_service_linked_role(**name)
    assert refused(iam.get_role, **name).code == "NoSuchEntity"
