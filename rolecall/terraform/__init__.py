"""Running Terraform where its registry can, or cannot, be reached.

Terraform downloads the AWS provider from its registry. Where that host cannot be
reached, a copy of the provider that is already on the machine is used instead,
through a CLI configuration file of our own (Terraform's page "CLI configuration",
section "Provider installation").
"""

from rolecall.terraform.binary import terraform_binary
from rolecall.terraform.environment import prepare, shell_environment
from rolecall.terraform.mirror import find_mirror

__all__ = ["find_mirror", "prepare", "shell_environment", "terraform_binary"]
