"""Terraform takes the role from `rolecall exec` and from the profile, as the SDK for Go does it."""

import os
import subprocess
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from rolecall.terraform import shell_environment
from tests.session.handover.company import Company

PROJECT = Path(__file__).parents[3]
Output = pytest.CaptureFixture[str]

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("handover")]

MODULE = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {}
data "aws_caller_identity" "me" {}
output "arn" { value = data.aws_caller_identity.me.arn }
"""
PLAN = ["terraform", "plan", "-no-color", "-input=false", "-lock=false"]


def test_terraform_works_as_the_role(
    company: Company, project: Path, monkeypatch: pytest.MonkeyPatch, capfd: Output
) -> None:
    variables = {"CHECKPOINT_DISABLE": "1", **shell_environment(PROJECT / ".rolecall")}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    keys = "".join(f"{name.lower()} = {value}\n" for name, value in company.keys.items())
    (project / ".aws").mkdir()
    (project / ".aws/credentials").write_text(f"[default]\n{keys}[administrator]\n{keys}")
    (project / "main.tf").write_text(MODULE)
    subprocess.run(["terraform", "init", "-no-color"], check=True)

    assert main(["exec", "tes", "deployer", "--", *PLAN]) == Exit.OK
    assert '+ arn = "arn:aws:sts::' in (out := capfd.readouterr().out)
    assert ":assumed-role/tes-deployer/" in out, "and not the default profile's user"

    assert main(["profile", "tes", "deployer", "--profile", "administrator"]) == Exit.OK
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    subprocess.run(PLAN, env={**clean, "AWS_PROFILE": "tes-repository"}, check=True)
    assert ":assumed-role/tes-deployer/" in capfd.readouterr().out
