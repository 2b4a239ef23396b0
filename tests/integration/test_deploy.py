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

from tests.integration.target import BIN, EmbeddedAws, Keys, Project

pytestmark = pytest.mark.skipif(
    os.environ.get("ROLECALL_AWS") == "1", reason="breaks deployments on purpose"
)

ROLES = [
    "tes-analyst",
    "tes-auditor",
    "tes-backup",
    "tes-breakglass",
    "tes-deployer",
    "tes-operator",
    "tes-orders",
    "tes-pipeline",
    "tes-reader",
]


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

    # What the killed deploy made and did not write down is taken into the state first.
    recovered = keys.run(str(BIN / "rolecall"), "recover", "tes", cwd=app.folder)
    assert recovered.returncode == 0, recovered.stderr
    app.deploy(keys, "tes")

    assert set(created) <= set(ROLES)
    assert roles(keys) == ROLES
    assert_nothing_to_change(app, keys, "tes")


def test_a_role_that_nobody_wrote_down_is_recovered_and_a_stranger_is_not(
    aws: EmbeddedAws, app: Project
) -> None:
    keys = aws.administrator("tes")
    app.deploy(keys, "tes")
    # As a deploy leaves it that is killed between CreateRole and the write of the state.
    assert keys.run("terraform", "init", cwd=app.stack("tes")).returncode == 0
    forgotten = keys.run("terraform", "state", "rm", "aws_iam_role.deployer", cwd=app.stack("tes"))
    assert forgotten.returncode == 0, forgotten.stderr
    iam = keys.client("iam")
    iam.tag_role(RoleName="tes-deployer", Tags=[{"Key": "made-by", "Value": "mallory"}])

    stranger = keys.run(str(BIN / "rolecall"), "recover", "tes", cwd=app.folder)
    assert stranger.returncode == 7
    assert "somebody else made it" in stranger.stderr

    iam.untag_role(RoleName="tes-deployer", TagKeys=["made-by"])
    recovered = keys.run(str(BIN / "rolecall"), "recover", "tes", cwd=app.folder)
    assert recovered.returncode == 0, recovered.stderr
    assert "taking tes-deployer" in recovered.stderr
    app.deploy(keys, "tes")
    assert_nothing_to_change(app, keys, "tes")


def test_recover_refuses_the_credentials_of_another_account(aws: EmbeddedAws, app: Project) -> None:
    outcome = aws.administrator("stg").run(str(BIN / "rolecall"), "recover", "tes", cwd=app.folder)
    assert outcome.returncode == 2
    assert "nothing was changed" in outcome.stderr


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
    identity = aws.administrator("identity")
    outcome = app.cdktf(identity, "destroy", "identity", "--auto-approve")
    assert outcome.returncode == 0, words(outcome)
    users = identity.client("iam").list_users()["Users"]
    assert [user["UserName"] for user in users] == ["rolecall-administrator"]


def test_state_in_s3_lives_in_the_embedded_aws_and_is_locked(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    bucket = "acme-stg-terraform-state"
    project = Project.copy(tmp_path)
    facts = tmp_path / "environments/identity.yaml"
    s3_state = f"state:\n  backend: s3\n  bucket: {bucket}\n  region: eu-central-1"
    facts.write_text(facts.read_text().replace("state:\n  backend: local", s3_state))
    keys = aws.administrator("identity", cwd=tmp_path)
    project.deploy(keys, "identity")
    s3 = keys.client("s3")
    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert listed == ["rolecall/identity.tfstate"]

    # Terraform's lock is an object beside the state: who finds it must wait or give up.
    lock = {"Bucket": bucket, "Key": "rolecall/identity.tfstate.tflock"}
    held = {"ID": "somebody", "Operation": "OperationTypeApply", "Who": "somebody@elsewhere"}
    s3.put_object(**lock, Body=json.dumps(held).encode())
    waiting = project.cdktf(keys, "deploy", "identity", "--auto-approve")
    assert waiting.returncode != 0
    assert "Error acquiring the state lock" in words(waiting)
    assert "somebody@elsewhere" in words(waiting)
    recovering = keys.run(str(BIN / "rolecall"), "recover", "identity", cwd=project.folder)
    assert recovering.returncode == 7
    assert "the state is locked" in recovering.stderr
    s3.delete_object(**lock)
    assert_nothing_to_change(project, keys, "identity")


def assert_nothing_to_change(app: Project, keys: Keys, environment: str) -> None:
    outcome = app.cdktf(keys, "diff", environment)
    assert outcome.returncode == 0, words(outcome)
    assert "No changes" in words(outcome), words(outcome)
