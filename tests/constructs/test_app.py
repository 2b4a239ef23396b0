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


@pytest.mark.parametrize("name", ["tes", "stg", "prd"])
def test_alice_deploys_with_her_external_id_and_nobody_else(
    stacks: dict[str, Any], name: str
) -> None:
    def policy(text: str) -> CompiledPolicy:
        return CompiledPolicy(PolicyDocument.parse(text.replace("$${", "${")))

    role = stacks[name]["resource"]["aws_iam_role"]["deployer"]
    assert role["name"] == f"{name}-deployer"
    account = stacks[name]["provider"]["aws"][0]["allowed_account_ids"][0]
    users = {
        each["user"].split(".")[1]: policy(each["policy"])
        for each in stacks["identity"]["resource"]["aws_iam_user_policy"].values()
    }
    trust = policy(role["assume_role_policy"])
    [external_id] = [
        each.values[0]
        for each in PolicyDocument.parse(role["assume_role_policy"]).statements[0].conditions
    ]

    def may(user: str, **attempt: Any) -> bool:
        asked = AssumeRoleAttempt(
            caller=IamUser("999999999999", user),
            role_arn=f"arn:aws:iam::{account}:role/{name}-deployer",
            **attempt,
        )
        return may_assume(asked, trust=trust, identity=[users[user]]).allowed

    assert may("alice", external_id=external_id)
    assert not may("alice")
    assert not may("alice", external_id="acme-other")
    assert not may("bob", external_id=external_id)


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
