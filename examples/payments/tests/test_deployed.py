"""The same, deployed: Terraform, an embedded AWS, and STS over HTTP."""

import pytest
from rolecall.testing import (
    Deploy,
    DeployedStack,
    LocalAws,
    assert_admits,
    assert_denies,
    eks_token,
    github_token,
    role_session,
)

from payments.stack import VENDOR, VENDOR_ROLE, Payments


@pytest.fixture
def deployed(stack: Payments, local_aws: LocalAws, deploy: Deploy) -> DeployedStack:
    """The stack in an embedded AWS of this test alone; the vendor's role is not ours to make."""
    local_aws.workload(VENDOR_ROLE, account=VENDOR)
    return deploy(stack)


def test_who_comes_in_and_who_does_not(deployed: DeployedStack, stack: Payments) -> None:
    deploy_role = deployed.role("deploy")
    assert_admits(deploy_role, github_token("acme/payments", environment="tes"))
    assert_denies(
        deploy_role,
        github_token("acme/payments", environment="prd"),
        github_token("acme/website", environment="tes"),
    )
    cluster = stack.environment.issuers["eks"]
    assert_admits(deployed.role("api"), eks_token(cluster, "payments", "api"))
    assert_denies(deployed.role("api"), eks_token(cluster, "default", "api"))
    known = stack.environment.external_id
    assert_admits(
        deployed.role("vendor"), role_session(VENDOR_ROLE, account=VENDOR, external_id=known)
    )
    assert_denies(deployed.role("vendor"), role_session(VENDOR_ROLE, account=VENDOR))
