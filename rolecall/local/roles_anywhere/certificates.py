"""Certificates: which may be an authority, and whether one vouches for another.

Source: "The IAM Roles Anywhere trust model", user guide, for what each must have; RFC
5280. What is not judged here (name constraints, policies) is refused, not passed over.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID

from rolecall.local.roles_anywhere.errors import invalid

#: Longest chain between a certificate and its trust anchor (user guide: five).
MOST_BETWEEN = 5
_MOST_AUTHORITIES = 10
_SMALLEST_RSA = 2048
_STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    }
)

_Kind = TypeVar("_Kind", bound=x509.ExtensionType)


#: How reading a part of a certificate fails; some parts are read only when they are asked for.
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


class Untrusted(Exception):
    """Why a certificate is not trusted, for the developer."""


def read(der: bytes) -> x509.Certificate:
    """A certificate of which every part can be read.

    Anybody may send one, so what is broken in it must be found here, not where it is used.

    Raises:
        ValueError: a part is broken, or of a kind that is not known.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        _read_all(certificate)
    except _UNREADABLE:
        raise ValueError("the certificate cannot be read") from None
    return certificate


def _read_all(certificate: x509.Certificate) -> None:
    certificate.public_key()
    _ = (
        certificate.subject,
        certificate.issuer,
        certificate.extensions,
        certificate.signature_hash_algorithm,
    )


def authorities(pem: str) -> list[x509.Certificate]:
    """The certificates of a trust anchor's bundle.

    Raises:
        AwsError: ValidationException if one of them cannot be an authority.
    """
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
        for certificate in found:
            _read_all(certificate)
    except _UNREADABLE:
        raise invalid("The certificate bundle cannot be read; it must be in PEM format.") from None
    if not 1 <= len(found) <= _MOST_AUTHORITIES:
        raise invalid(f"A certificate bundle has 1 to {_MOST_AUTHORITIES} certificates.")
    for certificate in found:
        try:
            _check_authority(certificate, below=0)
        except Untrusted as error:
            raise invalid(f"Incorrect basic constraints for CA certificate: {error}") from None
    return found


def check_chain(
    end_entity: x509.Certificate,
    between: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    now: datetime,
) -> None:
    """Whether one of the `trusted` authorities vouches for a certificate.

    Raises:
        Untrusted: none does, or a certificate on the way is not as it must be.
    """
    if len(between) > MOST_BETWEEN:
        raise Untrusted(f"the chain has more than {MOST_BETWEEN} certificates")
    check_end_entity(end_entity, now)
    current, left, depth = end_entity, list(between), 0
    while True:
        if any(_vouches(authority, current, depth, now) for authority in trusted):
            return
        following = next((each for each in left if _vouches(each, current, depth, now)), None)
        if following is None:
            raise Untrusted("no valid chain leads from the certificate to the trust anchor")
        left.remove(following)
        current, depth = following, depth + 1


def check_end_entity(certificate: x509.Certificate, now: datetime) -> None:
    """Whether a certificate may sign for a workload.

    Raises:
        Untrusted: it may not.
    """
    _check_common(certificate)
    _check_dates(certificate, now)
    basic = _extension(certificate, x509.BasicConstraints)
    # "Basic constraints MUST include CA: false" ("The IAM Roles Anywhere trust model"); of
    # a certificate without any the page says nothing.
    if basic is None or basic.ca:
        raise Untrusted("the certificate's basic constraints do not say that it is no authority")
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        raise Untrusted("the certificate's key usage does not include Digital Signature")


def _vouches(
    authority: x509.Certificate, certificate: x509.Certificate, below: int, now: datetime
) -> bool:
    if authority.subject != certificate.issuer:
        return False
    try:
        _check_authority(authority, below)
        _check_dates(authority, now)
        certificate.verify_directly_issued_by(authority)
    except (Untrusted, InvalidSignature, *_UNREADABLE):
        return False
    return True


def _check_authority(certificate: x509.Certificate, below: int) -> None:
    """`below` is how many authorities stand between it and the end entity."""
    _check_common(certificate)
    basic = _extension(certificate, x509.BasicConstraints)
    if basic is None or not basic.ca:
        raise Untrusted("it is not the certificate of an authority (basic constraints, CA)")
    if basic.path_length is not None and below > basic.path_length:
        raise Untrusted("its path length allows no such chain")
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not usage.key_cert_sign:
        # "The key usage MUST include Certificate Sign" ("Signature validation").
        raise Untrusted("its key usage does not include Certificate Sign")


def _check_common(certificate: x509.Certificate) -> None:
    if certificate.version is not x509.Version.v3:
        raise Untrusted("it is not an X.509 certificate of version 3")
    if not isinstance(certificate.signature_hash_algorithm, _STRONG):
        raise Untrusted("it is signed with a digest weaker than SHA-256")
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _SMALLEST_RSA:
            raise Untrusted(f"its RSA key is shorter than {_SMALLEST_RSA} bits")
    elif not isinstance(key, ec.EllipticCurvePublicKey):
        raise Untrusted("its key is neither RSA nor elliptic curve")
    for extension in certificate.extensions:
        named = extension.oid == ExtensionOID.NAME_CONSTRAINTS
        if named or (extension.critical and extension.oid not in _UNDERSTOOD):
            raise Untrusted(f"it has an extension that is not judged here ({extension.oid})")


def _check_dates(certificate: x509.Certificate, now: datetime) -> None:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Untrusted("it is not valid now, by the embedded AWS's clock")


def _extension(certificate: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
