"""Verification of AWS Signature Version 4.

The canonical request is built by botocore's own signer, so what a client signed and
what is verified here are spelled by the same code. Source: IAM User Guide, "Create a
signed AWS API request"; S3 API Reference, "Authenticating Requests".
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from botocore.auth import SigV4Auth
from botocore.compat import HTTPHeaders

from rolecall.local import streaming
from rolecall.local.api import ApiCall, AwsError, SignedWith
from rolecall.local.http_call import raw_path_of

#: How far the signer's clock may be off (AWS: 15 minutes, S3 the same).
CLOCK_SKEW = timedelta(minutes=15)
#: Longest validity of a presigned URL, in seconds (S3 API Reference: seven days).
LONGEST_PRESIGNED = 7 * 24 * 3600

_SECONDS = re.compile(r"[0-9]{1,7}")
_UNSIGNED = "UNSIGNED-PAYLOAD"
#: `x-amz-content-sha256` values of S3 that are not the digest of the body.
_S3_MARKERS = frozenset(
    {
        _UNSIGNED,
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        streaming.SIGNED,
        streaming.SIGNED_WITH_TRAILER,
    }
)


def verify(call: ApiCall, secret: str, now: datetime) -> None:
    """Check that `call` was signed with `secret`, for this request, around `now`.

    `now` is the real time, never the embedded AWS's moved clock: a client signs with
    its own clock, which nobody moved.

    Raises:
        AwsError: the signature does not match, is too old or not valid yet, or leaves
            out a header that has to be signed.
    """
    signed = call.signed
    if signed is None:
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    moment = _moment(signed)
    _check_signed_headers(call, signed)
    payload = _payload_hash(call, signed)
    expected = _signature(call, signed, secret, moment, payload)
    if not hmac.compare_digest(expected, signed.signature):
        raise _mismatch(call)
    # Time comes after the signature: only who holds the secret learns our clock.
    _check_time(call, signed, moment, now)
    if payload in (streaming.SIGNED, streaming.SIGNED_WITH_TRAILER):
        scope = f"{signed.scope_date}/{signed.region}/{signed.service}/aws4_request"
        key = signing_key(secret, signed.scope_date, signed.region, signed.service)
        stamp = moment.strftime("%Y%m%dT%H%M%SZ")
        signer = streaming.ChunkSigner(key, stamp, scope, signed.signature)
        with_trailer = payload == streaming.SIGNED_WITH_TRAILER
        streaming.decode(call.body, trailer=with_trailer, signer=signer)


def _mismatch(call: ApiCall, message: str = "") -> AwsError:
    if call.service == "s3":
        text = (
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method."
        )
    else:
        text = (
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service "
            "documentation for details."
        )
    return AwsError("SignatureDoesNotMatch", message or text, 403)


def _moment(signed: SignedWith) -> datetime:
    """Read the time of signing: ISO 8601 basic (X-Amz-Date) or an HTTP date (Date)."""
    try:
        moment = datetime.strptime(signed.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        try:
            moment = parsedate_to_datetime(signed.date)
            moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            raise AwsError(
                "IncompleteSignature", "Date must be in ISO-8601 'basic format'.", 400
            ) from None
    if moment.strftime("%Y%m%d") != signed.scope_date:
        raise AwsError(
            "SignatureDoesNotMatch",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
            "from HTTP",
            403,
        )
    return moment


def _check_signed_headers(call: ApiCall, signed: SignedWith) -> None:
    names = set(signed.signed_headers)
    if "host" not in names:
        raise _mismatch(
            call, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        )
    missing = sorted(name for name in names if name not in call.headers)
    if missing:
        raise _mismatch(call)
    # Headers x-amz-* change what a call means, so each one present must be signed.
    loose = sorted(n for n in call.headers if n.startswith("x-amz-") and n not in names)
    if signed.presigned:
        # A presigned URL carries the token in its query, and S3 clients may add a digest.
        loose = [name for name in loose if name != "x-amz-content-sha256"]
    if loose:
        raise AwsError(
            "AccessDenied" if call.service == "s3" else "SignatureDoesNotMatch",
            "There were headers present in the request which were not signed: " + ", ".join(loose),
            403,
        )


def _payload_hash(call: ApiCall, signed: SignedWith) -> str:
    if call.service != "s3":
        # Other services take no unsigned body: the digest is ours, whatever a header says.
        return sha256(call.body).hexdigest()
    claimed = call.headers.get("x-amz-content-sha256")
    if signed.presigned:
        if claimed is None or "x-amz-content-sha256" not in signed.signed_headers:
            return _UNSIGNED
    elif claimed is None:
        raise AwsError(
            "InvalidRequest", "Missing required header for this request: x-amz-content-sha256", 400
        )
    if claimed in _S3_MARKERS:
        return claimed
    # As bytes: of texts it compares ASCII only, and a header may hold anything.
    if not hmac.compare_digest(
        sha256(call.body).hexdigest().encode(), claimed.lower().encode("utf-8", "replace")
    ):
        raise AwsError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            400,
        )
    return claimed


def _check_time(call: ApiCall, signed: SignedWith, moment: datetime, now: datetime) -> None:
    if signed.presigned:
        seconds = int(signed.expires) if _SECONDS.fullmatch(signed.expires) else 0
        if not 1 <= seconds <= LONGEST_PRESIGNED:
            raise AwsError(
                "AuthorizationQueryParametersError",
                "X-Amz-Expires must be between 1 and 604800 seconds",
                400,
            )
        # Differences, because a sum could leave the calendar.
        if now - moment > timedelta(seconds=seconds):
            code = "AccessDenied" if call.service == "s3" else "SignatureDoesNotMatch"
            raise AwsError(code, "Request has expired", 403)
        if moment - now > CLOCK_SKEW:
            raise AwsError("AccessDenied", "Request is not yet valid", 403)
        return
    if abs(now - moment) <= CLOCK_SKEW:
        return
    if call.service == "s3":
        raise AwsError(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            403,
        )
    stamp, here = moment.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%dT%H%M%SZ")
    if moment < now:
        edge = (now - CLOCK_SKEW).strftime("%Y%m%dT%H%M%SZ")
        raise _mismatch(
            call, f"Signature expired: {stamp} is now earlier than {edge} ({here} - 15 min.)"
        )
    edge = (now + CLOCK_SKEW).strftime("%Y%m%dT%H%M%SZ")
    raise _mismatch(
        call, f"Signature not yet current: {stamp} is still later than {edge} ({here} + 15 min.)"
    )


@dataclass
class _Sent:
    """The few attributes of botocore's AWSRequest that its signer reads."""

    method: str
    url: str
    headers: Mapping[str, str]
    context: dict[str, Any]


class _Verifier(SigV4Auth):  # type: ignore[misc]
    """botocore's signer, made to sign what a request says was signed."""

    def __init__(self, call: ApiCall, signed: SignedWith) -> None:
        super().__init__(None, signed.service, signed.region)
        self._call = call
        self._signed = signed

    def headers_to_sign(self, request: _Sent) -> HTTPHeaders:
        chosen = HTTPHeaders()
        for name in self._signed.signed_headers:
            chosen[name] = _text(request.headers[name])
        return chosen

    def canonical_query_string(self, _request: _Sent) -> str:
        # AWS decodes and encodes again, so that clients may escape more or less than it.
        pairs = []
        for pair in self._call.query_string.split("&"):
            name, _, value = pair.partition("=")
            if pair and _plain(name) != "X-Amz-Signature":
                pairs.append((_escaped(name), _escaped(value)))
        return "&".join(f"{name}={value}" for name, value in sorted(pairs))

    def _normalize_url_path(self, _path: str) -> str:
        # Not a path that botocore finds in a URL: urlsplit leaves tabs out.
        path = raw_path_of(self._call.environ)
        if self._signed.service == "s3":
            return quote(unquote_to_bytes(path.encode("latin-1")))
        normalized: str = super()._normalize_url_path(path)
        return normalized


def _text(value: str) -> str:
    """Undo WSGI's latin-1 reading of a header that was sent as UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _plain(text: str) -> str:
    return unquote_to_bytes(text.encode("latin-1")).decode("utf-8", "replace")


def _escaped(text: str) -> str:
    return quote(unquote_to_bytes(text.encode("latin-1")), safe="")


def _signature(
    call: ApiCall, signed: SignedWith, secret: str, moment: datetime, payload: str
) -> str:
    # botocore takes the payload's digest from this header where a request has one.
    headers = {**call.headers, "X-Amz-Content-SHA256": payload}
    # Path and query are the call's: a URL made of them could be read in another way.
    sent = _Sent(
        method=call.method,
        url="http://localhost/",
        headers=headers,
        context={"timestamp": moment.strftime("%Y%m%dT%H%M%SZ")},
    )
    verifier = _Verifier(call, signed)
    text = verifier.string_to_sign(sent, verifier.canonical_request(sent))
    key = signing_key(secret, signed.scope_date, signed.region, signed.service)
    return hmac.new(key, text.encode("utf-8"), sha256).hexdigest()


@lru_cache(maxsize=256)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """Derive the signing key of a secret for one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key
