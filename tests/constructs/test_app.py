"""`python main.py`: the project's own stacks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rolecall.policy import AssumeRoleAttempt, CompiledPolicy, IamUser, PolicyDocument, may_assume

PROJECT = Path(__file__).parents[2]


def run(project: Path, out: Path) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environ["CDKTF_OUTDIR"] = str(out)
    return subprocess.run(
        [sys.executable, "main.py"],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the app, so that a test may change its facts."""
    root = tmp_path_factory.mktemp("project")
    for name in ("environments", "stacks"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copy(PROJECT / "main.py", root)
    return root


@pytest.fixture(scope="module")
def stacks(project: Path) -> dict[str, dict[str, Any]]:
    out = project / "cdktf.out"
    done = run(project, out)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return {
        each.parent.name: json.loads(each.read_text())
        for each in sorted(out.glob("stacks/*/cdk.tf.json"))
    }


def test_every_environment_has_its_stack(stacks: dict[str, Any]) -> None:
    assert list(stacks) == ["identity", "prd", "stg", "tes"]


class Deployed:
    """Who may assume a role of the synthesized stacks, as AWS would decide it."""

    def __init__(self, stacks: dict[str, Any], name: str, role: str) -> None:
        found = stacks[name]["resource"]["aws_iam_role"][role]
        self.trust = PolicyDocument.parse(found["assume_role_policy"])
        account = stacks[name]["provider"]["aws"][0]["allowed_account_ids"][0]
        self.arn = f"arn:aws:iam::{account}:role/{found['name']}"
        self.users = {
            # Terraform unescapes $${ before AWS sees the policy.
            each["user"].split(".")[1]: PolicyDocument.parse(each["policy"].replace("$${", "${"))
            for each in stacks["identity"]["resource"]["aws_iam_user_policy"].values()
        }

    def admits(self, user: str, **attempt: Any) -> bool:
        asked = AssumeRoleAttempt(
            caller=IamUser("999999999999", user), role_arn=self.arn, **attempt
        )
        identity = [CompiledPolicy(self.users[user])] if user in self.users else []
        return may_assume(asked, trust=CompiledPolicy(self.trust), identity=identity).allowed


def signed_in(age: int) -> dict[str, str]:
    return {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": str(age)}


@pytest.mark.parametrize("name", ["tes", "stg", "prd"])
def test_alice_deploys_with_her_external_id_and_nobody_else(
    stacks: dict[str, Any], name: str
) -> None:
    deployer = Deployed(stacks, name, "deployer")
    assert deployer.arn.endswith(f":role/{name}-deployer")
    [external_id] = [each.values[0] for each in deployer.trust.statements[0].conditions]
    assert deployer.admits("alice", external_id=external_id)
    assert not deployer.admits("alice")
    assert not deployer.admits("alice", external_id="acme-other")
    assert not deployer.admits("bob", external_id=external_id)
    assert not deployer.admits("mallory", external_id=external_id)


def test_bob_audits_with_a_second_factor(stacks: dict[str, Any]) -> None:
    auditor = Deployed(stacks, "tes", "auditor")
    assert auditor.admits("bob", context=signed_in(50_000))
    assert not auditor.admits("bob")
    assert not auditor.admits("alice", context=signed_in(10))


def test_the_glass_is_broken_freshly_signed_in_and_by_name(stacks: dict[str, Any]) -> None:
    breakglass = Deployed(stacks, "prd", "breakglass")
    for user in ("alice", "bob"):
        assert breakglass.admits(user, source_identity=user, context=signed_in(60))
        assert not breakglass.admits(user, source_identity=user, context=signed_in(900))
        assert not breakglass.admits(user, source_identity=user)
        assert not breakglass.admits(user, context=signed_in(60))
    assert not breakglass.admits("alice", source_identity="bob", context=signed_in(60))


def test_a_second_synthesis_is_the_same_to_the_byte(
    project: Path, stacks: dict[str, Any], tmp_path: Path
) -> None:
    assert run(project, tmp_path / "again").returncode == 0
    for first in sorted((project / "cdktf.out").rglob("*.json")):
        again = tmp_path / "again" / first.relative_to(project / "cdktf.out")
        assert again.read_bytes() == first.read_bytes()


def test_a_mistake_ends_with_its_sentence_and_exit_code(
    project: Path, stacks: dict[str, Any], tmp_path: Path
) -> None:
    file = project / "environments" / "tes.yaml"
    good = file.read_text()
    try:
        file.write_text(good.replace('"111111111111"', "111111111111"))
        done = run(project, tmp_path)
    finally:
        file.write_text(good)
    assert done.returncode == 2
    assert done.stderr.startswith("environments/tes.yaml, line 2: account_id is a bare number")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
