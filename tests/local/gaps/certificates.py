"""Authorities and certificates of workloads, and the signature of CreateSession."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
NAMES = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
}


@lru_cache
def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:
    """Made once: that takes longer than most of the tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def name(**parts: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NAMES[key], value) for key, value in parts.items()])


def usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in allowed for use in USES})


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key."""

    x509: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        return self.x509.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def header(self) -> str:
        return base64.b64encode(self.x509.public_bytes(serialization.Encoding.DER)).decode()


@dataclass(frozen=True)
class Authority(Certificate):
    """A certificate that vouches for others."""

    @classmethod
    @lru_cache
    def shared(cls, which: str) -> "Authority":
        return cls.make(which)

    @classmethod
    def make(
        cls, which: str, above: "Authority | None" = None, path_length: int | None = None
    ) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        subject = name(CN=which, O="Rolecall Tests")
        made = build(
            subject,
            key,
            above.x509.subject if above else subject,
            above.key if above else key,
            (x509.BasicConstraints(ca=True, path_length=path_length), True),
            (usage("key_cert_sign", "crl_sign"), True),
        )
        return cls(made, key)

    def issue(self, common_name: str = "web-1", **more: Any) -> tuple[Certificate, Any]:
        """A certificate for a workload, with an RSA key unless told otherwise."""
        key = more.get("key") or rsa_key()
        parts = more.get("subject") or {"CN": common_name, "OU": "shop"}
        extensions = more.get("extensions") or [(usage("digital_signature"), True)]
        constrained = any(isinstance(each, x509.BasicConstraints) for each, _ in extensions)
        if not constrained and more.get("leaf", True):
            extensions = [(x509.BasicConstraints(False, None), True), *extensions]
        if alternative := more.get("alternative"):
            extensions = [*extensions, (x509.SubjectAlternativeName(alternative), False)]
        subject = more.get("name") or name(**parts)
        made = build(
            subject,
            key,
            self.x509.subject,
            self.key,
            *extensions,
            days=more.get("days", (-1, 30)),
            digest=more.get("digest") or hashes.SHA256(),
        )
        return Certificate(made, key), key


def build(
    subject: x509.Name,
    key: Any,
    issuer: x509.Name,
    signer: Any,
    *extensions: tuple[Any, bool],
    days: tuple[int, int] = (-1, 3650),
    digest: Any = None,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, digest or hashes.SHA256())


def signed_headers(
    host: str,
    region: str,
    certificate: Certificate,
    body: bytes,
    *,
    chain: list[Certificate] | None = None,
    query: dict[str, str] | None = None,
    moment: datetime | None = None,
    called: str | None = None,
    only: tuple[str, ...] = (),
) -> dict[str, str]:
    """The headers of CreateSession, as AWS's credential helper makes them.

    called: the kind of the key that they name, where that is to be another than the key's.
    only: the headers that are signed, in this order, where those are not all.
    """
    date = (moment or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    kind = "RSA" if isinstance(certificate.key, rsa.RSAPrivateKey) else "ECDSA"
    headers = {
        "content-type": "application/json",
        "host": host,
        "x-amz-date": date,
        "x-amz-x509": certificate.header,
    }
    if chain:
        headers["x-amz-x509-chain"] = ",".join(each.header for each in chain)
    chosen = only or tuple(sorted(headers))
    names = ";".join(chosen)
    pairs = sorted((query or {}).items())
    canonical = "\n".join(
        (
            "POST",
            "/sessions",
            "&".join(f"{key}={quote(value, safe='-_.~')}" for key, value in pairs),
            "".join(f"{key}:{headers[key]}\n" for key in chosen),
            names,
            sha256(body).hexdigest(),
        )
    )
    algorithm = f"AWS4-X509-{called or kind}-SHA256"
    scope = f"{date[:8]}/{region}/rolesanywhere/aws4_request"
    text = "\n".join((algorithm, date, scope, sha256(canonical.encode()).hexdigest())).encode()
    if kind == "RSA":
        signature = certificate.key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = certificate.key.sign(text, ec.ECDSA(hashes.SHA256()))
    credential = f"{certificate.x509.serial_number}/{scope}"
    headers["authorization"] = (
        f"{algorithm} Credential={credential}, SignedHeaders={names}, Signature={signature.hex()}"
    )
    return headers
