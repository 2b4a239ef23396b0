"""Becoming a role: temporary credentials from STS, and what they stand for.

Names are loaded when they are used: what a role of the project is called needs no boto3.
"""

from typing import TYPE_CHECKING

from rolecall.lazy import names_of

if TYPE_CHECKING:
    from rolecall.session.assume import AssumeRoleRequest, assume_role
    from rolecall.session.assumed_role import AssumedRole, RoleRequest, become
    from rolecall.session.github_token import GitHubToken
    from rolecall.session.identity import CallerIdentity, caller_identity
    from rolecall.session.mfa import Mfa
    from rolecall.session.narrowing import Narrowing
    from rolecall.session.pod import PodIdentity, pod_identity
    from rolecall.session.saml import SamlRequest, assume_role_with_saml
    from rolecall.session.saml_assertion import AssertionFile, AssertionFromStdin
    from rolecall.session.sts import sts_client, unsigned_sts_client
    from rolecall.session.tokens import TokenFile
    from rolecall.session.web_identity import WebIdentityRequest, assume_role_with_web_identity

_HOMES = {
    "AssertionFile": "saml_assertion",
    "AssertionFromStdin": "saml_assertion",
    "AssumeRoleRequest": "assume",
    "AssumedRole": "assumed_role",
    "CallerIdentity": "identity",
    "GitHubToken": "github_token",
    "Mfa": "mfa",
    "Narrowing": "narrowing",
    "PodIdentity": "pod",
    "RoleRequest": "assumed_role",
    "SamlRequest": "saml",
    "TokenFile": "tokens",
    "WebIdentityRequest": "web_identity",
    "assume_role": "assume",
    "assume_role_with_saml": "saml",
    "assume_role_with_web_identity": "web_identity",
    "become": "assumed_role",
    "caller_identity": "identity",
    "pod_identity": "pod",
    "sts_client": "sts",
    "unsigned_sts_client": "sts",
}

__all__ = [
    "AssertionFile",
    "AssertionFromStdin",
    "AssumeRoleRequest",
    "AssumedRole",
    "CallerIdentity",
    "GitHubToken",
    "Mfa",
    "Narrowing",
    "PodIdentity",
    "RoleRequest",
    "SamlRequest",
    "TokenFile",
    "WebIdentityRequest",
    "assume_role",
    "assume_role_with_saml",
    "assume_role_with_web_identity",
    "become",
    "caller_identity",
    "pod_identity",
    "sts_client",
    "unsigned_sts_client",
]

__getattr__ = names_of(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
