"""The examples of docs/constructs.md build, and its tables name every parameter."""

import inspect
import json
from typing import Any

import pytest

from rolecall.environment import Environment
from rolecall_cdktf import AssumableRole, EnvironmentStack, TrustedUser, _cdktf
from tests.docs.blocks import DOCS, blocks

PAGE = (DOCS / "constructs.md").read_text(encoding="utf-8")
STACK, USER, PERMISSIONS = (
    block for block in blocks("constructs.md") if block.kind in ("python", "json")
)
TES = Environment(
    name="tes",
    account_id="111111111111",
    region="eu-central-1",
    identity_account_id="999999999999",
    external_id="acme-tes",
)
IDENTITY = Environment(name="identity", account_id="999999999999", region="eu-central-1")


def test_the_examples_build() -> None:
    app = _cdktf.Testing.app()
    namespace: dict[str, Any] = {"stack": EnvironmentStack(app, IDENTITY)}
    exec(compile(STACK.text, "docs/constructs.md", "exec"), namespace)
    made = json.loads(_cdktf.Testing.synth(namespace["TeamStack"](app, TES)))
    [role] = made["resource"]["aws_iam_role"].values()
    assert role["name"] == "tes-deployer"
    [policy] = made["resource"]["aws_iam_role_policy"].values()
    assert "$${aws:PrincipalTag/team}" in policy["policy"]

    exec(compile(USER.text, "docs/constructs.md", "exec"), namespace)
    assert namespace["alice"].permissions.to_dict() == json.loads(PERMISSIONS.text)


@pytest.mark.parametrize("construct", [AssumableRole, TrustedUser])
def test_every_parameter_is_in_a_table(construct: type) -> None:
    section = PAGE.partition(f"\n## {construct.__name__}\n")[2].partition("\n## ")[0]
    signature = inspect.signature(construct.__init__)  # type: ignore[misc]
    parameters = [name for name in signature.parameters if name not in ("self", "scope")]
    assert "id" in parameters
    assert [name for name in parameters if f"`{name}`" not in section] == []
