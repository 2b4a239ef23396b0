"""Every resource kind that the constructs make: applied, planned again, changed, destroyed."""

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from rolecall_cdktf import _cdktf
from tests.integration.target import ROOT, Keys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.federation.deployment import Deployment


class Every:
    """The stack `every` of the app, in an account of its own."""

    def __init__(self, deployment: "Deployment") -> None:
        self._folder = deployment.project.folder
        self.keys = deployment.embedded.administrator("every", cwd=self._folder)

    @property
    def stack(self) -> "Path":
        return self._folder / "cdktf.out/stacks/every"

    def synthesize(self, *, changed: bool) -> dict[str, Any]:
        """Run the app as `cdktf` does; the resources of the stack by type."""
        keys = Keys({**self.keys.variables, "MATRIX_CHANGED": "1" if changed else "0"})
        outcome = keys.run(str(ROOT / ".venv/bin/python"), "main.py", cwd=self._folder)
        assert outcome.returncode == 0, outcome.stderr
        found: dict[str, Any] = json.loads((self.stack / "cdk.tf.json").read_text())["resource"]
        return found

    def terraform(self, command: str, *arguments: str, wanted: int = 0) -> str:
        outcome: subprocess.CompletedProcess[str] = self.keys.run(
            "terraform", command, "-no-color", *arguments, cwd=self.stack
        )
        assert outcome.returncode == wanted, outcome.stdout + outcome.stderr
        return outcome.stdout

    def apply(self) -> set[str]:
        """Apply what was synthesized; the types of which something was planned."""
        told = self.terraform("apply", "-auto-approve", "-input=false", "-json")
        lines = [json.loads(line) for line in told.splitlines()]
        # 0 is an empty plan, 2 one with changes.
        self.terraform("plan", "-detailed-exitcode", "-input=false")
        return {
            line["change"]["resource"]["resource_type"]
            for line in lines
            if line["type"] == "planned_change"
        }


@pytest.fixture
def every(deployment: "Deployment") -> Every:
    return Every(deployment)


def test_applied_planned_again_changed_and_destroyed(every: Every) -> None:
    resources = every.synthesize(changed=False)
    assert set(resources) == made_by_constructs()
    every.terraform("init")
    assert every.apply() == made_by_constructs()

    every.synthesize(changed=True)
    # A user has one policy and nothing attached, so there is nothing else to be kept away.
    assert made_by_constructs() - every.apply() == {
        "aws_iam_access_key",
        "aws_iam_user_policies_exclusive",
        "aws_iam_user_policy_attachments_exclusive",
    }

    every.terraform("destroy", "-auto-approve")
    assert left_over(every.keys) == []


def made_by_constructs() -> set[str]:
    """The Terraform types of the resources that the constructs can import."""
    prefix = "cdktf_cdktf_provider_aws."
    homes = {home for home in _cdktf._HOME.values() if home.startswith(prefix)}
    return {f"aws_{home.removeprefix(prefix)}" for home in homes} - {"aws_provider"}


def left_over(keys: Keys) -> list[str]:
    """What of the stack still exists."""
    iam, anywhere = keys.client("iam"), keys.client("rolesanywhere")
    pools = keys.client("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"]
    pods = keys.client("eks").list_pod_identity_associations(clusterName="main")["associations"]
    roles = [each["RoleName"] for each in iam.list_roles()["Roles"]]
    users = [each["UserName"] for each in iam.list_users()["Users"]]
    return [
        *(each["IdentityPoolName"] for each in pools),
        *(each["associationArn"] for each in pods),
        *(each["name"] for each in anywhere.list_trust_anchors()["trustAnchors"]),
        *(each["name"] for each in anywhere.list_profiles()["profiles"]),
        *(name for name in roles if name.startswith("every-")),
        *(name for name in users if name == "dora"),
        *(
            each["Arn"]
            for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        ),
        *(each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]),
    ]
