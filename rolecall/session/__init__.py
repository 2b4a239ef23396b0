"""Becoming a role: temporary credentials from STS, and what they stand for."""

from rolecall.session.assume import AssumeRoleRequest, assume_role
from rolecall.session.assumed_role import AssumedRole, RoleRequest, become
from rolecall.session.caller_identity import CallerIdentity, caller_identity
from rolecall.session.github_token import GitHubToken
from rolecall.session.mfa import Mfa
from rolecall.session.narrowing import Narrowing
from rolecall.session.pod import PodIdentity, pod_identity
from rolecall.session.saml import SamlRequest, assume_role_with_saml
from rolecall.session.saml_assertion import AssertionFile, AssertionFromStdin
from rolecall.session.sts import sts_client, unsigned_sts_client
from rolecall.session.tokens import TokenFile
from rolecall.session.web_identity import WebIdentityRequest, assume_role_with_web_identity

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
