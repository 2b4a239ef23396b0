"""A deploy is killed at several moments, or its state damaged; the documented way leads back.

`rolecall recover` (docs/constructs.md), then `cdktf deploy`, then a plan without a change, and
every role is there. Minutes each: ROLECALL_LONG_TESTS=1, or `make drills`.
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.integration.target import BIN, EmbeddedAws, Project

pytestmark = [
    pytest.mark.xdist_group("drills-deploys"),
    pytest.mark.terraform,
    pytest.mark.skipif(
        not os.environ.get("ROLECALL_LONG_TESTS"), reason="takes minutes: ROLECALL_LONG_TESTS=1"
    ),
]

BUCKET = "acme-tes-terraform-state"
S3_STATE = f"state:\n  backend: s3\n  bucket: {BUCKET}\n  region: eu-central-1"
LOCAL_STATE = "state:\n  backend: local"


class Drill:
    """The project on an embedded AWS that keeps its state, with `identity` deployed."""

    def __init__(self, folder: Path, *, s3: bool) -> None:
        (folder / "aws").mkdir()
        (folder / "app").mkdir()
        self.aws = EmbeddedAws(folder / "aws", "--state-dir", str(folder / "state"))
        self.aws.up()
        self.app = Project.copy(folder / "app")
        if s3:
            facts = self.app.folder / "environments/tes.yaml"
            facts.write_text(facts.read_text().replace(LOCAL_STATE, S3_STATE))
        self.keys = self.aws.administrator("tes", cwd=self.app.folder)
        self.app.deploy(self.aws.administrator("identity", cwd=self.app.folder), "identity")

    @property
    def tfstate(self) -> Path:
        (found,) = self.aws.home.rglob("terraform.tes.embedded.tfstate")
        return found

    def roles(self) -> list[str]:
        """None while the embedded AWS does not answer."""
        with suppress(Exception):
            listed = self.keys.client("iam").list_roles()["Roles"]
            return sorted(role["RoleName"] for role in listed)
        return []

    def start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [str(self.app.folder / "node_modules/.bin/cdktf"), "deploy", "tes", "--auto-approve"],
            env=dict(self.keys.variables),
            cwd=self.app.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def await_roles(self, number: int, deploy: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 300
        while len(self.roles()) < number and deploy.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def rolecall(self, *words: str) -> "subprocess.CompletedProcess[str]":
        # Ten imports, each with a provider that starts; on a busy machine that takes its time.
        return subprocess.run(
            [str(BIN / "rolecall"), *words],
            env=dict(self.keys.variables),
            cwd=self.app.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1800,
        )

    def terraform(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return self.keys.run("terraform", *words, cwd=self.app.stack("tes"))

    def whole(self) -> list[str]:
        """Recovered, deployed again, nothing to change: the roles that are there then."""
        recovered = self.rolecall("recover", "tes")
        assert recovered.returncode == 0, recovered.stderr
        self.app.deploy(self.keys, "tes")
        planned = self.terraform("plan", "-detailed-exitcode", "-input=false")
        assert planned.returncode == 0, planned.stdout + planned.stderr
        return self.roles()

    def empty(self) -> None:
        gone = self.terraform("destroy", "-auto-approve", "-input=false")
        assert gone.returncode == 0, gone.stderr
        assert self.roles() == []


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    drill = Drill(tmp_path_factory.mktemp("local"), s3=False)
    yield drill
    drill.aws.down()


@pytest.fixture(scope="module")
def in_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    drill = Drill(tmp_path_factory.mktemp("s3"), s3=True)
    yield drill
    drill.aws.down()


@pytest.fixture(scope="module")
def names(drill: Drill) -> list[str]:
    """The roles of an undisturbed deploy."""
    drill.app.deploy(drill.keys, "tes")
    names = drill.roles()
    assert len(names) == 9
    drill.empty()
    return names


def processes(group: int, name: str) -> list[int]:
    """The processes of a deploy whose program begins with this name."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,sess=,comm="], capture_output=True, text=True, check=True
    ).stdout
    found = [line.split(None, 2) for line in listed.splitlines()]
    return [
        int(pid)
        for pid, session, command in found
        if int(session) == group and command.startswith(name)
    ]


@pytest.mark.parametrize("number", [1, 4, 9])
@pytest.mark.parametrize("who", ["everything", "terraform-prov", "terraform"])
def test_killed_between_resources(
    drill: Drill, names: list[str], who: str, number: int, record_property: Any
) -> None:
    if who != "everything" and number != 4:
        pytest.skip("one moment is enough for those")
    deploy = drill.start()
    drill.await_roles(number, deploy)
    made = drill.roles()
    if who == "everything":
        os.killpg(deploy.pid, signal.SIGKILL)
    for pid in processes(deploy.pid, who):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deploy.wait(timeout=300)
    record_property("tried", f"{who} killed with {len(made)} of {len(names)} roles made")
    try:
        assert drill.whole() == names
    finally:
        drill.empty()


def test_a_deploy_that_is_interrupted_ends_by_itself(drill: Drill, names: list[str]) -> None:
    deploy = drill.start()
    drill.await_roles(2, deploy)
    os.killpg(deploy.pid, signal.SIGINT)
    deploy.wait(timeout=300)
    try:
        assert drill.whole() == names
    finally:
        drill.empty()


@pytest.mark.parametrize("number", [1, 5])
def test_the_embedded_aws_is_killed_during_a_deploy(
    drill: Drill, names: list[str], number: int
) -> None:
    """It loses at most the last half second: what was in it before is there again."""
    status = json.loads(drill.aws.rolecall("local", "status", "--json"))
    deploy = drill.start()
    drill.await_roles(number, deploy)
    os.kill(status["pid"], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while deploy.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    # Terraform would ask again for minutes; a person stops it.
    with suppress(ProcessLookupError):
        os.killpg(deploy.pid, signal.SIGKILL)
    deploy.wait()
    drill.aws.rolecall(
        *("local", "up", "--port", str(status["port"]), "--state-dir", str(status["state"]))
    )
    drill.keys = drill.aws.administrator("tes", cwd=drill.app.folder)
    try:
        assert drill.whole() == names
    finally:
        drill.empty()


@pytest.mark.parametrize("damage", ["empty", "gone"])
def test_a_local_state_that_is_lost_is_made_anew(
    drill: Drill, names: list[str], damage: str
) -> None:
    drill.app.deploy(drill.keys, "tes")
    if damage == "empty":
        drill.tfstate.write_bytes(b"")
    else:
        drill.tfstate.unlink()
    try:
        assert drill.whole() == names
    finally:
        drill.empty()


@pytest.mark.parametrize("damage", ["truncated", "nul"])
def test_a_damaged_local_state_is_told_and_its_copy_is_used(
    drill: Drill, names: list[str], damage: str
) -> None:
    """Nothing is changed until somebody put the copy back that Terraform keeps beside it."""
    drill.app.deploy(drill.keys, "tes")
    state = drill.tfstate
    whole = state.read_bytes()
    broken = whole[: len(whole) // 2] if damage == "truncated" else bytes(len(whole))
    state.write_bytes(broken)
    try:
        told = drill.rolecall("recover", "tes")
        assert told.returncode == 1
        assert told.stderr.splitlines()[-1].startswith("rolecall: ")
        assert "Traceback" not in told.stderr
        deploy = drill.app.cdktf(drill.keys, "deploy", "tes", "--auto-approve")
        assert deploy.returncode != 0
        assert state.read_bytes() == broken
        assert drill.roles() == names
        state.write_bytes(whole)
        assert drill.whole() == names
    finally:
        state.write_bytes(whole)
        drill.empty()


def test_the_lock_of_a_killed_deploy_in_s3(in_s3: Drill, names: list[str]) -> None:
    deploy = in_s3.start()
    in_s3.await_roles(3, deploy)
    os.killpg(deploy.pid, signal.SIGKILL)
    deploy.wait()
    told = in_s3.rolecall("recover", "tes")
    assert told.returncode == 7, told.stderr
    found = re.search(r"ID:\s+([0-9a-f-]{36})", told.stderr)
    assert found, told.stderr
    assert "force-unlock" in told.stderr.splitlines()[-1]
    unlocked = in_s3.terraform("force-unlock", "-force", found[1])
    assert unlocked.returncode == 0, unlocked.stderr
    try:
        assert in_s3.whole() == names
    finally:
        in_s3.empty()


def test_a_damaged_state_in_s3_is_told_and_nothing_is_changed(
    in_s3: Drill, names: list[str]
) -> None:
    in_s3.app.deploy(in_s3.keys, "tes")
    s3 = in_s3.keys.client("s3")
    key = {"Bucket": BUCKET, "Key": "rolecall/tes.tfstate"}
    whole = s3.get_object(**key)["Body"].read()
    s3.put_object(**key, Body=whole[: len(whole) // 2])
    try:
        told = in_s3.rolecall("recover", "tes")
        assert told.returncode == 1
        assert told.stderr.splitlines()[-1].startswith("rolecall: ")
        assert in_s3.roles() == names
    finally:
        s3.put_object(**key, Body=whole)
        assert in_s3.whole() == names
        in_s3.empty()
