"""Trusted entities: who may assume a role, written as values that render to statements.

Narrow by default. What would admit more than its author can have meant is refused when
it is written, with the fix in the message; the wide variants have names that show in a
review (`AnyPrincipalOf`, `AnyCallerOfService`).
"""

from rolecall.trust.account import AnyPrincipalOf, WholeAccount
from rolecall.trust.aws_service import WITHOUT_SOURCE, AnyCallerOfService, AwsService, Sourceless
from rolecall.trust.context import TrustContext
from rolecall.trust.entity import TrustedEntity
from rolecall.trust.errors import TrustError
from rolecall.trust.guards import Guarded
from rolecall.trust.iam_roles import IamRoles
from rolecall.trust.iam_users import IamUsers
from rolecall.trust.trust_policy import LARGEST_SIZE_LIMIT, trust_policy

__all__ = [
    "LARGEST_SIZE_LIMIT",
    "WITHOUT_SOURCE",
    "AnyCallerOfService",
    "AnyPrincipalOf",
    "AwsService",
    "Guarded",
    "IamRoles",
    "IamUsers",
    "Sourceless",
    "TrustContext",
    "TrustError",
    "TrustedEntity",
    "WholeAccount",
    "trust_policy",
]
