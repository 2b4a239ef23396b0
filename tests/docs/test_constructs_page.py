"""The examples of docs/constructs.md build, and its tables name every parameter."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

import rolecall_cdktf
from rolecall.environment import Environment
from rolecall_cdktf import EnvironmentStack, _cdktf
from tests.constructs.issued import Issued
from tests.docs.blocks import DOCS, blocks

PAGE = (DOCS / "constructs.md").read_text(encoding="utf-8")
STACK, USER, *PROVIDERS = (block for block in blocks("constructs.md") if block.kind == "python")
[PERMISSIONS] = (block for block in blocks("constructs.md") if block.kind == "json")
TES = Environment(
    name="tes",
    account_id="111111111111",
    region="eu-central-1",
    identity_account_id="999999999999",
    external_id="acme-tes",
)
IDENTITY = Environment(name="identity", account_id="999999999999", region="eu-central-1")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the examples read from the project."""
    issued = Issued.new()
    for name, text in (("saml/acme.xml", issued.metadata()), ("ca/acme.pem", issued.pem())):
        path = tmp_path / "environments" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)


def run(text: str, namespace: dict[str, Any]) -> None:
    exec(compile(text, "docs/constructs.md", "exec"), namespace)


@pytest.mark.usefixtures("files")
def test_the_examples_build() -> None:
    app = _cdktf.Testing.app()
    namespace: dict[str, Any] = {"stack": EnvironmentStack(app, IDENTITY)}
    run(STACK.text, namespace)
    made = json.loads(_cdktf.Testing.synth(namespace["TeamStack"](app, TES)))
    [role] = made["resource"]["aws_iam_role"].values()
    assert role["name"] == "tes-deployer"
    [policy] = made["resource"]["aws_iam_role_policy"].values()
    assert "$${aws:PrincipalTag/team}" in policy["policy"]

    run(USER.text, namespace)
    assert namespace["alice"].permissions.to_dict() == json.loads(PERMISSIONS.text)

    for block in PROVIDERS:
        run(block.text, namespace)
    found = json.loads(_cdktf.Testing.synth(namespace["stack"]))["resource"]
    assert {
        "aws_iam_openid_connect_provider",
        "aws_iam_saml_provider",
        "aws_cognito_identity_pool",
        "aws_cognito_identity_pool_roles_attachment",
        "aws_eks_pod_identity_association",
        "aws_rolesanywhere_trust_anchor",
        "aws_rolesanywhere_profile",
    } <= {*found}
    waiting = {id: role.get("depends_on") for id, role in found["aws_iam_role"].items()}
    assert waiting["infrastructure"] == ["aws_iam_openid_connect_provider.github"]
    assert waiting["staff"] == ["aws_iam_saml_provider.acme"]


# `App` is the CDK's own.
@pytest.mark.parametrize("name", [each for each in rolecall_cdktf.__all__ if each != "App"])
def test_every_parameter_is_in_a_table(name: str) -> None:
    section = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert section
    if name == "EnvironmentStack":
        return
    signature = inspect.signature(getattr(rolecall_cdktf, name).__init__)
    parameters = [each for each in signature.parameters if each not in ("self", "scope")]
    assert "id" in parameters
    assert [each for each in parameters if f"`{each}`" not in section] == []
