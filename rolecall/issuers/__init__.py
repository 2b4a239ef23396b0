"""What is known of OIDC issuers and SAML sign-in endpoints, as data; and SAML metadata."""

from rolecall.issuers.claim_keys import oidc_context, session_context
from rolecall.issuers.issuer import OidcIssuer
from rolecall.issuers.known import (
    BITBUCKET,
    BUILDKITE,
    CIRCLECI,
    COGNITO,
    GITHUB_ACTIONS,
    GITLAB_COM,
    GOOGLE,
    HCP_TERRAFORM,
    auth0,
    cognito,
    eks,
    github_data_residency,
    github_enterprise,
    github_enterprise_server,
    gitlab,
    hcp_terraform,
    keycloak,
    oidc_issuer,
)
from rolecall.issuers.problem import IssuerProblem
from rolecall.issuers.shared_check import check_shared_issuers

__all__ = [
    "BITBUCKET",
    "BUILDKITE",
    "CIRCLECI",
    "COGNITO",
    "GITHUB_ACTIONS",
    "GITLAB_COM",
    "GOOGLE",
    "HCP_TERRAFORM",
    "IssuerProblem",
    "OidcIssuer",
    "auth0",
    "check_shared_issuers",
    "cognito",
    "eks",
    "github_data_residency",
    "github_enterprise",
    "github_enterprise_server",
    "gitlab",
    "hcp_terraform",
    "keycloak",
    "oidc_context",
    "oidc_issuer",
    "session_context",
]
