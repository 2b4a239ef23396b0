"""A role that was made by hand, imported, planned and applied: nothing is made, nothing lost."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.target import BIN, ROOT, EmbeddedAws, Keys

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("import_terraform")]

GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::111111111111:oidc-provider/{GITHUB}"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{GITHUB}:sub": ["repo:acme/shop:*", "repo:acme/a-*:*"]},
            },
        },
        {
            "Sid": "People",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
    ],
}
INLINE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:userid}/*"}
    ],
}
APP = """
import sys
from rolecall.environment import load_environment
from rolecall_cdktf import EnvironmentStack
from rolecall_cdktf._cdktf import App
import imported0, imported1

app = App(outdir=sys.argv[1])
stack = EnvironmentStack(app, load_environment("tes", __import__("pathlib").Path(sys.argv[2])))
imported0.add_imported_roles(stack)
imported1.add_imported_roles(stack)
app.synth()
"""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    found = EmbeddedAws(tmp_path_factory.mktemp("embedded"), "--ephemeral")
    found.up()
    yield found
    found.down()


def make_by_hand(keys: Keys) -> None:
    iam = keys.client("iam")
    iam.create_open_id_connect_provider(
        Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com", "acme"]
    )
    for name, more in (("tes-release", {"MaxSessionDuration": 7200}), ("Old.Role", {})):
        iam.create_role(
            RoleName=name,
            Path="/ci/",
            Description="Made by hand",
            AssumeRolePolicyDocument=json.dumps(TRUST),
            Tags=[{"Key": "team", "Value": "shop"}],
            PermissionsBoundary=READ_ONLY,
            **more,
        )
        iam.attach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(INLINE))


def test_roles_are_taken_over(aws: EmbeddedAws, tmp_path: Path, made: Keys) -> None:
    stack = tmp_path / "out/stacks/tes"
    blocks = {}
    for number, (name, more) in enumerate({"tes-release": ["--providers"], "Old.Role": []}.items()):
        blocks[number] = tmp_path / f"imports{number}.tf.json"
        arguments = ["--output", str(tmp_path / f"imported{number}.py"), "--environment", "tes"]
        arguments += ["--imports", str(blocks[number]), *more]
        outcome = made.run(str(BIN / "rolecall"), "import", name, *arguments)
        assert outcome.returncode == 0, outcome.stderr
        assert f"{name}: same" in outcome.stderr
    (tmp_path / "app.py").write_text(APP)
    app = [sys.executable, str(tmp_path / "app.py"), str(tmp_path / "out")]
    outcome = made.run(*app, str(ROOT / "environments"), cwd=tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    for file in blocks.values():
        file.rename(stack / file.name)
    text = json.loads((stack / "cdk.tf.json").read_text())
    text["terraform"]["backend"] = {"local": {"path": str(tmp_path / "state")}}
    (stack / "cdk.tf.json").write_text(json.dumps(text))

    def terraform(*words: str) -> str:
        ran = made.run("terraform", *words, "-no-color", cwd=stack)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    terraform("init")
    terraform("plan", "-out", "plan")
    plan: dict[str, Any] = json.loads(terraform("show", "-json", "plan"))
    changes = {each["address"]: each["change"] for each in plan["resource_changes"]}
    assert len(changes) == 1 + 2 * 5
    assert all(each["actions"] in (["no-op"], ["update"]) for each in changes.values())
    assert all("importing" in each for each in changes.values())
    for address, change in changes.items():
        changed = {key for key, value in change["after"].items() if value != change["before"][key]}
        wanted = {"tags", "tags_all"}
        if address.startswith("aws_iam_role."):
            wanted |= {"assume_role_policy", "force_detach_policies"}
        assert changed <= wanted, address
    terraform("apply", "plan")
    # An import block of what is imported already says nothing any more.
    terraform("plan", "-detailed-exitcode")
    role = made.client("iam").get_role(RoleName="tes-release")["Role"]
    assert {each["Key"] for each in role["Tags"]} == {"team", "environment"}


@pytest.fixture(scope="module")
def made(aws: EmbeddedAws) -> Keys:
    keys = aws.administrator("tes")
    make_by_hand(keys)
    return keys


def test_a_role_of_another_account_is_not_asked_for(aws: EmbeddedAws, made: Keys) -> None:
    words = ["import", "arn:aws:iam::222222222222:role/stg-x"]
    outcome = made.run(str(BIN / "rolecall"), *words)
    assert outcome.returncode == 2
    assert "but stg is 222222222222" in outcome.stderr
    outcome = made.run(str(BIN / "rolecall"), "import", "tes-nobody")
    assert outcome.returncode == 2
    assert "has no role tes-nobody" in outcome.stderr
    by_short_name = ["import", "release", "--environment", "tes", "--json"]
    outcome = made.run(str(BIN / "rolecall"), *by_short_name)
    assert outcome.returncode == 0, outcome.stderr
    (file,) = json.loads(outcome.stdout)["files"]
    assert file["roles"][0]["name"] == "tes-release"
    assert file["roles"][0]["verdict"] == "same"
