"""Who signed a call.

Source: "Common Errors" of the service API references, and "Error responses" of the S3
API reference, for the codes.
"""

import hmac

from rolecall.local import sigv4
from rolecall.local.api import ApiCall, AwsError, Identity, SessionGrant
from rolecall.local.cloud import Cloud

#: Services whose JSON protocol has codes of its own for a failed authentication.
_JSON_CODES = {
    "InvalidClientTokenId": ("UnrecognizedClientException", 400),
    "SignatureDoesNotMatch": ("InvalidSignatureException", 400),
    "ExpiredToken": ("ExpiredTokenException", 400),
    "IncompleteSignature": ("IncompleteSignatureException", 400),
    "MissingAuthenticationToken": ("MissingAuthenticationTokenException", 400),
}


def authenticate(call: ApiCall, cloud: Cloud) -> Identity | None:
    """Return who signed a call, verified; None for a call without a signature.

    Raises:
        AwsError: the signature, key or session token is not valid.
    """
    try:
        return _authenticate(call, cloud)
    except AwsError as error:
        raise in_protocol(error, call) from None


def in_protocol(error: AwsError, call: ApiCall) -> AwsError:
    """Translate a failed authentication into the code that a JSON service has for it."""
    if call.protocol in ("json", "rest-json") and error.code in _JSON_CODES:
        code, status = _JSON_CODES[error.code]
        if call.protocol == "rest-json":
            status = 403
        return AwsError(code, error.message, status, error.reason)
    return error


def missing(call: ApiCall) -> AwsError:
    """The refusal of an unsigned call."""
    if call.service == "s3":
        return AwsError("AccessDenied", "Access Denied", 403, "The call carries no signature.")
    return in_protocol(
        AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403),
        call,
    )


def _authenticate(call: ApiCall, cloud: Cloud) -> Identity | None:
    signed = call.signed
    if signed is None:
        return None
    if signed.session_token is not None:
        return _session(call, cloud, signed.access_key_id, signed.session_token)
    key = cloud.directory.long_lived_key(signed.access_key_id)
    # A temporary key id is in no directory, so ASIA… without its token ends here too.
    if key is None:
        raise _unknown_key(call, "No access key with this id exists in the embedded AWS.")
    _check_partition(call)
    sigv4.verify(call, key.secret_access_key, cloud.real_now())
    if not key.active:
        raise _unknown_key(call, "The access key is inactive.")
    return Identity(cloud.directory.caller_of_key(key), key.access_key_id)


def _session(call: ApiCall, cloud: Cloud, access_key_id: str, token: str) -> Identity:
    grant = cloud.sealer.open(token)
    if grant is None:
        raise _bad_token(call, "The embedded AWS did not issue this session token.")
    if not hmac.compare_digest(grant.access_key_id, access_key_id):
        raise _bad_token(call, "The session token belongs to another access key.")
    _check_partition(call)
    sigv4.verify(call, grant.secret_access_key, cloud.real_now())
    _check_not_expired(call, cloud, grant)
    if not cloud.directory.session_alive(grant):
        raise _bad_token(call, "The principal that this session was issued for is gone.")
    return Identity(cloud.directory.caller_of_session(grant), grant.access_key_id, grant)


def _check_not_expired(call: ApiCall, cloud: Cloud, grant: SessionGrant) -> None:
    now = cloud.now()
    if now < grant.expires_at:
        return
    reason = f"The session expired at {grant.expires_at:%Y-%m-%dT%H:%M:%SZ}; it is now " + (
        f"{now:%Y-%m-%dT%H:%M:%SZ} in the embedded AWS."
    )
    if call.service == "s3":
        raise AwsError("ExpiredToken", "The provided token has expired.", 400, reason)
    raise AwsError(
        "ExpiredToken", "The security token included in the request is expired", 403, reason
    )


def _check_partition(call: ApiCall) -> None:
    # Keys of one partition mean nothing in another ("AWS partitions"), and the embedded
    # AWS is one of the partition `aws`.
    if call.region.startswith(("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")):
        raise _unknown_key(call, "The embedded AWS serves the partition aws only.")


def _unknown_key(call: ApiCall, reason: str) -> AwsError:
    if call.service == "s3":
        return AwsError(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            403,
            reason,
        )
    return AwsError(
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
        reason,
    )


def _bad_token(call: ApiCall, reason: str) -> AwsError:
    if call.service == "s3":
        return AwsError(
            "InvalidToken", "The provided token is malformed or otherwise invalid.", 400, reason
        )
    return _unknown_key(call, reason)
