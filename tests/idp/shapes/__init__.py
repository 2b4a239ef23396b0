"""What tokens of well-known issuers say: every claim, in the shape that the issuer documents.

Each function returns claims; `ShapedIssuers.token` signs them as the issuer of their `iss`.
Keyword arguments of any other name replace or add claims; None leaves a claim out.
"""

from tests.idp.shapes.common import STS, Claims
from tests.idp.shapes.people import AUTH0, KEYCLOAK_REALM, auth0, keycloak, keycloak_access
from tests.idp.shapes.pipelines import (
    BUILDKITE,
    CIRCLECI_ORGANIZATION,
    HCP_TERRAFORM,
    buildkite,
    circleci,
    hcp_terraform,
)
from tests.idp.shapes.repositories import (
    BITBUCKET_WORKSPACE_UUID,
    GITHUB,
    GITLAB,
    bitbucket,
    github,
    gitlab,
)
from tests.idp.shapes.workloads import COGNITO, EKS_CLUSTER, GOOGLE, cognito, google, kubernetes

__all__ = [
    "AUTH0",
    "BITBUCKET_WORKSPACE_UUID",
    "BUILDKITE",
    "CIRCLECI_ORGANIZATION",
    "COGNITO",
    "EKS_CLUSTER",
    "GITHUB",
    "GITLAB",
    "GOOGLE",
    "HCP_TERRAFORM",
    "KEYCLOAK_REALM",
    "STS",
    "Claims",
    "auth0",
    "bitbucket",
    "buildkite",
    "circleci",
    "cognito",
    "github",
    "gitlab",
    "google",
    "hcp_terraform",
    "keycloak",
    "keycloak_access",
    "kubernetes",
]
