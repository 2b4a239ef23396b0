"""Errors in the codes of IAM Roles Anywhere."""

from rolecall.local.api import AwsError


def not_found(message: str) -> AwsError:
    """There is no such trust anchor or profile."""
    return AwsError("ResourceNotFoundException", message, 404)


def invalid(message: str) -> AwsError:
    """A parameter is not usable."""
    return AwsError("ValidationException", message, 400)


def denied(message: str, reason: str = "") -> AwsError:
    """CreateSession does not let the certificate in."""
    return AwsError("AccessDeniedException", message, 403, reason)
