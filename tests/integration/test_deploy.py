"""Deploying: the account guard, the empty second plan, the killed deploy, the clean end.

These tests break things on purpose and run on an embedded AWS of their own.
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.target import EmbeddedAws, Keys, Project

pytestmark = pytest.mark.skipif(
    os.environ.get("ROLECALL_AWS") == "1", reason="breaks deployments on purpose"
)

ROLES = ["tes-auditor", "tes-backup", "tes-breakglass", "tes-deployer"]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws(tmp_path_factory.mktemp("breakable"), "--ephemeral")
    aws.up()
    yield aws
    aws.down()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, aws: EmbeddedAws) -> Project:
    """The project with the identity account deployed."""
    project = Project.copy(tmp_path_factory.mktemp("app"))
    project.deploy(aws.administrator("identity"), "identity")
    return project


def roles(keys: Keys) -> list[str]:
    return sorted(role["RoleName"] for role in keys.client("iam").list_roles()["Roles"])


def words(outcome: "subprocess.CompletedProcess[str]") -> str:
    """What a person reads: without colours, boxes and line breaks."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", outcome.stdout + outcome.stderr)
    return re.sub(r"[\s│╷╵]+", " ", text)


def test_the_credentials_of_another_account_change_nothing(aws: EmbeddedAws, app: Project) -> None:
    wrong = aws.administrator("stg")
    outcome = app.cdktf(wrong, "deploy", "tes", "--auto-approve")
    assert outcome.returncode != 0
    assert "AWS account ID not allowed: 222222222222" in words(outcome)
    assert roles(wrong) == roles(aws.administrator("tes")) == []


def test_a_killed_deploy_is_deployed_again_with_nothing_lost(
    aws: EmbeddedAws, app: Project
) -> None:
    keys = aws.administrator("tes")
    deploy = subprocess.Popen(
        [str(app.folder / "node_modules/.bin/cdktf"), "deploy", "tes", "--auto-approve"],
        env=dict(keys.variables),
        cwd=app.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not roles(keys) and deploy.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(deploy.pid, signal.SIGKILL)
    deploy.wait()
    created = roles(keys)

    app.deploy(keys, "tes")

    assert set(created) <= set(ROLES)
    assert roles(keys) == ROLES
    assert_nothing_to_change(app, keys, "tes")


def test_a_second_plan_is_empty(aws: EmbeddedAws, app: Project) -> None:
    keys = aws.administrator("tes")
    app.deploy(keys, "tes")
    assert_nothing_to_change(app, keys, "tes")
    assert_nothing_to_change(app, aws.administrator("identity"), "identity")


def test_what_somebody_attached_by_hand_is_taken_off_again(aws: EmbeddedAws, app: Project) -> None:
    keys = aws.administrator("tes")
    app.deploy(keys, "tes")
    iam = keys.client("iam")
    by_hand = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="tes-deployer", PolicyArn=by_hand)
    iam.put_role_policy(
        RoleName="tes-deployer",
        PolicyName="by-hand",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
            }
        ),
    )
    app.deploy(keys, "tes")
    attached = iam.list_attached_role_policies(RoleName="tes-deployer")["AttachedPolicies"]
    assert by_hand not in {policy["PolicyArn"] for policy in attached}
    assert "by-hand" not in iam.list_role_policies(RoleName="tes-deployer")["PolicyNames"]


def test_an_unknown_stack_is_an_error(aws: EmbeddedAws, app: Project) -> None:
    outcome = app.cdktf(aws.administrator("tes"), "deploy", "tse", "--auto-approve")
    assert outcome.returncode != 0
    assert "tse" in words(outcome)


def test_a_malformed_environment_file_stops_before_terraform(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    project = Project.copy(tmp_path)
    (tmp_path / "environments/tes.yaml").write_text("account_id: 111111111111\nregion: [\n")
    outcome = project.cdktf(aws.administrator("tes"), "deploy", "tes", "--auto-approve")
    assert outcome.returncode != 0
    assert "tes.yaml" in words(outcome)


def test_destroy_leaves_nothing(aws: EmbeddedAws, app: Project) -> None:
    keys = aws.administrator("tes")
    app.deploy(keys, "tes")
    outcome = app.cdktf(keys, "destroy", "tes", "--auto-approve")
    assert outcome.returncode == 0, words(outcome)
    assert roles(keys) == []


def assert_nothing_to_change(app: Project, keys: Keys, environment: str) -> None:
    outcome = app.cdktf(keys, "diff", environment)
    assert outcome.returncode == 0, words(outcome)
    assert "No changes" in words(outcome), words(outcome)
