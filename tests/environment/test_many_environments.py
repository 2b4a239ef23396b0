"""Two hundred accounts: a stack for each, with what is its own, and mistakes told as with three."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rolecall.environment import EnvironmentProblem, load_environment, load_environments

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = {f"a{number:03}": f"1000000{number:05}" for number in range(200)}
PEOPLE = "999999999999"
FACTS = """\
account_id: "{account}"
region: eu-central-1
identity_account_id: "{people}"
external_id: acme-{name}
saml_metadata: environments/saml/acme.xml
issuers:
  eks: https://oidc.eks.eu-central-1.amazonaws.com/id/{issuer}
state:
  backend: s3
  bucket: acme-terraform-state-{account}
  region: eu-central-1
"""


def write(directory: Path) -> Path:
    for name, account in ACCOUNTS.items():
        text = FACTS.format(name=name, account=account, people=PEOPLE, issuer=f"{account:A>32}")
        (directory / f"{name}.yaml").write_text(text)
    return directory


@pytest.fixture
def environments(tmp_path: Path) -> Path:
    folder = tmp_path / "environments"
    folder.mkdir()
    return write(folder)


def synthesize(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "main.py"], cwd=folder, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The app, its stacks and the issuer's metadata, with two hundred accounts of its own."""
    folder = tmp_path_factory.mktemp("accounts")
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    shutil.copytree(ROOT / "environments/saml", folder / "environments/saml")
    shutil.copy(ROOT / "main.py", folder)
    write(folder / "environments")
    done = synthesize(folder)
    assert done.returncode == 0, done.stderr
    yield folder
    shutil.rmtree(folder)


def test_each_account_has_a_stack_and_in_it_only_its_own(project: Path) -> None:
    stacks = project / "cdktf.out/stacks"
    assert {each.name for each in stacks.iterdir()} == set(ACCOUNTS)
    keys = set()
    for name, account in ACCOUNTS.items():
        text = (stacks / name / "cdk.tf.json").read_text()
        assert set(re.findall(r"1000000\d{5}", text)) == {account}
        made = json.loads(text)
        assert made["provider"]["aws"][0]["allowed_account_ids"] == [account]
        roles = made["resource"]["aws_iam_role"].values()
        assert {role["name"].split("-")[0] for role in roles} == {name}
        state = made["terraform"]["backend"]["s3"]
        keys.add((state["bucket"], state["key"]))
    assert len(keys) == len(ACCOUNTS)


def test_one_mistake_among_two_hundred_is_found_and_nothing_is_synthesized(
    project: Path, tmp_path: Path
) -> None:
    for name in ("environments", "stacks"):
        shutil.copytree(project / name, tmp_path / name)
    shutil.copy(project / "main.py", tmp_path)
    wrong = tmp_path / "environments/a137.yaml"
    wrong.write_text(wrong.read_text().replace("external_id", "externalid"))
    done = synthesize(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(
        'environments/a137.yaml, line 4: the file has no key "externalid". '
        'Did you mean "external_id"?'
    )
    assert not (tmp_path / "cdktf.out").exists()


def test_the_environment_is_named_whose_facts_a_construct_refuses(
    project: Path, tmp_path: Path
) -> None:
    for name in ("environments", "stacks"):
        shutil.copytree(project / name, tmp_path / name)
    shutil.copy(project / "main.py", tmp_path)
    wrong = tmp_path / "environments/a002.yaml"
    wrong.write_text(re.sub(r"/id/\w+", "/id/wrong", wrong.read_text()))
    done = synthesize(tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith('The environment a002: The OIDC provider "cluster": ')


def test_an_unknown_name_is_answered_in_a_line_or_two(environments: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        load_environment("a139x", environments)
    assert str(caught.value) == (
        'There is no environment "a139x". Did you mean "a139"? Known environments: '
        "a000, a001, a002, a003, a004 and 195 more."
    )


def test_two_of_two_hundred_with_one_state_are_found(environments: Path) -> None:
    copied = (environments / "a003.yaml").read_text()
    bucket = "acme-terraform-state-100000000003"
    (environments / "a003.yaml").write_text(copied + "  key: shared\n")
    other = (environments / "a150.yaml").read_text()
    other = re.sub(r"acme-terraform-state-\d+", bucket, other)
    (environments / "a150.yaml").write_text(other + "  key: shared\n")
    with pytest.raises(EnvironmentProblem, match='"a003" and "a150" keep their state in the same'):
        load_environments(environments)
