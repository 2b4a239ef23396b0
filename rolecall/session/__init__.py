"""Becoming a role: temporary credentials from STS, and what they stand for."""

from rolecall.session.assume import AssumedRole, AssumeRoleRequest, assume_role
from rolecall.session.caller_identity import CallerIdentity, caller_identity
from rolecall.session.sts import sts_client

__all__ = [
    "AssumeRoleRequest",
    "AssumedRole",
    "CallerIdentity",
    "assume_role",
    "caller_identity",
    "sts_client",
]
