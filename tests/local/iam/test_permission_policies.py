"""Permission policies: grammar, sizes, whose they are, and when one can be deleted."""

import json
from typing import Any

import pytest

from tests.local.iam.conftest import ALLOW_ALL, HOME, Iam, policy

AWS_POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
INLINE = [
    ("PutRolePolicy", "RoleName", "deploy", "role", 10240),
    ("PutUserPolicy", "UserName", "ada", "user", 2048),
    ("PutGroupPolicy", "GroupName", "team", "group", 5120),
]


def of_size(size: int) -> str:
    """A policy of so many characters without white space, and some white space."""
    bare = json.dumps(json.loads(policy()), separators=(",", ":"))
    padding = size - len(bare) - len('"Sid":"",')
    assert padding > 0
    return policy({"Sid": "x" * padding, **ALLOW_ALL}) + " \n" * 20


def people(here: Iam) -> Iam:
    here.role()
    here.user()
    here.group()
    return here


@pytest.mark.parametrize(("action", "kind", "name", "noun", "limit"), INLINE)
def test_inline_policies_of_one_holder_are_measured_together(
    here: Iam, action: str, kind: str, name: str, noun: str, limit: int
) -> None:
    put = {kind: name, "PolicyName": "own"}
    people(here)
    assert here.code(action, put, PolicyDocument=of_size(limit)) == ""
    assert here.refused(action, put, PolicyDocument=of_size(limit + 1)) == (
        "LimitExceeded",
        f"Maximum policy size of {limit} bytes exceeded for {noun} {name}",
        409,
    )
    here.ask(action, {kind: name, "PolicyName": "first", "PolicyDocument": of_size(limit - 600)})
    here.ask(action, {kind: name, "PolicyName": "other", "PolicyDocument": of_size(200)})
    assert here.code(action, put, PolicyDocument=of_size(400)) == ""
    assert here.code(action, put, PolicyDocument=of_size(401)) == "LimitExceeded"
    # One that is replaced does not count.
    again = {kind: name, "PolicyName": "first"}
    assert here.code(action, again, PolicyDocument=of_size(limit - 200)) == ""
    assert here.code(action, again, PolicyDocument=of_size(limit - 199)) == "LimitExceeded"


@pytest.mark.parametrize(("action", "kind", "name", "noun", "limit"), INLINE)
def test_what_is_wrong_with_an_inline_policy(
    here: Iam, action: str, kind: str, name: str, noun: str, limit: int
) -> None:
    people(here)
    put = {kind: name, "PolicyName": "own", "PolicyDocument": policy()}
    assert here.code(action, put) == ""
    assert here.code(action, put, PolicyName="x" * 128) == ""
    assert "equal to 128" in here.refused(action, put, PolicyName="x" * 129)[1]
    assert "must contain only" in here.refused(action, put, PolicyName="a/b")[1]
    assert here.code(action, put, PolicyDocument="{}") == "MalformedPolicyDocument"
    assert "'policyDocument'" in here.refused(action, {kind: name, "PolicyName": "own"})[1]
    nameless = {"PolicyName": "own", "PolicyDocument": policy()}
    assert f"'{kind[:1].lower()}{kind[1:]}'" in here.refused(action, nameless)[1]
    # That there is no such holder is moto's to say.
    assert here.before(action, {**put, kind: f"{name}x"}) is None


def test_who_is_asked_for_by_a_name_that_others_have_too(here: Iam) -> None:
    here.user("same")
    here.role("same")
    here.group("same")
    text = of_size(2000)
    for action, kind, *_ in INLINE:
        here.ask(action, {kind: "same", "PolicyName": "one", "PolicyDocument": text})
        assert here.home.users["same"].policies.keys() == (
            set() if action == "PutRolePolicy" else {"one"}
        )
    assert here.home.groups["same"].policies == {"one": text}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            policy({**ALLOW_ALL, "Principal": "*"}),
            "Policy document should not specify a principal.",
        ),
        (
            policy({**ALLOW_ALL, "NotPrincipal": {"AWS": HOME}}),
            "Policy document should not specify a principal.",
        ),
        (policy({"Effect": "Allow", "Action": "s3:*"}), "Policy statement must contain resources."),
        ("{", "This policy contains invalid Json"),
        ("[" * 100_000, "This policy contains invalid Json"),
        ("[]", "Syntax errors in policy."),
        ('"x"', "Syntax errors in policy."),
        (policy({"Effect": "Allow", "Resource": "*"}), "Missing required field Action"),
        (policy({"Action": "s3:*", "Resource": "*"}), "Missing required field Effect"),
        (
            json.dumps({"Version": "2012-10-17", "Statement": {"Action": "*", "Resource": "*"}}),
            "Missing required field Effect",
        ),
        (policy(ALLOW_ALL, {"Effect": "Deny"}), "Missing required field Action"),
        ('{"Version": "2012-10-17"}', "Syntax errors in policy."),
        ('{"Version": "2012-10-17", "Statement": ["x"]}', "Syntax errors in policy."),
        (policy({**ALLOW_ALL, "Effect": "Perhaps"}), "Syntax errors in policy."),
    ],
)
def test_documents_that_are_none(here: Iam, document: str, message: str) -> None:
    given = {"PolicyName": "p", "PolicyDocument": document}
    assert here.refused("CreatePolicy", given) == ("MalformedPolicyDocument", message, 400)


def test_documents_that_are_some(here: Iam) -> None:
    for statement in (
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::x"},
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
    ):
        assert here.code("CreatePolicy", PolicyName="p", PolicyDocument=policy(statement)) == ""


def test_the_size_of_a_managed_policy(here: Iam) -> None:
    arn = here.managed()
    for action, name in (
        ("CreatePolicy", {"PolicyName": "p"}),
        ("CreatePolicyVersion", {"PolicyArn": arn}),
    ):
        assert here.code(action, name, PolicyDocument=of_size(6144)) == ""
        assert here.refused(action, name, PolicyDocument=of_size(6145)) == (
            "LimitExceeded",
            "Cannot exceed quota for PolicySize: 6144",
            409,
        )
        assert "Value null at 'policyDocument'" in here.refused(action, name)[1]
        assert here.code(action, name, PolicyDocument="{}") == "MalformedPolicyDocument"


@pytest.mark.parametrize(
    "action",
    [
        "CreatePolicyVersion",
        "DeletePolicy",
        "DeletePolicyVersion",
        "SetDefaultPolicyVersion",
        "TagPolicy",
        "UntagPolicy",
    ],
)
def test_policies_of_aws_are_changed_by_aws_alone(here: Iam, action: str) -> None:
    code, message, status = here.refused(action, PolicyArn=AWS_POLICY, PolicyDocument=policy())
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        f"User: arn:aws:iam::{HOME}:root is not authorized to perform: iam:{action} on "
        f"resource: policy {AWS_POLICY}"
    )
    assert "Value null at 'policyArn'" in here.refused(action)[1]
    own = {"PolicyArn": here.managed(), "PolicyDocument": policy(), "VersionId": "v1"}
    own |= {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b", "TagKeys.member.1": "a"}
    assert here.code(action, own) == ""
    # What is no ARN is refused, but not as AWS's.
    assert here.code(action, {**own, "PolicyArn": "aws" * 10}) in ("", "ValidationError")


def test_a_policy_in_use_is_not_deleted(here: Iam) -> None:
    people(here)
    arn = here.managed()
    for attach, detach, name in (
        (here.home.attach_role_policy, here.home.detach_role_policy, "deploy"),
        (here.home.attach_user_policy, here.home.detach_user_policy, "ada"),
        (here.home.attach_group_policy, here.home.detach_group_policy, "team"),
    ):
        attach(arn, name)
        words = "Cannot delete a policy attached to entities."
        assert here.refused("DeletePolicy", PolicyArn=arn) == ("DeleteConflict", words, 409)
        detach(arn, name)
        assert here.code("DeletePolicy", PolicyArn=arn) == ""


def test_somebodys_boundary_is_not_deleted(here: Iam) -> None:
    people(here)
    arn, other = here.managed(), here.managed("other")
    for kind, name in (("User", {"UserName": "ada"}), ("Role", {"RoleName": "deploy"})):
        here.ask(f"Put{kind}PermissionsBoundary", name, PermissionsBoundary=arn)
        assert here.refused("DeletePolicy", PolicyArn=arn) == (
            "DeleteConflict",
            "Cannot delete a policy that is in use as a permissions boundary.",
            409,
        )
        assert here.code("DeletePolicy", PolicyArn=other) == ""
        here.ask(f"Delete{kind}PermissionsBoundary", name)
        assert here.code("DeletePolicy", PolicyArn=arn) == ""


def test_a_policy_with_other_versions_is_not_deleted(here: Iam) -> None:
    arn = here.managed()
    here.ask("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=policy())
    code, message, status = here.refused("DeletePolicy", PolicyArn=arn)
    assert (code, status, "more than one version" in message) == ("DeleteConflict", 409, True)
    here.ask("DeletePolicyVersion", PolicyArn=arn, VersionId="v2")
    assert here.code("DeletePolicy", PolicyArn=arn) == ""
    made: Any = here.home.managed_policies
    here.ask("DeletePolicy", PolicyArn=arn)
    assert arn not in made
    assert here.before("DeletePolicy", PolicyArn=arn) is None
