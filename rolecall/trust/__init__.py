"""Trusted entities: who may assume a role, written as values that render to statements.

Narrow by default. What would admit more than its author can have meant is refused when
it is written, with the fix in the message; the wide variants have names that show in a
review (`AnyPrincipalOf`, `AnyCallerOfService`, `RawStatement`).

Names are resolved when they are asked for (PEP 562): a stack pays for the kinds it uses.
"""

from typing import TYPE_CHECKING

from rolecall.lazy import names_of

if TYPE_CHECKING:
    from rolecall.trust.account import AnyPrincipalOf, WholeAccount
    from rolecall.trust.any_ref import AnyBranchOf, AnyJobOf, AnyTagOf
    from rolecall.trust.auth0 import Auth0
    from rolecall.trust.aws_service import (
        WITHOUT_SOURCE,
        AnyCallerOfService,
        AwsService,
        Sourceless,
    )
    from rolecall.trust.bitbucket import AnyRepositoryOfWorkspace, BitbucketPipelines
    from rolecall.trust.buildkite import AnyPipelineOf, Buildkite
    from rolecall.trust.circleci import AnyProjectOfOrganization, CircleCi
    from rolecall.trust.cognito import CognitoIdentityPool, UnauthenticatedOf
    from rolecall.trust.context import TrustContext
    from rolecall.trust.eks import AnyServiceAccountIn, EksServiceAccount
    from rolecall.trust.eks_pod_identity import AnyPodOfCluster, AnyPodOfNamespace, EksPodIdentity
    from rolecall.trust.entity import TrustedEntity
    from rolecall.trust.errors import TrustError
    from rolecall.trust.github_actions import AnyRepositoryOf, GitHubActions
    from rolecall.trust.gitlab import AnyProjectOf, GitLab
    from rolecall.trust.google import AnyGoogleAccount, Google
    from rolecall.trust.guards import Guarded
    from rolecall.trust.hcp_terraform import AnyWorkspaceOf, HcpTerraform
    from rolecall.trust.iam_roles import IamRoles
    from rolecall.trust.iam_users import IamUsers
    from rolecall.trust.keycloak import Keycloak
    from rolecall.trust.oidc import AnySubjectOf, OidcSubjects
    from rolecall.trust.providers import TrustedOidcProvider, TrustedSamlProvider
    from rolecall.trust.raw_statement import RawStatement
    from rolecall.trust.roles_anywhere import AnyCertificateOf, RolesAnywhere
    from rolecall.trust.saml import AnyUserOf, Saml
    from rolecall.trust.session_guards import SessionGuards
    from rolecall.trust.trust_policy import LARGEST_SIZE_LIMIT, trust_policy

_HOME = {
    "AnyBranchOf": "any_ref",
    "AnyCallerOfService": "aws_service",
    "AnyCertificateOf": "roles_anywhere",
    "AnyGoogleAccount": "google",
    "AnyJobOf": "any_ref",
    "AnyPipelineOf": "buildkite",
    "AnyPodOfCluster": "eks_pod_identity",
    "AnyPodOfNamespace": "eks_pod_identity",
    "AnyPrincipalOf": "account",
    "AnyProjectOf": "gitlab",
    "AnyProjectOfOrganization": "circleci",
    "AnyRepositoryOf": "github_actions",
    "AnyRepositoryOfWorkspace": "bitbucket",
    "AnyServiceAccountIn": "eks",
    "AnySubjectOf": "oidc",
    "AnyTagOf": "any_ref",
    "AnyUserOf": "saml",
    "AnyWorkspaceOf": "hcp_terraform",
    "Auth0": "auth0",
    "AwsService": "aws_service",
    "BitbucketPipelines": "bitbucket",
    "Buildkite": "buildkite",
    "CircleCi": "circleci",
    "CognitoIdentityPool": "cognito",
    "EksPodIdentity": "eks_pod_identity",
    "EksServiceAccount": "eks",
    "GitHubActions": "github_actions",
    "GitLab": "gitlab",
    "Google": "google",
    "Guarded": "guards",
    "HcpTerraform": "hcp_terraform",
    "IamRoles": "iam_roles",
    "IamUsers": "iam_users",
    "Keycloak": "keycloak",
    "LARGEST_SIZE_LIMIT": "trust_policy",
    "OidcSubjects": "oidc",
    "RawStatement": "raw_statement",
    "RolesAnywhere": "roles_anywhere",
    "Saml": "saml",
    "SessionGuards": "session_guards",
    "Sourceless": "aws_service",
    "TrustContext": "context",
    "TrustError": "errors",
    "TrustedEntity": "entity",
    "TrustedOidcProvider": "providers",
    "TrustedSamlProvider": "providers",
    "UnauthenticatedOf": "cognito",
    "WITHOUT_SOURCE": "aws_service",
    "WholeAccount": "account",
    "trust_policy": "trust_policy",
}

__all__ = [
    "LARGEST_SIZE_LIMIT",
    "WITHOUT_SOURCE",
    "AnyBranchOf",
    "AnyCallerOfService",
    "AnyCertificateOf",
    "AnyGoogleAccount",
    "AnyJobOf",
    "AnyPipelineOf",
    "AnyPodOfCluster",
    "AnyPodOfNamespace",
    "AnyPrincipalOf",
    "AnyProjectOf",
    "AnyProjectOfOrganization",
    "AnyRepositoryOf",
    "AnyRepositoryOfWorkspace",
    "AnyServiceAccountIn",
    "AnySubjectOf",
    "AnyTagOf",
    "AnyUserOf",
    "AnyWorkspaceOf",
    "Auth0",
    "AwsService",
    "BitbucketPipelines",
    "Buildkite",
    "CircleCi",
    "CognitoIdentityPool",
    "EksPodIdentity",
    "EksServiceAccount",
    "GitHubActions",
    "GitLab",
    "Google",
    "Guarded",
    "HcpTerraform",
    "IamRoles",
    "IamUsers",
    "Keycloak",
    "OidcSubjects",
    "RawStatement",
    "RolesAnywhere",
    "Saml",
    "SessionGuards",
    "Sourceless",
    "TrustContext",
    "TrustError",
    "TrustedEntity",
    "TrustedOidcProvider",
    "TrustedSamlProvider",
    "UnauthenticatedOf",
    "WholeAccount",
    "trust_policy",
]


__getattr__ = names_of(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
