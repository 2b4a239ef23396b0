"""Two deploys of one environment at once, its state in S3: one waits or gives up, and what each
of them deploys is there afterwards."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.target import EmbeddedAws, Keys

pytestmark = [
    pytest.mark.skipif(os.environ.get("ROLECALL_AWS") == "1", reason="deploys roles of its own"),
    pytest.mark.xdist_group("two deploys"),
]

BUCKET = "acme-tes-two-deploys"
FACTS = f"""\
account_id: "111111111111"
region: eu-central-1
state:
  backend: s3
  bucket: {BUCKET}
  region: eu-central-1
"""
APP = """\
from pathlib import Path
from rolecall.environment import load_environment
from rolecall.trust import AwsService
from rolecall_cdktf import AssumableRole, EnvironmentStack
from rolecall_cdktf._cdktf import App

app = App()
stack = EnvironmentStack(app, load_environment("tes", Path("environments")))
for name in {roles}:
    AssumableRole(stack, name, trusted_entities=[AwsService("lambda")])
app.synth()
"""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws(tmp_path_factory.mktemp("aws"), "--ephemeral")
    aws.up()
    yield aws
    aws.down()


def checkout(folder: Path, aws: EmbeddedAws, roles: list[str]) -> tuple[Path, Keys]:
    """Somebody's copy of the project, synthesized and initialized."""
    (folder / "environments").mkdir(parents=True)
    (folder / "environments/tes.yaml").write_text(FACTS)
    (folder / "main.py").write_text(APP.format(roles=roles))
    keys = aws.administrator("tes", cwd=folder)
    # Each has a data directory of his own, as on a machine of his own.
    keys = Keys(
        {**keys.variables, "TF_DATA_DIR": str(folder / "terraform"), "TF_IN_AUTOMATION": ""}
    )
    made = keys.run(sys.executable, "main.py", cwd=folder)
    assert made.returncode == 0, made.stderr
    stack = folder / "cdktf.out/stacks/tes"
    begun = keys.run("terraform", "init", "-no-color", cwd=stack)
    assert begun.returncode == 0, begun.stdout + begun.stderr
    return stack, keys


def start(stack: Path, keys: Keys, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["terraform", "apply", "-no-color", *arguments],
        cwd=stack,
        env=dict(keys.variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(words: str, process: "subprocess.Popen[str]") -> None:
    """Until the process has said so; its end without it fails."""
    assert process.stdout is not None
    said = ""
    while words not in said:
        letter = process.stdout.read(1)
        assert letter, said
        said += letter


def test_the_second_of_two_deploys_waits_or_gives_up_and_nothing_is_lost(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    hers, her_keys = checkout(tmp_path / "alice", aws, ["first"])
    his, his_keys = checkout(tmp_path / "bob", aws, ["first", "second"])
    iam, s3 = her_keys.client("iam"), her_keys.client("s3")

    # She has seen her plan and thinks: so long the lock is hers.
    alice = start(hers, her_keys)
    read_until("Enter a value:", alice)

    refused = his_keys.run("terraform", "apply", "-no-color", "-auto-approve", cwd=his)
    assert refused.returncode == 1
    assert "Error acquiring the state lock" in refused.stderr
    assert re.search(r"Path:\s+acme-tes-two-deploys/rolecall/tes\.tfstate", refused.stderr)
    assert iam.list_roles()["Roles"] == []

    bob = start(his, his_keys, "-auto-approve", "-lock-timeout=120s")
    read_until("Acquiring state lock", bob)
    hers_said, _ = alice.communicate("yes\n", timeout=120)
    his_said, _ = bob.communicate(timeout=120)
    assert (alice.returncode, bob.returncode) == (0, 0), hers_said + his_said

    # His plan was made of what she had deployed: of the roles he added the second alone.
    assert "aws_iam_role.second: Creating..." in his_said
    assert "aws_iam_role.first: Creating..." not in his_said
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    assert sorted(roles) == ["tes-first", "tes-second"]
    kept = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert kept == ["rolecall/tes.tfstate"]
    again = his_keys.run("terraform", "plan", "-no-color", "-detailed-exitcode", cwd=his)
    assert again.returncode == 0, again.stdout + again.stderr
