"""Which permission, on which resource, IAM calls need."""

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

SERVICE = trust({"Service": "ec2.amazonaws.com"})
ARN = f"arn:aws:iam::{HOME}:"
POLICY = policy(allow("s3:*"))

#: operation, parameters, action, resource that must be allowed
CALLS: list[tuple[str, dict[str, Any], str, str]] = [
    ("create_user", {"UserName": "new", "Path": "/p/"}, "CreateUser", "user/p/new"),
    ("get_user", {"UserName": "target"}, "GetUser", "user/t/target"),
    ("delete_user", {"UserName": "target"}, "DeleteUser", "user/t/target"),
    ("list_users", {}, "ListUsers", "user/"),
    ("list_users", {"PathPrefix": "/p/"}, "ListUsers", "user/p/"),
    ("create_access_key", {"UserName": "target"}, "CreateAccessKey", "user/t/target"),
    ("list_access_keys", {"UserName": "target"}, "ListAccessKeys", "user/t/target"),
    ("list_user_tags", {"UserName": "target"}, "ListUserTags", "user/t/target"),
    (
        "put_user_policy",
        {"UserName": "target", "PolicyName": "p", "PolicyDocument": POLICY},
        "PutUserPolicy",
        "user/t/target",
    ),
    (
        "attach_user_policy",
        {"UserName": "target", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        "AttachUserPolicy",
        "user/t/target",
    ),
    (
        "create_role",
        {"RoleName": "new", "AssumeRolePolicyDocument": policy(SERVICE)},
        "CreateRole",
        "role/new",
    ),
    ("get_role", {"RoleName": "worker"}, "GetRole", "role/r/worker"),
    ("get_role", {"RoleName": "never-made"}, "GetRole", "role/never-made"),
    ("delete_role", {"RoleName": "worker"}, "DeleteRole", "role/r/worker"),
    ("list_roles", {}, "ListRoles", "role/"),
    (
        "update_assume_role_policy",
        {"RoleName": "worker", "PolicyDocument": policy(SERVICE)},
        "UpdateAssumeRolePolicy",
        "role/r/worker",
    ),
    (
        "update_role",
        {"RoleName": "worker", "MaxSessionDuration": 7200},
        "UpdateRole",
        "role/r/worker",
    ),
    (
        "put_role_policy",
        {"RoleName": "worker", "PolicyName": "p", "PolicyDocument": POLICY},
        "PutRolePolicy",
        "role/r/worker",
    ),
    (
        "attach_role_policy",
        {"RoleName": "worker", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        "AttachRolePolicy",
        "role/r/worker",
    ),
    (
        "tag_role",
        {"RoleName": "worker", "Tags": [{"Key": "a", "Value": "1"}]},
        "TagRole",
        "role/r/worker",
    ),
    ("untag_role", {"RoleName": "worker", "TagKeys": ["a"]}, "UntagRole", "role/r/worker"),
    (
        "create_policy",
        {"PolicyName": "new", "PolicyDocument": POLICY},
        "CreatePolicy",
        "policy/new",
    ),
    ("get_policy", {"PolicyArn": f"{ARN}policy/own"}, "GetPolicy", "policy/own"),
    ("delete_policy", {"PolicyArn": f"{ARN}policy/own"}, "DeletePolicy", "policy/own"),
    ("list_policies", {"Scope": "Local"}, "ListPolicies", "policy/"),
    ("create_group", {"GroupName": "new"}, "CreateGroup", "group/new"),
    (
        "add_user_to_group",
        {"GroupName": "staff", "UserName": "target"},
        "AddUserToGroup",
        "group/staff",
    ),
    (
        "create_instance_profile",
        {"InstanceProfileName": "ip"},
        "CreateInstanceProfile",
        "instance-profile/ip",
    ),
    ("create_virtual_mfa_device", {"VirtualMFADeviceName": "m"}, "CreateVirtualMFADevice", "mfa/m"),
    (
        "create_open_id_connect_provider",
        {"Url": "https://token.actions.githubusercontent.com"},
        "CreateOpenIDConnectProvider",
        "oidc-provider/token.actions.githubusercontent.com",
    ),
]


@pytest.fixture
def staffed(people: People) -> People:
    people.user("target", Path="/t/")
    iam = people.admin()
    key = iam.list_access_keys(UserName="target")["AccessKeyMetadata"][0]
    iam.delete_access_key(UserName="target", AccessKeyId=key["AccessKeyId"])
    people.role("worker", SERVICE, Path="/r/")
    iam.create_policy(PolicyName="own", PolicyDocument=POLICY)
    iam.create_group(GroupName="staff")
    return people


@pytest.mark.parametrize(("operation", "params", "action", "resource"), CALLS)
def test_exactly_this_permission_is_needed(
    staffed: People, operation: str, params: dict[str, Any], action: str, resource: str
) -> None:
    iam = staffed.admin()
    caller = staffed.user("caller", allow(f"iam:{action}", f"{ARN}{resource}x"))
    own = staffed.server.client("iam", caller)
    answer = refused(getattr(own, operation), **params)
    assert (answer.code, answer.status) == ("AccessDenied", 403)
    assert f"is not authorized to perform: iam:{action} on resource: " in answer.message
    assert answer.message.endswith(
        f"because no identity-based policy allows the iam:{action} action"
    )
    iam.put_user_policy(
        UserName="caller",
        PolicyName="own",
        PolicyDocument=policy(allow(f"iam:{action}", f"{ARN}{resource}")),
    )
    if params.get("RoleName") == "never-made":
        assert refused(getattr(own, operation), **params).code == "NoSuchEntity"
    else:
        getattr(own, operation)(**params)


def test_message_for_a_new_user(people: People) -> None:
    caller = people.user("caller")
    answer = refused(people.server.client("iam", caller).create_user, UserName="bob")
    assert answer.message == (
        f"User: {ARN}user/caller is not authorized to perform: iam:CreateUser on resource: "
        f"{ARN}user/bob because no identity-based policy allows the iam:CreateUser action"
    )


def test_a_deny_on_one_resource(staffed: People) -> None:
    caller = staffed.user("caller", allow("iam:*"), deny("iam:*", f"{ARN}role/r/*"))
    own = staffed.server.client("iam", caller)
    assert own.get_user(UserName="target")
    answer = refused(own.get_role, RoleName="worker")
    assert answer.message.endswith("with an explicit deny in an identity-based policy")
    # Role names ignore case, and so must the rule.
    assert refused(own.get_role, RoleName="WORKER").code == "AccessDenied"


def test_a_boundary_can_be_demanded(people: People) -> None:
    edge = people.admin().create_policy(PolicyName="edge", PolicyDocument=POLICY)
    arn = edge["Policy"]["Arn"]
    caller = people.user(
        "caller",
        allow(
            ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"],
            Condition={"StringEquals": {"iam:PermissionsBoundary": arn}},
        ),
        deny("iam:DeleteRolePermissionsBoundary"),
    )
    own = people.server.client("iam", caller)
    call = {"RoleName": "new", "AssumeRolePolicyDocument": policy(SERVICE)}
    assert refused(own.create_role, **call).code == "AccessDenied"
    own.create_role(**call, PermissionsBoundary=arn)
    own.put_role_policy(RoleName="new", PolicyName="p", PolicyDocument=POLICY)
    people.role("free", SERVICE)
    answer = refused(own.put_role_policy, RoleName="free", PolicyName="p", PolicyDocument=POLICY)
    assert answer.code == "AccessDenied"
    assert refused(own.delete_role_permissions_boundary, RoleName="new").code == "AccessDenied"


def test_which_policy_may_be_attached(staffed: People) -> None:
    read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    caller = staffed.user(
        "caller",
        allow("iam:AttachRolePolicy", Condition={"ArnEquals": {"iam:PolicyARN": read_only}}),
    )
    own = staffed.server.client("iam", caller)
    own.attach_role_policy(RoleName="worker", PolicyArn=read_only)
    answer = refused(
        own.attach_role_policy,
        RoleName="worker",
        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
    )
    assert answer.code == "AccessDenied"


def test_tags_of_request_and_resource(people: People) -> None:
    caller = people.user(
        "caller",
        allow(
            ["iam:CreateRole", "iam:TagRole"],
            Condition={"StringEquals": {"aws:RequestTag/team": "blue"}},
        ),
        allow("iam:DeleteRole", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}),
    )
    own = people.server.client("iam", caller)
    call = {"AssumeRolePolicyDocument": policy(SERVICE)}
    assert refused(own.create_role, RoleName="a", **call).code == "AccessDenied"
    own.create_role(RoleName="b", **call, Tags=[{"Key": "team", "Value": "blue"}])
    own.delete_role(RoleName="b")
    people.role("c", SERVICE, Tags=[{"Key": "team", "Value": "red"}])
    assert refused(own.delete_role, RoleName="c").code == "AccessDenied"


def test_tags_at_creation_need_their_own_permission(people: People) -> None:
    caller = people.user("caller", allow("iam:CreateRole"))
    own = people.server.client("iam", caller)
    call = {"RoleName": "a", "AssumeRolePolicyDocument": policy(SERVICE)}
    answer = refused(own.create_role, **call, Tags=[{"Key": "team", "Value": "blue"}])
    assert "iam:TagRole" in answer.message
    own.create_role(**call)


def test_passing_a_role_to_an_instance_profile(staffed: People) -> None:
    iam = staffed.admin()
    iam.create_instance_profile(InstanceProfileName="ip")
    caller = staffed.user("caller", allow("iam:AddRoleToInstanceProfile"))
    own = staffed.server.client("iam", caller)
    call = {"InstanceProfileName": "ip", "RoleName": "worker"}
    assert "iam:PassRole" in refused(own.add_role_to_instance_profile, **call).message
    iam.put_user_policy(
        UserName="caller",
        PolicyName="pass",
        PolicyDocument=policy(
            allow(
                "iam:PassRole",
                f"{ARN}role/r/worker",
                Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
            )
        ),
    )
    own.add_role_to_instance_profile(**call)


def test_renaming_needs_the_permission_on_both_names(staffed: People) -> None:
    caller = staffed.user("caller", allow("iam:UpdateUser", f"{ARN}user/t/*"))
    own = staffed.server.client("iam", caller)
    answer = refused(own.update_user, UserName="target", NewPath="/elsewhere/")
    assert answer.code == "AccessDenied"
    own.update_user(UserName="target", NewUserName="renamed")


def test_accounts_never_mix(people: People) -> None:
    people.role("worker", SERVICE, account=OTHER)
    caller = people.user("caller", allow("*"))
    own = people.server.client("iam", caller)
    assert refused(own.get_role, RoleName="worker").code == "NoSuchEntity"
    foreign = people.admin(account=OTHER).create_policy(PolicyName="p", PolicyDocument=POLICY)
    arn = foreign["Policy"]["Arn"]
    assert refused(own.get_policy, PolicyArn=arn).status in (403, 404)
    people.role("mine", SERVICE)
    assert refused(own.attach_role_policy, RoleName="mine", PolicyArn=arn).status in (403, 404)


def test_own_user_variable(people: People) -> None:
    own_only = allow("iam:*", "arn:aws:iam::*:user/${aws:username}")
    bob = people.user("bob", own_only)
    people.user("carol")
    iam = people.server.client("iam", bob)
    assert iam.get_user(UserName="bob")
    assert refused(iam.get_user, UserName="carol").code == "AccessDenied"


@pytest.mark.parametrize(
    ("operation", "params", "action", "resource", "along"),
    [
        (
            "create_saml_provider",
            {"Name": "mine", "SAMLMetadataDocument": "x" * 1000},
            "CreateSAMLProvider",
            "saml-provider/mine",
            {"SAMLProviderArn": f"{ARN}saml-provider/allowed"},
        ),
        (
            "create_virtual_mfa_device",
            {"VirtualMFADeviceName": "mine"},
            "CreateVirtualMFADevice",
            "mfa/mine",
            {"SerialNumber": f"{ARN}mfa/allowed"},
        ),
    ],
)
def test_what_is_sent_along_says_nothing_of_what_is_made(
    staffed: People,
    operation: str,
    params: dict[str, Any],
    action: str,
    resource: str,
    along: dict[str, str],
) -> None:
    caller = staffed.user("caller", allow(f"iam:{action}", *along.values()))
    own = staffed.server.client("iam", caller)
    own.meta.events.register(
        f"before-call.iam.{action}", lambda params, **_: params["body"].update(along)
    )
    answer = refused(getattr(own, operation), **params)
    assert answer.code == "AccessDenied"
    assert f"{ARN}{resource}" in answer.message
