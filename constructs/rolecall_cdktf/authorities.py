"""The certificates of an authority, as IAM Roles Anywhere takes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from rolecall.problems import Problem
from rolecall.trust.arguments import shown
from rolecall_cdktf.written_files import read_file

# SourceData of the IAM Roles Anywhere API Reference, and "Quotas" of its User Guide.
LONGEST = 204_800
MOST_CERTIFICATES = 2
_WEAK = ("md5", "sha1")


@dataclass(frozen=True, slots=True)
class Authorities:
    """pem: the certificates and nothing else of what was written. ends: when each ends."""

    pem: str
    ends: tuple[datetime, ...]


def read_authorities(owner: str, text: object, file: object) -> Authorities:
    """One or two CA certificates, of PEM text or of a file.

    Refused as "Signature validation" of the IAM Roles Anywhere User Guide has it: not X.509v3,
    no `CA: true`, a key usage without certificate signing, a signature of MD5 or SHA-1; and a
    private key, which would end in Terraform's state. Raises `Problem`.
    """
    if file is None:
        pem = _text(owner, text)
    else:
        read = read_file(owner, "certificate_file", file, LONGEST, "ca/acme.pem")
        pem = read.decode("utf-8", "replace")
    if "PRIVATE KEY" in pem:
        raise Problem(
            f"{owner}: it holds a private key, which would lie in Terraform's state; write the "
            "certificates alone, and replace the key if others have seen it."
        )
    if len(pem) > LONGEST:
        raise Problem(f"{owner}: the certificates have {len(pem)} characters; AWS takes {LONGEST}.")
    try:
        found = x509.load_pem_x509_certificates(pem.encode("ascii", "ignore"))
        for certificate in found:
            if fault := _fault(certificate):
                subject = shown(certificate.subject.rfc4514_string())
                raise Problem(f"{owner}: the certificate of {subject} {fault}.")
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise Problem(
            f"{owner}: these are no certificates in PEM; they begin with "
            '"-----BEGIN CERTIFICATE-----".'
        ) from error
    if len(found) > MOST_CERTIFICATES:
        raise Problem(
            f"{owner}: {len(found)} certificates; AWS takes {MOST_CERTIFICATES} for a trust anchor."
        )
    return Authorities(
        pem="".join(each.public_bytes(Encoding.PEM).decode("ascii") for each in found),
        ends=tuple(_ends(found)),
    )


def _text(owner: str, text: object) -> str:
    if not isinstance(text, str):
        raise Problem(
            f"{owner}: certificates is {type(text).__name__}; write PEM text, or "
            "certificate_file=…."
        )
    return text


def _fault(certificate: x509.Certificate) -> str | None:
    extensions = certificate.extensions
    if certificate.version is not x509.Version.v3:
        return "is not X.509v3; issue it again as such"
    try:
        is_authority = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_authority = False
    if not is_authority:
        return "is not an authority's (CA: true); write the one that signs your machines'"
    try:
        signs = extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        signs = False
    if not signs:
        return "may not sign certificates (key usage Certificate Sign); AWS refuses it"
    algorithm = certificate.signature_hash_algorithm
    if algorithm is not None and algorithm.name in _WEAK:
        return f"is signed with {algorithm.name.upper()}; AWS wants SHA-256 or better"
    return None


def _ends(certificates: Iterable[x509.Certificate]) -> Iterable[datetime]:
    return (each.not_valid_after_utc for each in certificates)
