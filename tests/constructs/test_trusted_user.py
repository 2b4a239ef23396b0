"""A TrustedUser may assume exactly the roles named, and nothing else."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rolecall.environment import Environment
from rolecall.policy import Authorizer, CompiledPolicy, IamUser, PolicyDocument, Request
from rolecall.problems import Problem
from rolecall_cdktf import EnvironmentStack, TrustedUser

Synth = Callable[[EnvironmentStack], dict[str, Any]]
TES = Environment(name="tes", account_id="111111111111", region="eu-central-1")
ROLE = "arn:aws:iam::111111111111:role/tes-deployer"


def allows(user: TrustedUser, action: str, resource: str, **context: str) -> bool:
    caller = IamUser("999999999999", "alice")
    # As if the role were of the same account: the user's own policy decides alone.
    request = Request.build(action, resource, caller, context, resource_account=caller.account)
    return Authorizer(identity=[CompiledPolicy(user.permissions)]).decide(request).allowed


def test_he_may_assume_the_roles_named_and_nothing_else(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    user = TrustedUser(stack, "alice", may_assume=[(TES, ["deployer"])])
    assert allows(user, "sts:AssumeRole", ROLE)
    assert not allows(user, "sts:AssumeRole", ROLE + "2")
    assert not allows(user, "sts:TagSession", ROLE)
    assert not allows(user, "sts:SetSourceIdentity", ROLE)
    assert not allows(user, "s3:ListAllMyBuckets", "*")
    found = synthesized(stack)["resource"]
    [made] = found["aws_iam_user"].values()
    assert made["name"] == "alice"
    [policy] = found["aws_iam_user_policy"].values()
    assert PolicyDocument.parse(policy["policy"]) == PolicyDocument.parse(
        user.permissions.to_json()
    )


def test_no_access_key_is_made_and_hand_made_policies_show(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    TrustedUser(stack, "alice", may_assume=[ROLE])
    found = synthesized(stack)
    [policy] = found["resource"]["aws_iam_user_policy"]
    assert "aws_iam_access_key" not in found["resource"]
    assert found["locals"]["exclusive_users"] == {
        "alice": {
            "name": "${aws_iam_user.alice.name}",
            "policies": [f"${{aws_iam_user_policy.{policy}.name}}"],
            "attachments": [],
        }
    }


def test_an_access_key_has_a_loud_name_and_sensitive_output(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    TrustedUser(stack, "alice", may_assume=[ROLE], UNSAFE_access_key_in_state=True)
    found = synthesized(stack)
    assert len(found["resource"]["aws_iam_access_key"]) == 1
    assert found["output"]["alice_secret_access_key"]["sensitive"] is True


def test_mfa_source_identity_and_tags_on_demand(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    user = TrustedUser(
        stack,
        "alice",
        may_assume=[ROLE],
        require_mfa=True,
        source_identity=True,
        session_tags=["team"],
    )
    signed_in = {"aws:MultiFactorAuthPresent": "true", "sts:SourceIdentity": "alice"}
    assert allows(user, "sts:AssumeRole", ROLE, **signed_in)
    assert allows(user, "sts:SetSourceIdentity", ROLE, **signed_in)
    assert allows(user, "sts:TagSession", ROLE, **signed_in)
    assert not allows(user, "sts:AssumeRole", ROLE)
    assert not allows(
        user, "sts:SetSourceIdentity", ROLE, **(signed_in | {"sts:SourceIdentity": "bob"})
    )
    [policy] = synthesized(stack)["resource"]["aws_iam_user_policy"].values()
    second = json.loads(policy["policy"])["Statement"][1]
    assert second["Condition"]["StringEquals"]["sts:SourceIdentity"] == "$${aws:username}"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"may_assume": []}, "name a role"),
    "lone string": ({"may_assume": ROLE}, "is a list"),
    "lone id": (
        {"may_assume": [(TES, "deployer")]},
        r"may_assume of tes is a list; write \['deployer'\]",
    ),
    "wildcard": ({"may_assume": ["arn:aws:iam::111111111111:role/*"]}, "name each"),
    "a user": ({"may_assume": ["arn:aws:iam::111111111111:user/x"]}, "not the ARN of a role"),
    "no arn": ({"may_assume": ["deployer"]}, "not the ARN of a role"),
    "twice": ({"may_assume": [ROLE, (TES, ["deployer"])]}, "name it once"),
    "partition": ({"may_assume": [(replace(TES, partition="aws-cn"), ["x"])]}, "cannot assume it"),
    "too many": (
        {"may_assume": [(TES, [f"role-number-{n:03}" for n in range(60)])]},
        "its policy for 60 roles has .* AWS allows 2048; name fewer roles",
    ),
    "name": (
        {"id": "alice smith"},
        "'alice smith' cannot name an IAM user; it has 1 to 64 letters",
    ),
    "long name": ({"id": "x" * 65}, "cannot name an IAM user; it has 1 to 64 letters"),
    "account": ({"may_assume": ["arn:aws:iam::1:role/x"]}, "'1' is not allowed.*twelve digits"),
    "role name": ({"may_assume": ["arn:aws:iam::111111111111:role/a b"]}, "1 to 64 letters"),
    "role path": ({"may_assume": ["arn:aws:iam::111111111111:role/a b/c"]}, "'/' at both ends"),
    "role region": ({"may_assume": ["arn:aws:iam:eu-west-1:111111111111:role/x"]}, "looks like"),
    "no id": ({"may_assume": [(TES, [""])]}, "may_assume: '' is not the id of a role"),
    "odd id": ({"may_assume": [(TES, ["a b"])]}, 'may_assume: The role "tes-a b" cannot be named'),
    "long id": ({"may_assume": [(TES, ["x" * 61])]}, "65 characters with the environment"),
    "id of a number": ({"may_assume": [(TES, [5])]}, "may_assume: 5 is not the id of a role"),
    "no list": ({"may_assume": None}, "may_assume is None; write a list"),
    "odd entry": ({"may_assume": [5]}, r"may_assume holds 5; write .*\(environment, \["),
    "odd pair": ({"may_assume": [("tes", ["x"])]}, r"may_assume holds \('tes', \['x'\]\); write"),
    "short pair": ({"may_assume": [(TES,)]}, "may_assume holds"),
    "tag keys as text": ({"session_tags": "team"}, r"session_tags is a list; write \['team'\]"),
    "reserved tag key": ({"session_tags": ["aws:x"]}, "session_tags: .*'aws:x' is reserved"),
    "odd tag key": ({"session_tags": ["*"]}, "session_tags: .*is not allowed"),
    "tag key twice": ({"session_tags": ["team", "Team"]}, "session_tags: .*differ in case"),
    "same tag key": ({"session_tags": ["team", "team"]}, "session_tags: .*differ in case|twice"),
    "flag in words": ({"UNSAFE_access_key_in_state": "no"}, "write True or False"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_fix(case: str, stack: EnvironmentStack) -> None:
    options, fix = REFUSED[case]
    with pytest.raises(Problem, match=fix):
        TrustedUser(stack, **{"id": "alice", "may_assume": [ROLE], **options})
