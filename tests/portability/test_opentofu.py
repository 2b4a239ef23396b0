"""OpenTofu by cdktf's own switch, held by a stand-in: the program itself is not at hand here.

What is ours in it: which program `rolecall recover` runs, and that the copy of the AWS provider
on this machine is found under the name OpenTofu knows it by.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rolecall.cli import recover
from rolecall.problems import Exit, Problem
from rolecall.terraform import find_mirror, prepare, terraform_binary
from rolecall.terraform.mirror import (
    PROVIDER,
    PROVIDER_OF_OPENTOFU,
    PROVIDER_VERSION,
    _platform,
    link_for_opentofu,
)


def test_terraform_unless_the_variable_names_another() -> None:
    assert terraform_binary({}) == "terraform"
    assert terraform_binary({"TERRAFORM_BINARY_NAME": ""}) == "terraform"
    assert terraform_binary({"TERRAFORM_BINARY_NAME": "tofu"}) == "tofu"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A program that says how it was called; `terraform` is not on the PATH."""
    program = tmp_path / "bin/tofu"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = fail ] && exit 1\necho "tofu $*"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setattr(recover, "shell_environment", dict)
    return program.name


def test_recover_runs_the_program_that_the_variable_names(
    stand_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", stand_in)
    tofu = recover._terraform_in(tmp_path)
    assert tofu("state", "pull") == "tofu state pull\n"
    with pytest.raises(Problem, match=r"^tofu fail failed"):
        tofu("fail")


@pytest.mark.parametrize("missing", ["", "tofu-of-next-year"])
@pytest.mark.usefixtures("stand_in")
def test_a_missing_program_is_named(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", missing)
    with pytest.raises(Problem, match=f"^{missing or 'terraform'} is not on the PATH") as caught:
        recover._terraform_in(tmp_path)("init")
    assert caught.value.exit_code == Exit.MISSING_COMPONENT


def test_the_copy_of_the_provider_bears_both_names(tmp_path: Path) -> None:
    versions = tmp_path / "mirror" / PROVIDER / PROVIDER_VERSION
    unpacked = versions / _platform() / "terraform-provider-aws"
    unpacked.parent.mkdir(parents=True)
    unpacked.touch()
    packed = f"terraform-provider-aws_{PROVIDER_VERSION}_plan9_mips.zip"
    (tmp_path / "mirror" / PROVIDER / packed).touch()
    folder = tmp_path / "linked"
    for _ in range(2):  # again is no trouble
        link_for_opentofu(tmp_path / "mirror", folder)
        linked = folder / PROVIDER_OF_OPENTOFU
        assert (linked / PROVIDER_VERSION / _platform() / unpacked.name).is_file()
        assert (linked / packed).is_file()
    # The mirror has moved.
    (tmp_path / "mirror").rename(tmp_path / "moved")
    link_for_opentofu(tmp_path / "moved", folder)
    assert (linked / PROVIDER_VERSION / _platform() / unpacked.name).is_file()


def test_the_configuration_names_both(tmp_path: Path) -> None:
    decided = prepare(tmp_path, variables={}, reachable=lambda: False, mirror=lambda: tmp_path)
    text = Path(decided["TF_CLI_CONFIG_FILE"]).read_text()
    for provider in (PROVIDER, PROVIDER_OF_OPENTOFU):
        assert f"include = [{json.dumps(provider)}]" in text
    assert f"exclude = {json.dumps([PROVIDER, PROVIDER_OF_OPENTOFU])}" in text


@pytest.mark.terraform
def test_the_provider_is_installed_under_the_name_that_opentofu_knows(tmp_path: Path) -> None:
    """Terraform reads the same configuration, and takes OpenTofu's name when it is spelt out."""
    mirror = find_mirror()
    if mirror is None or shutil.which("terraform") is None:
        pytest.skip("there is no terraform, or no copy of the provider")
    decided = prepare(tmp_path, variables={}, reachable=lambda: False, mirror=lambda: mirror)
    stack = tmp_path / "stack"
    stack.mkdir()
    wanted = {"source": PROVIDER_OF_OPENTOFU, "version": PROVIDER_VERSION}
    document = {"terraform": {"required_providers": {"aws": wanted}}}
    (stack / "cdk.tf.json").write_text(json.dumps(document))
    done = subprocess.run(
        ["terraform", "init", "-no-color", "-input=false"],
        cwd=stack,
        env={**os.environ, **decided},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert f'provider "{PROVIDER_OF_OPENTOFU}"' in (stack / ".terraform.lock.hcl").read_text()
