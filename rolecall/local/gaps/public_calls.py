"""The calls that AWS answers without an AWS signature, outside of STS and S3.

Cognito's are for applications that have no credentials yet; CreateSession of IAM Roles
Anywhere is signed by a certificate instead.
"""

from rolecall.local import cognito, roles_anywhere
from rolecall.local.api import ApiCall


def is_public(call: ApiCall) -> bool:
    """Whether a call without an AWS signature is to be answered at all."""
    if call.service == "cognito-identity":
        return call.protocol == "json" and cognito.is_public(call.action)
    return roles_anywhere.is_create_session(call)
