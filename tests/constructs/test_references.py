"""The text of a reference is what cdktf makes of its own tokens, whatever a resource is called."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from rolecall.problems import Problem
from rolecall.trust import AwsService
from rolecall_cdktf import AssumableRole, EnvironmentStack
from rolecall_cdktf._cdktf import CDK, App, Construct, TerraformOutput, Testing
from rolecall_cdktf.references import child_id
from tests.constructs.conftest import FACTS

TerraformElement = import_module(CDK.name).TerraformElement
Synth = Callable[[EnvironmentStack], dict[str, Any]]

LONG = "Long" * 14
NAMES = [
    ("deployer", "ReadOnlyAccess"),
    ("ReadOnlyAccess", "ReadOnlyAccess"),
    ("x-ReadOnlyAccess", "ReadOnlyAccess"),
    ("deployer", "Default"),
    ("Resource", "ReadOnlyAccess"),
    ("deployer", "Resource"),
    ("a.b@c", "ReadOnlyAccess"),
    ("deployer", "with.dots+and=more"),
    ("under_score-1", "job_1-X"),
    (LONG, LONG * 2),
]


def add(scope: Construct, id: str, *policies: str, inline: str = "") -> AssumableRole:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": statement}
    return AssumableRole(
        scope,
        id,
        trusted_entities=[AwsService("lambda")],
        managed_policies=list(policies),
        inline_policies={inline: document} if inline else {},
    )


def references_and_tokens(stack: EnvironmentStack, role: AssumableRole, synth: Synth) -> None:
    """Let Terraform see cdktf's own tokens beside ours, and compare."""
    policies = [child for child in role.node.children if hasattr(child, "policy_input")]
    attachments = [child for child in role.node.children if hasattr(child, "policy_arn")]
    for number, token in enumerate(
        [role.name]
        + [child.name for child in policies]  # type: ignore[attr-defined]
        + [child.policy_arn for child in attachments]  # type: ignore[attr-defined]
    ):
        TerraformOutput(stack, f"token-{number}", value=token)
    found = synth(stack)
    (exclusive,) = found["locals"].values()
    held = exclusive[role.role_name]
    expected = [held["name"], *held["policies"], *held["attachments"]]
    values = {name.rpartition("token-")[2]: out["value"] for name, out in found["output"].items()}
    assert expected == [values[str(number)] for number in range(len(expected))]
    for resource in ("aws_iam_role_policy", "aws_iam_role_policy_attachment"):
        for used in found["resource"].get(resource, {}).values():
            if used["role"] == held["name"]:
                break
        else:
            pytest.fail(f"no {resource} is of the role")


@pytest.mark.parametrize(("id", "policy"), NAMES)
def test_the_reference_is_what_the_token_becomes(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth, id: str, policy: str
) -> None:
    stack = new_stack()
    # The first in a stack is compared with cdktf's answer; the one in question is not.
    add(stack, "first", "SecurityAudit")
    references_and_tokens(stack, add(stack, id, policy, inline=policy), synthesized)


def test_inside_a_construct_of_the_stack(stack: EnvironmentStack, synthesized: Synth) -> None:
    add(stack, "first", "SecurityAudit")
    team = Construct(stack, "team")
    references_and_tokens(stack, add(team, "lead", "ReadOnlyAccess", inline="own"), synthesized)


def test_a_stack_that_names_its_resources_itself(app: App, synthesized: Synth) -> None:
    class Numbered(EnvironmentStack):
        def _allocate_logical_id(self, tf_element: Any) -> str:
            assert isinstance(tf_element, TerraformElement)
            return "n_" + tf_element.node.path.replace("/", "_")

    stack = Numbered(app, FACTS)
    add(stack, "first", "SecurityAudit")
    references_and_tokens(stack, add(stack, "next", "ReadOnlyAccess", inline="own"), synthesized)
    found = synthesized(stack)
    (name,) = found["locals"]
    for kind in ("policies", "policy_attachments"):
        (exclusive,) = found["resource"][f"aws_iam_role_{kind}_exclusive"].values()
        assert exclusive["for_each"] == f"${{local.{name}}}"


def test_another_algorithm_is_asked_every_time(
    stack: EnvironmentStack, synthesized: Synth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall_cdktf.references.child_id", lambda parent, child: "other")
    add(stack, "first", "SecurityAudit")
    references_and_tokens(stack, add(stack, "next", "ReadOnlyAccess", inline="own"), synthesized)
    assert "other" not in json.dumps(json.loads(Testing.synth(stack)))


def test_what_is_referred_to_keeps_its_id(stack: EnvironmentStack) -> None:
    add(stack, "first", "SecurityAudit")
    role = add(stack, "next", "ReadOnlyAccess")
    with pytest.raises(Problem, match="cannot be renamed to 'mine'"):
        role.node.find_child("ReadOnlyAccess").override_logical_id("mine")  # type: ignore[attr-defined]


def test_only_plain_ids_are_computed() -> None:
    assert (
        child_id("deployer", "ReadOnlyAccess")
        == "deployer_ReadOnlyAccess_" + (child_id("deployer", "ReadOnlyAccess") or "")[-8:]
    )
    for parent, child in [("Default", "x"), ("x", "Resource"), ("a.b", "x"), ("ax", "x")]:
        assert child_id(parent, child) is None
