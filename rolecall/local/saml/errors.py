"""AWS's refusals of SAML assertions. Reasons tell what is wrong, never what was signed.

Messages as recorded from AWS; where only "Troubleshoot SAML federation with IAM" or
nobody quotes one, the file that raises it says so.
"""

from rolecall.local.api import AwsError


def invalid_token(message: str, reason: str = "") -> AwsError:
    """InvalidIdentityToken, HTTP 400."""
    return AwsError("InvalidIdentityToken", message, 400, reason)


def bad_signature(reason: str) -> AwsError:
    """What AWS answers when the signature is missing, wrong, or not one it takes."""
    return invalid_token("Response signature invalid", reason)


def unreadable(reason: str) -> AwsError:
    """What AWS answers for a value of SAMLAssertion that is no response of SAML 2.0."""
    return invalid_token("Invalid base64 SAMLResponse", reason)


def expired(message: str, reason: str = "") -> AwsError:
    """ExpiredTokenException, HTTP 400."""
    return AwsError("ExpiredTokenException", message, 400, reason)
