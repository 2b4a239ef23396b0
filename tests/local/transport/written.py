"""Requests as WSGI hands them over, written by hand and signed as of one moment: no server."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from rolecall.local.api import ApiCall, AwsError, SignedWith
from rolecall.local.http_call import parse
from rolecall.local.sigv4 import verify

#: The key of AWS's examples.
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SIGNED_AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
STAMP = "20150830T123600Z"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def environ(
    method: str = "GET",
    target: str = "/",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A WSGI request."""
    given: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": target,
        "PATH_INFO": unquote_to_bytes(target.partition("?")[0]).decode("latin-1"),
        "REMOTE_ADDR": "127.0.0.1",
    }
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        given[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    if body is not None:
        given |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return {**given, **more}


def authorization(
    service: str = "iam",
    region: str = "us-east-1",
    *,
    key_id: str = KEY_ID,
    date: str = "20150830",
    headers: str = "host;x-amz-date",
    signature: str = "0" * 64,
) -> str:
    """An Authorization header; its signature is of the right form, no more."""
    return (
        f"AWS4-HMAC-SHA256 Credential={key_id}/{date}/{region}/{service}/aws4_request, "
        f"SignedHeaders={headers}, Signature={signature}"
    )


def stated(service: str = "iam", **more: Any) -> dict[str, str]:
    """The headers of a call that says it is signed; enough to be read."""
    return {
        "Host": "localhost",
        "X-Amz-Date": STAMP,
        "Authorization": authorization(service, **more),
    }


@dataclass(frozen=True)
class Signing:
    """A client with a key, and the moment that its clock shows."""

    service: str = "iam"
    region: str = "us-east-1"
    secret: str = SECRET
    key_id: str = KEY_ID
    token: str | None = None
    stamp: str = STAMP

    def environ(
        self,
        method: str = "GET",
        target: str = "/",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        digest: str | None = None,
    ) -> dict[str, Any]:
        """A request with a signature in its header; all its headers are signed."""
        given = {"Host": "localhost", "X-Amz-Date": self.stamp, **(headers or {})}
        if self.token is not None:
            given["X-Amz-Security-Token"] = self.token
        if self.service == "s3" and digest is None:
            digest = sha256(body).hexdigest()
        if digest is not None:
            given["X-Amz-Content-SHA256"] = digest
        request = AWSRequest(method, f"http://localhost{target}", headers=given, data=body)
        request.context["timestamp"] = self.stamp
        signer = (S3SigV4Auth if self.service == "s3" else SigV4Auth)(
            Credentials(self.key_id, self.secret), self.service, self.region
        )
        text = signer.string_to_sign(request, signer.canonical_request(request))
        names = signer.signed_headers(signer.headers_to_sign(request))
        given["Authorization"] = authorization(
            self.service,
            self.region,
            key_id=self.key_id,
            date=self.stamp[:8],
            headers=names,
            signature=signer.signature(text, request),
        )
        return environ(method, target, given, body)

    def call(self, *arguments: Any, **named: Any) -> ApiCall:
        """The same, read."""
        return parse(self.environ(*arguments, **named))


def signed_differently(call: ApiCall, **changes: Any) -> ApiCall:
    """The call with another statement about its signature."""
    assert isinstance(call.signed, SignedWith)
    return replace(call, signed=replace(call.signed, **changes))


def presigned(
    service: str = "s3",
    expires: str = "60",
    headers: dict[str, str] | None = None,
) -> ApiCall:
    """A presigned call; whatever `headers` it has are signed."""
    signer_class: Any = S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth
    signer = signer_class(Credentials(KEY_ID, SECRET), service, "us-east-1", expires=expires)
    request = AWSRequest("GET", "http://localhost/bucket/key", headers=headers or {})
    request.context["timestamp"] = STAMP
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    query = f"{request.url.partition('?')[2]}&X-Amz-Signature={signer.signature(text, request)}"
    sent = {"Host": "localhost", **(headers or {})}
    return parse(environ("GET", f"/bucket/key?{query}", sent))


def check(call: ApiCall, now: datetime = SIGNED_AT) -> None:
    """Verify a call that the key of AWS's examples signed."""
    verify(call, SECRET, now)


def refusal(call: ApiCall, now: datetime = SIGNED_AT) -> tuple[str, int, str]:
    """What `verify` says of a call that it refuses: code, HTTP status and message."""
    with pytest.raises(AwsError) as error:
        verify(call, SECRET, now)
    return error.value.code, error.value.status, error.value.message
