"""The signature of CreateSession, made with the key of a certificate.

Source: "The IAM Roles Anywhere authentication signing process", user guide: Signature
Version 4, but with an asymmetric key, and the certificate in a header.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qsl, quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from rolecall.local.api import ApiCall, AwsError
from rolecall.local.roles_anywhere import certificates
from rolecall.local.roles_anywhere.errors import denied
from rolecall.local.sigv4 import CLOCK_SKEW

_AUTHORIZATION = re.compile(
    r"AWS4-X509-(?P<kind>RSA|ECDSA)-SHA256 "
    r"Credential=(?P<serial>[0-9]{1,64})/(?P<scope>(?P<date>[0-9]{8})/[a-z0-9-]{1,64}"
    r"/rolesanywhere/aws4_request), ?SignedHeaders=(?P<headers>[a-z0-9;-]{1,2000}), ?"
    r"Signature=(?P<signature>[0-9a-f]{16,4096})"
)
_SIGNED_ALWAYS = frozenset({"host", "x-amz-date", "x-amz-x509"})


@dataclass(frozen=True, slots=True)
class Presented:
    """The certificate that signed a call, and those that it brought along."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def verify(call: ApiCall, now: datetime) -> Presented:
    """Check that the certificate in the call signed it, around `now` (the real time).

    Whether the certificate is trusted is another question.

    Raises:
        AwsError: AccessDeniedException.
    """
    match = _AUTHORIZATION.fullmatch(call.headers.get("authorization", ""))
    if match is None:
        raise _wrong("the Authorization header is malformed")
    names = match["headers"].split(";")
    if names != sorted(set(names)) or not _SIGNED_ALWAYS.issubset(names):
        raise _wrong("SignedHeaders must be sorted and include host, x-amz-date and x-amz-x509")
    loose = [n for n in call.headers if n.startswith("x-amz-") and n not in names]
    if loose or any(name not in call.headers for name in names):
        raise _wrong("every x-amz- header must be signed, and every signed header sent")
    _check_time(call.headers["x-amz-date"], match["date"], now)
    presented = Presented(
        _certificate(call.headers["x-amz-x509"]),
        _chain(call.headers.get("x-amz-x509-chain", "")),
    )
    if presented.certificate.serial_number != int(match["serial"]):
        raise _wrong("the serial number in the Credential is not the certificate's")
    text = _string_to_sign(call, names, match["kind"], match["scope"])
    _check(presented.certificate, match["kind"], bytes.fromhex(_even(match["signature"])), text)
    return presented


def _check(certificate: x509.Certificate, kind: str, signature: bytes, text: bytes) -> None:
    key = certificate.public_key()
    try:
        if kind == "RSA" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        elif kind == "ECDSA" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        else:
            raise _wrong("the certificate has a key of another kind than the algorithm")
    except InvalidSignature:
        raise _wrong("the certificate's key did not sign this request") from None


def _string_to_sign(call: ApiCall, names: list[str], kind: str, scope: str) -> bytes:
    headers = "".join(f"{name}:{' '.join(call.headers[name].split())}\n" for name in names)
    canonical = "\n".join(
        (
            call.method,
            "/sessions",
            _canonical_query(call.query_string),
            headers,
            ";".join(names),
            sha256(call.body).hexdigest(),
        )
    )
    digest = sha256(canonical.encode("latin-1", "replace")).hexdigest()
    lines = (f"AWS4-X509-{kind}-SHA256", call.headers["x-amz-date"], scope, digest)
    return "\n".join(lines).encode("latin-1", "replace")


def _canonical_query(query: str) -> str:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise _wrong("the query has more than 100 parameters") from None
    return "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(pairs)
    )


def _check_time(date: str, scope_date: str, now: datetime) -> None:
    try:
        moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _wrong("X-Amz-Date is not in ISO 8601 basic format") from None
    if date[:8] != scope_date or abs(now - moment) > CLOCK_SKEW:
        raise _wrong("the request was not signed within the last 15 minutes")


def _certificate(text: str) -> x509.Certificate:
    try:
        return certificates.read(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise _wrong("a certificate in the headers cannot be read") from None


def _chain(text: str) -> tuple[x509.Certificate, ...]:
    parts = [part.strip() for part in text.split(",")] if text else []
    if len(parts) > certificates.MOST_BETWEEN:
        raise _wrong(f"the chain has more than {certificates.MOST_BETWEEN} certificates")
    return tuple(_certificate(part) for part in parts)


def _even(digits: str) -> str:
    if len(digits) % 2:
        raise _wrong("the signature is not in hexadecimal")
    return digits


def _wrong(reason: str) -> AwsError:
    return denied("Invalid signature.", reason)
