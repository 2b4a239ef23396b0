"""Jobs and runs of HCP Terraform, CircleCI and Buildkite."""

from matrix.repositories import provider
from matrix.roles import role
from rolecall.issuers import BUILDKITE, CIRCLECI, HCP_TERRAFORM
from rolecall.trust import (
    AnyBranchOf,
    AnyJobOf,
    AnyPipelineOf,
    AnyProjectOfOrganization,
    AnyTagOf,
    AnyWorkspaceOf,
    Buildkite,
    CircleCi,
    HcpTerraform,
)
from rolecall_cdktf import EnvironmentStack

ORGANIZATION = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
PROJECT = "0f2cbb6a-5c4d-4b7f-9d3e-8a1b2c3d4e5f"
USER = "c1b2a3d4-6e5f-4a7b-8c9d-0e1f2a3b4c5d"


def add_pipelines(stack: EnvironmentStack) -> None:
    """Add them."""
    hcp = provider(stack, "hcp", HCP_TERRAFORM)
    role(stack, "hcp-workspace", HcpTerraform(hcp, "acme", "platform", "network"))
    role(stack, "hcp-apply", HcpTerraform(hcp, "acme", "platform", "network", run_phase="apply"))
    role(stack, "hcp-any-of-project", AnyWorkspaceOf(hcp, "acme", "platform"))
    role(stack, "hcp-any-of-organization", AnyWorkspaceOf(hcp, "acme"))

    circleci = provider(stack, "circleci", CIRCLECI(ORGANIZATION))
    role(stack, "circleci", CircleCi(circleci, PROJECT))
    role(stack, "circleci-user", CircleCi(circleci, PROJECT, user=USER))
    role(stack, "circleci-any-project", AnyProjectOfOrganization(circleci))

    buildkite = provider(stack, "buildkite", BUILDKITE)
    role(stack, "buildkite-branch", Buildkite(buildkite, "acme", "infra", branch="main"))
    role(stack, "buildkite-tag", Buildkite(buildkite, "acme", "infra", tag="v1.0"))
    role(stack, "buildkite-any-branch", AnyBranchOf(buildkite, "acme/infra"))
    role(stack, "buildkite-any-tag", AnyTagOf(buildkite, "acme/infra"))
    role(stack, "buildkite-any-job", AnyJobOf(buildkite, "acme/infra"))
    role(stack, "buildkite-any-pipeline", AnyPipelineOf(buildkite, "acme"))
