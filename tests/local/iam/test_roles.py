"""Roles: what CreateRole, UpdateRole and their neighbours refuse, change and leave alone."""

import json
from typing import Any

import pytest

from tests.local.iam.conftest import ALLOW_ALL, HOME, OTHER, Iam, policy, tag_params, trust

GONE = ("NoSuchEntity", "The role with name gone cannot be found.", 404)
RESERVED = ("/aws-service-role/", "/aws-reserved/")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [("3599", "ValidationError"), ("3600", ""), ("43200", ""), ("43201", "ValidationError")],
)
def test_how_long_sessions_of_a_role_may_be(here: Iam, seconds: str, code: str) -> None:
    here.role()
    made = {"RoleName": "new", "AssumeRolePolicyDocument": trust()}
    assert here.code("CreateRole", made, MaxSessionDuration=seconds) == code
    assert here.code("UpdateRole", RoleName="deploy", MaxSessionDuration=seconds) == code


def test_no_number(here: Iam) -> None:
    here.role()
    made = {"RoleName": "new", "AssumeRolePolicyDocument": trust()}
    assert here.code("CreateRole", made, MaxSessionDuration="long") == "MalformedInput"
    assert here.code("UpdateRole", RoleName="deploy", MaxSessionDuration="x") == "MalformedInput"


def test_a_role_without_a_trust_policy(here: Iam) -> None:
    assert "Value null at 'assumeRolePolicyDocument'" in here.refused("CreateRole", RoleName="x")[1]


def test_a_role_that_trusts_nobody_who_exists(here: Iam) -> None:
    made = {"RoleName": "x", "AssumeRolePolicyDocument": trust(f"arn:aws:iam::{HOME}:user/gone")}
    assert here.code("CreateRole", made) == "MalformedPolicyDocument"


def test_what_is_wrong_with_the_document_comes_before_the_name(here: Iam) -> None:
    here.role()
    made = {"RoleName": "deploy", "AssumeRolePolicyDocument": "{}"}
    assert here.code("CreateRole", made) == "MalformedPolicyDocument"
    made["AssumeRolePolicyDocument"] = trust()
    assert here.code("CreateRole", made) == "EntityAlreadyExists"


def test_boundaries_are_managed_policies_that_exist(here: Iam) -> None:
    here.role()
    here.user()
    boundary = here.managed()
    gone = f"arn:aws:iam::{HOME}:policy/gone"
    for action, params in (
        ("CreateRole", {"RoleName": "new", "AssumeRolePolicyDocument": trust()}),
        ("CreateUser", {"UserName": "new"}),
        ("PutRolePermissionsBoundary", {"RoleName": "deploy"}),
        ("PutUserPermissionsBoundary", {"UserName": "ada"}),
    ):
        assert here.refused(action, params, PermissionsBoundary=gone) == (
            "NoSuchEntity",
            f"Scope ARN: {gone} does not exist or is not attachable.",
            404,
        )
        assert here.code(action, params, PermissionsBoundary=boundary) == ""
    for action, name in (
        ("PutRolePermissionsBoundary", {"RoleName": "deploy"}),
        ("PutUserPermissionsBoundary", {"UserName": "ada"}),
    ):
        assert "Value null at 'permissionsBoundary'" in here.refused(action, name)[1]


def test_a_boundary_of_another_account(here: Iam) -> None:
    boundary = here.managed().replace(HOME, OTHER)
    made = {"RoleName": "new", "AssumeRolePolicyDocument": trust()}
    assert here.code("CreateRole", made, PermissionsBoundary=boundary) == "NoSuchEntity"


def test_update_role_changes_what_it_says_and_nothing_else(here: Iam) -> None:
    here.role(Description="first", MaxSessionDuration="7200")
    reply = here.before("UpdateRole", RoleName="deploy", Description="")
    assert reply is not None
    assert reply.body.startswith(b"<UpdateRoleResponse ")
    role = here.ask("GetRole", RoleName="deploy")["Role"]
    assert (role.get("Description", ""), role["MaxSessionDuration"]) == ("", "7200")
    here.ask("UpdateRole", RoleName="deploy", MaxSessionDuration="3600", Description="second")
    here.ask("UpdateRole", RoleName="deploy")
    role = here.ask("GetRole", RoleName="deploy")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("second", "3600")


def test_a_role_that_is_not_there(here: Iam) -> None:
    assert here.refused("UpdateRole", RoleName="gone") == GONE
    update = {"RoleName": "gone", "PolicyDocument": trust()}
    assert here.refused("UpdateAssumeRolePolicy", update) == GONE
    assert "Value null at 'roleName'" in here.refused("UpdateRole")[1]
    told = here.refused("UpdateAssumeRolePolicy", PolicyDocument=trust())[1]
    assert "Value null at 'roleName'" in told
    told = here.refused("UpdateAssumeRolePolicy", RoleName="gone")[1]
    assert "Value null at 'policyDocument'" in told


def test_what_the_service_model_refuses_of_answers_given_here(here: Iam) -> None:
    here.role()
    assert here.code("UpdateRole", RoleName="deploy", Description="x" * 1001) == "ValidationError"
    assert here.code("UpdateRole", RoleName="deploy", Description="x" * 1000) == ""
    # A character beyond those of the model's pattern, where the grammar takes any.
    text = trust(Condition={"StringEquals": {"aws:PrincipalTag/a": "?"}}).replace("?", "\u0100")
    update = {"RoleName": "deploy", "PolicyDocument": text}
    assert here.code("UpdateAssumeRolePolicy", update) == "ValidationError"
    record = here.cloud.directory.role_named(HOME, "deploy")
    assert record is not None
    assert record.trust_text == trust()


def test_a_trust_policy_is_replaced_by_the_very_text(here: Iam) -> None:
    here.role()
    text = trust({"Service": "ec2.amazonaws.com"}) + "\n"
    assert here.ask("UpdateAssumeRolePolicy", RoleName="deploy", PolicyDocument=text) == {}
    record = here.cloud.directory.role_named(HOME, "deploy")
    assert record is not None
    assert record.trust_text == text
    update = {"RoleName": "deploy", "PolicyDocument": policy(ALLOW_ALL)}
    assert here.code("UpdateAssumeRolePolicy", update) == "MalformedPolicyDocument"


@pytest.mark.parametrize("path", RESERVED)
@pytest.mark.parametrize(
    "action",
    [
        "AttachRolePolicy",
        "DeleteRole",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
    ],
)
def test_roles_of_aws_are_changed_by_aws_alone(here: Iam, path: str, action: str) -> None:
    made: Any = here.home.create_role("AWSRole", trust(), f"{path}x/", None, "", [], 3600)
    code, message, status = here.refused(action, RoleName="awsrole")
    assert (code, status, f"protected role '{made.name}'" in message) == (
        "UnmodifiableEntity",
        400,
        True,
    )


def test_roles_of_aws_are_shown_and_tagged(here: Iam) -> None:
    here.home.create_role("AWSRole", trust(), f"{RESERVED[0]}x/", None, "", [], 3600)
    assert here.ask("GetRole", RoleName="AWSRole")["Role"]["RoleName"] == "AWSRole"
    assert here.code("TagRole", tag_params({"a": "b"}), RoleName="AWSRole") == ""


@pytest.mark.parametrize("path", RESERVED)
def test_a_path_that_aws_keeps(here: Iam, path: str) -> None:
    made = {"RoleName": "x", "AssumeRolePolicyDocument": trust()}
    assert here.refused("CreateRole", made, Path=f"{path}x/") == (
        "ValidationError",
        "The specified value for path is reserved for roles of AWS.",
        400,
    )
    assert here.code("CreateRole", made, Path=f"/my{path}") == ""
    assert here.code("CreateUser", UserName="x", Path=path) == ""


def test_an_ordinary_role_beside_one_of_aws(here: Iam) -> None:
    here.home.create_role("AWSRole", trust(), f"{RESERVED[1]}x/", None, "", [], 3600)
    here.role(Path="/team/")
    put = {"RoleName": "deploy", "PolicyName": "p", "PolicyDocument": policy()}
    assert here.code("PutRolePolicy", put) == ""
    assert here.code("DeleteRole", RoleName="deploy") == ""


def test_a_new_role_shows_what_was_asked_for(here: Iam) -> None:
    asked = {"AssumeRolePolicyDocument": trust(), "Path": "/team/", "Description": "ships"}
    here.role(**asked, **tag_params({"team": "web"}))
    record = here.cloud.directory.role_named(HOME, "deploy")
    assert record is not None
    assert (record.arn, record.tags, json.loads(record.trust_text)) == (
        f"arn:aws:iam::{HOME}:role/team/deploy",
        {"team": "web"},
        json.loads(trust()),
    )
