"""A SAML identity provider's metadata, as far as IAM reads it.

Source: "Create a SAML identity provider in IAM" (IAM User Guide), CreateSAMLProvider
(IAM API Reference), "Metadata for the OASIS SAML V2.0".
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from lxml import etree

from rolecall.issuers.saml_xml import SamlXmlProblem, read_xml
from rolecall.issuers.weak_keys import weakness
from rolecall.problems import Problem

SHORTEST, LONGEST = 1000, 10_000_000
"""The characters a document may have: SAMLMetadataDocument of CreateSAMLProvider."""

SMALLEST_KEY = 1024
LONGEST_ENTITY_ID = 1024

_WHAT = "The SAML metadata"
_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_TIME = re.compile(
    r"(?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,12})?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)


class SamlMetadataProblem(Problem):
    """A metadata document that IAM would refuse, or whose meaning is in doubt."""


@dataclass(frozen=True)
class SamlMetadata:
    """What counts of a metadata document.

    entity_id: the `Issuer` of the provider's assertions.
    signing_certificates: those whose keys may sign them, each once, in order.
    sso_urls: where users sign in.
    valid_until: when the document ends by its own word, aware, if it says so.
    """

    entity_id: str
    signing_certificates: tuple[x509.Certificate, ...]
    sso_urls: tuple[str, ...]
    valid_until: datetime | None = None


def read_saml_metadata(text: str | bytes) -> SamlMetadata:
    """Read the metadata of one identity provider.

    Raises `SamlMetadataProblem`: fewer than 1,000 or more than 10,000,000 characters,
    XML with a DTD or not in UTF-8, no or several identity providers, no signing
    certificate, one that IAM refuses (no RSA key of 1,024 bits, repeated extensions).

    A certificate that has expired is no problem: IAM goes on using it, as SAML's Metadata
    Interoperability Profile has it (see `expired_certificates`).
    """
    if not isinstance(text, str | bytes):
        raise SamlMetadataProblem(f"{_WHAT} is {type(text).__name__}; give its text.")
    _check_size(text)
    try:
        root = read_xml(text, what=_WHAT)
    except SamlXmlProblem as problem:
        raise SamlMetadataProblem(str(problem)) from None
    if root.tag == f"{_MD}EntitiesDescriptor":
        # No page of AWS says what it makes of a list of entities.
        raise SamlMetadataProblem(
            f"{_WHAT} is a list of entities (EntitiesDescriptor); give the EntityDescriptor of "
            "your identity provider alone."
        )
    if root.tag != f"{_MD}EntityDescriptor":
        raise SamlMetadataProblem(
            f"{_WHAT} is no EntityDescriptor of SAML 2.0; export the metadata of your identity "
            "provider."
        )
    entity_id = root.get("entityID", "")
    if not 1 <= len(entity_id) <= LONGEST_ENTITY_ID or entity_id != entity_id.strip():
        raise SamlMetadataProblem(
            f"{_WHAT} has no entityID of 1 to {LONGEST_ENTITY_ID} characters; without it no "
            "assertion can be told to be the provider's."
        )
    role = _identity_provider(root)
    ends = [found for element in (root, role) if (found := _valid_until(element))]
    return SamlMetadata(
        entity_id=entity_id,
        signing_certificates=_signing_certificates(role),
        sso_urls=_sso_urls(role),
        valid_until=min(ends, default=None),
    )


def expired_certificates(metadata: SamlMetadata, now: datetime) -> tuple[datetime, ...]:
    """The ends of those signing certificates that have ended; worth a warning.

    `now` is aware.
    """
    ends = (found.not_valid_after_utc for found in metadata.signing_certificates)
    return tuple(sorted(end for end in ends if end <= now))


def _check_size(text: str | bytes) -> None:
    # Characters are counted; of bytes there are at least as many, and at most four times.
    size = len(text)
    if isinstance(text, bytes) and size <= 4 * LONGEST:
        size = len(text.decode("utf-8", "replace"))
    if not SHORTEST <= size <= LONGEST:
        raise SamlMetadataProblem(
            f"{_WHAT} has {size} characters, and IAM takes {SHORTEST} to {LONGEST}; export it "
            "from your identity provider again."
        )


def _identity_provider(root: etree._Element) -> etree._Element:
    found = [
        role
        for role in root.findall(f"{_MD}IDPSSODescriptor")
        if _PROTOCOL in role.get("protocolSupportEnumeration", "").split()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise SamlMetadataProblem(
            f"{_WHAT} describes {len(found)} identity providers (IDPSSODescriptor); keep one."
        )
    raise SamlMetadataProblem(
        f"{_WHAT} describes no identity provider (IDPSSODescriptor for {_PROTOCOL}); export the "
        "metadata of the identity provider, not of the service provider."
    )


def _valid_until(element: etree._Element) -> datetime | None:
    text = element.get("validUntil")
    if text is None:
        return None
    found = _TIME.fullmatch(text.strip())
    if found:
        zone = found["zone"] or "Z"  # SAML's times are UTC ("Assertions and Protocols", 1.3.3)
        try:
            moment = datetime.fromisoformat(found["moment"] + ("+00:00" if zone == "Z" else zone))
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise SamlMetadataProblem(
        f"{_WHAT} has a validUntil that is no time; it looks like 2030-01-31T12:00:00Z."
    )


def _sso_urls(role: etree._Element) -> tuple[str, ...]:
    found = [place.get("Location", "") for place in role.findall(f"{_MD}SingleSignOnService")]
    urls = tuple(dict.fromkeys(found))
    if not urls or not all(url.lower().startswith(("https://", "http://")) for url in urls):
        raise SamlMetadataProblem(
            f"{_WHAT} has no SingleSignOnService with the URL where users sign in."
        )
    return urls


def _signing_certificates(role: etree._Element) -> tuple[x509.Certificate, ...]:
    found: dict[x509.Certificate, None] = {}
    for key in role.findall(f"{_MD}KeyDescriptor"):
        # A key without `use` is for both purposes.
        if key.get("use", "signing") == "signing":
            path = f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate"
            found.update(dict.fromkeys(_certificate(each) for each in key.findall(path)))
    if not found:
        raise SamlMetadataProblem(
            f"{_WHAT} holds no signing certificate (KeyDescriptor with X509Certificate), so no "
            "assertion could be verified."
        )
    return tuple(found)


def _certificate(element: etree._Element) -> x509.Certificate:
    text = "".join("".join(str(part) for part in element.itertext()).split())
    try:
        if len(element):
            raise ValueError("elements inside a certificate")
        certificate = x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
        key = certificate.public_key()
        _ = certificate.extensions  # read here, so that repeated ones are found
    except x509.DuplicateExtension:
        raise SamlMetadataProblem(
            f"{_WHAT} holds a certificate that repeats an extension; IAM refuses it."
        ) from None
    except (
        ValueError,
        TypeError,
        binascii.Error,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    ):
        raise SamlMetadataProblem(
            f"{_WHAT} holds a signing certificate that cannot be read; it is base64 of DER."
        ) from None
    # The page asks for 1,024 bits, a number that only RSA keys reach; of other kinds of
    # keys it says nothing.
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_KEY:
        raise SamlMetadataProblem(
            f"{_WHAT} holds a signing certificate without an RSA key of at least {SMALLEST_KEY} "
            "bits; IAM refuses it."
        )
    numbers = key.public_numbers()
    if why := weakness(numbers.n, numbers.e):
        raise SamlMetadataProblem(
            f"{_WHAT} holds a signing certificate whose RSA key anybody can break: {why}; replace "
            "the key at the identity provider."
        )
    return certificate
