"""Who may become which role, by what is synthesized: no cloud, no Terraform."""

import pytest
from rolecall.testing import TestedRole as Role
from rolecall.testing import (
    assert_admits,
    assert_denies,
    assert_only_admits,
    eks_token,
    github_token,
    role_session,
    service,
    trust_of,
)

from payments.stack import VENDOR, VENDOR_ROLE, Payments

REPOSITORY = "acme/payments"


@pytest.fixture(scope="session")
def deploy_role(stack: Payments) -> Role:
    return trust_of(stack, "deploy")


def test_the_job_of_the_environment_deploys(deploy_role: Role) -> None:
    assert_admits(deploy_role, github_token(REPOSITORY, environment="tes"))


@pytest.mark.parametrize(
    "token",
    [
        github_token(REPOSITORY, environment="prd"),
        github_token(REPOSITORY, branch="main"),
        github_token(REPOSITORY, pull_request=True),
        github_token("acme/website", environment="tes"),
        github_token(REPOSITORY, environment="tes", audience="https://github.com/acme"),
    ],
    ids=["environment", "branch", "pull request", "repository", "audience"],
)
def test_no_other_job_deploys(deploy_role: Role, token: object) -> None:
    assert_denies(deploy_role, token)


def test_the_vendor_comes_with_the_external_id_only(stack: Payments) -> None:
    vendor = trust_of(stack, "vendor")
    known = stack.environment.external_id
    assert_admits(vendor, role_session(VENDOR_ROLE, account=VENDOR, external_id=known))
    assert_denies(vendor, role_session(VENDOR_ROLE, account=VENDOR), because="sts:ExternalId")
    assert_denies(vendor, role_session("intern", account=VENDOR, external_id=known))


def test_nobody_else_gets_in_anywhere(stack: Payments) -> None:
    """Each role with those who are meant, against whatever rolecall.testing makes up."""
    own, cluster = stack.environment.account_id, stack.environment.issuers["eks"]
    meant = {
        "deploy": github_token(REPOSITORY, environment="tes"),
        "api": eks_token(cluster, "payments", "api"),
        "settle": service("lambda"),
        "refund": role_session("tes-api", account=own),
        "vendor": role_session(
            VENDOR_ROLE, account=VENDOR, external_id=stack.environment.external_id
        ),
    }
    for name, caller in meant.items():
        assert_only_admits(trust_of(stack, name), [caller])
