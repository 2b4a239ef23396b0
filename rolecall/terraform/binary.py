"""Which program plans and applies: Terraform, or OpenTofu by cdktf's own switch."""

import os
from collections.abc import Mapping

#: cdktf's own variable (its page "Environment Variables"); cdktn reads it too.
SWITCH = "TERRAFORM_BINARY_NAME"


def terraform_binary(variables: Mapping[str, str] | None = None) -> str:
    """The name or path of the program: `terraform`, unless `TERRAFORM_BINARY_NAME` is set."""
    return (os.environ if variables is None else variables).get(SWITCH) or "terraform"
