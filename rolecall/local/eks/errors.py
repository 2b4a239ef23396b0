"""Errors in EKS's own codes."""

from rolecall.local.api import AwsError


def not_found(message: str) -> AwsError:
    """There is no such cluster, association or update."""
    return AwsError("ResourceNotFoundException", message, 404)


def invalid_parameter(message: str) -> AwsError:
    """A parameter is not usable."""
    return AwsError("InvalidParameterException", message, 400)
