"""Tests of who may assume your roles: fast by the evaluator, or real on the embedded AWS.

With pytest its fixtures (`local_aws`, `deploy`) are there by themselves. What no fixture
is for is imported from here, and loaded when it is used.
"""

from typing import TYPE_CHECKING

from rolecall.lazy import names_of

if TYPE_CHECKING:
    from rolecall.testing.assertions import saml_assertion
    from rolecall.testing.attempts import Attempt, hostile
    from rolecall.testing.callers import Caller
    from rolecall.testing.checks import assert_admits, assert_denies, assert_only_admits
    from rolecall.testing.embedded.aws import LocalAws
    from rolecall.testing.embedded.deploying import Deploy, DeployedStack
    from rolecall.testing.issued import (
        bitbucket_token,
        buildkite_token,
        circleci_token,
        cognito_token,
        eks_token,
        github_token,
        gitlab_token,
        google_token,
        hcp_terraform_token,
        oidc_token,
    )
    from rolecall.testing.roles import TestedRole
    from rolecall.testing.signed import (
        iam_user,
        pod_identity,
        role_session,
        roles_anywhere,
        root_user,
        service,
    )
    from rolecall.testing.sources import trust_of

_HOMES = {
    "Attempt": "attempts",
    "Caller": "callers",
    "Deploy": "embedded.deploying",
    "DeployedStack": "embedded.deploying",
    "LocalAws": "embedded.aws",
    "TestedRole": "roles",
    "assert_admits": "checks",
    "assert_denies": "checks",
    "assert_only_admits": "checks",
    "bitbucket_token": "issued",
    "buildkite_token": "issued",
    "circleci_token": "issued",
    "cognito_token": "issued",
    "eks_token": "issued",
    "github_token": "issued",
    "gitlab_token": "issued",
    "google_token": "issued",
    "hcp_terraform_token": "issued",
    "hostile": "attempts",
    "iam_user": "signed",
    "oidc_token": "issued",
    "pod_identity": "signed",
    "role_session": "signed",
    "roles_anywhere": "signed",
    "root_user": "signed",
    "saml_assertion": "assertions",
    "service": "signed",
    "trust_of": "sources",
}

__all__ = [
    "Attempt",
    "Caller",
    "Deploy",
    "DeployedStack",
    "LocalAws",
    "TestedRole",
    "assert_admits",
    "assert_denies",
    "assert_only_admits",
    "bitbucket_token",
    "buildkite_token",
    "circleci_token",
    "cognito_token",
    "eks_token",
    "github_token",
    "gitlab_token",
    "google_token",
    "hcp_terraform_token",
    "hostile",
    "iam_user",
    "oidc_token",
    "pod_identity",
    "role_session",
    "roles_anywhere",
    "root_user",
    "saml_assertion",
    "service",
    "trust_of",
]

__getattr__ = names_of(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
