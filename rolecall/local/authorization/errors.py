"""A refusal with the code and status of the service that was called."""

from rolecall.local.api import ApiCall, AwsError

_JSON = {
    "AccessDenied": "AccessDeniedException",
    "InvalidClientTokenId": "UnrecognizedClientException",
}


def in_protocol(error: AwsError, call: ApiCall) -> AwsError:
    """Translate AccessDenied into what the service's protocol has for it."""
    code, message, status = error.code, error.message, error.status
    if call.service == "s3" and code == "AccessDenied":
        message = "Access Denied"
    elif call.protocol == "ec2" and code == "AccessDenied":
        code = "UnauthorizedOperation"
        message = f"You are not authorized to perform this operation. {message}"
    elif call.protocol in ("json", "rest-json") and code in _JSON:
        code = _JSON[code]
        status = 400 if call.protocol == "json" else 403
    return AwsError(code, message, status, error.reason)
