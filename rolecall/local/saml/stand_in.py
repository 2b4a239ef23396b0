"""The embedded AWS's own identity provider: assertions for experiments, without a sign-in.

Its key is made once and kept with the state, as private as the other keys there. Its
entity ID is random, so its assertions mean nothing to any other installation; a real
account that is given its metadata would trust whoever can read that state, and is warned
by the name.
"""

import base64
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from rolecall.issuers.saml_keys import ATTRIBUTES
from rolecall.issuers.saml_metadata import SamlMetadata
from rolecall.issuers.saml_sign_in import sign_in_endpoint
from rolecall.local.authorization.context import timestamp
from rolecall.local.saml import aws_attributes
from rolecall.local.saml.names import (
    ASSERTION,
    AWS,
    BEARER,
    PROTOCOL,
    SIGNATURE,
    SUCCESS,
    ds,
    saml,
    samlp,
)

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

PREFIX = "urn:rolecall:stand-in:"
_TABLE = "saml_stand_in"
_LIFETIME = timedelta(minutes=5)
_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
_PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"  # noqa: S105 - a name of SAML
#: What the attributes are called by the condition keys that they become.
_SHORT_NAMES = {key.lower(): name for name, key in reversed(list(ATTRIBUTES.items()))}

_making = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an assertion shall say. `seconds`: SessionDuration.

    attributes: by name, or by the condition key without `saml:` that AWS makes of it
        (`edupersonaffiliation`).
    """

    role_arn: str
    provider_arn: str
    session_name: str
    subject: str
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None
    seconds: int | None = None


def metadata(cloud: "Cloud") -> str:
    """The stand-in's metadata, for CreateSAMLProvider."""
    held = _held(cloud)
    body = "".join(held["certificate"].strip().splitlines()[1:-1])
    root = etree.Element(
        f"{{{_METADATA}}}EntityDescriptor",
        {"entityID": held["entity_id"]},
        nsmap={"md": _METADATA, "ds": SIGNATURE},
    )
    provider = _child(
        root,
        f"{{{_METADATA}}}IDPSSODescriptor",
        WantAuthnRequestsSigned="false",
        protocolSupportEnumeration=PROTOCOL,
    )
    key = _child(provider, f"{{{_METADATA}}}KeyDescriptor", use="signing")
    data = _child(_child(key, ds("KeyInfo")), ds("X509Data"))
    _child(data, ds("X509Certificate"), body)
    _child(provider, f"{{{_METADATA}}}NameIDFormat", _PERSISTENT)
    _child(
        provider,
        f"{{{_METADATA}}}SingleSignOnService",
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
        # Nobody signs in here; the name can never be somebody's (RFC 2606).
        Location="https://stand-in.rolecall.invalid/sign-in",
    )
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def is_stand_in(found: SamlMetadata, cloud: "Cloud") -> bool:
    """Whether these are the metadata of this embedded AWS's stand-in."""
    held = _held(cloud)
    own = x509.load_pem_x509_certificate(held["certificate"].encode())
    return found.entity_id == held["entity_id"] and own in found.signing_certificates


def mint(wanted: Wanted, cloud: "Cloud") -> str:
    """A signed response, base64: the value of SAMLAssertion. Good for five minutes."""
    held = _held(cloud)
    now = cloud.now()
    recipient = sign_in_endpoint("aws")
    response = etree.Element(
        samlp("Response"),
        {
            "ID": _id(),
            "Version": "2.0",
            "IssueInstant": _precise(now),
            "Destination": recipient,
        },
        nsmap={"samlp": PROTOCOL, "saml": ASSERTION},
    )
    _child(response, saml("Issuer"), held["entity_id"])
    _child(_child(response, samlp("Status")), samlp("StatusCode"), Value=SUCCESS)
    response.append(_signed(_assertion(wanted, held["entity_id"], recipient, now), held))
    return base64.b64encode(etree.tostring(response, encoding="utf-8")).decode("ascii")


def _assertion(wanted: Wanted, issuer: str, recipient: str, now: datetime) -> etree._Element:
    until = timestamp(now + _LIFETIME)
    root = etree.Element(
        saml("Assertion"),
        {"ID": _id(), "Version": "2.0", "IssueInstant": _precise(now)},
        nsmap={"saml": ASSERTION},
    )
    _child(root, saml("Issuer"), issuer)
    etree.SubElement(root, ds("Signature"), {"Id": "placeholder"}, nsmap={"ds": SIGNATURE})
    subject = _child(root, saml("Subject"))
    _child(subject, saml("NameID"), wanted.subject, Format=_PERSISTENT)
    confirmation = _child(subject, saml("SubjectConfirmation"), Method=BEARER)
    _child(confirmation, saml("SubjectConfirmationData"), NotOnOrAfter=until, Recipient=recipient)
    conditions = _child(root, saml("Conditions"), NotBefore=_precise(now), NotOnOrAfter=until)
    _child(_child(conditions, saml("AudienceRestriction")), saml("Audience"), AWS)
    statement = _child(root, saml("AuthnStatement"), AuthnInstant=_precise(now))
    _child(_child(statement, saml("AuthnContext")), saml("AuthnContextClassRef"), _PASSWORD)
    statement = _child(root, saml("AttributeStatement"))
    for name, values in _attributes(wanted):
        attribute = _child(statement, saml("Attribute"), Name=name)
        for value in values:
            _child(attribute, saml("AttributeValue"), value)
    return root


def _attributes(wanted: Wanted) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield aws_attributes.ROLE, (f"{wanted.role_arn},{wanted.provider_arn}",)
    yield aws_attributes.SESSION_NAME, (wanted.session_name,)
    if wanted.seconds is not None:
        yield aws_attributes.DURATION, (str(wanted.seconds),)
    if wanted.source_identity is not None:
        yield aws_attributes.SOURCE_IDENTITY, (wanted.source_identity,)
    for key, value in wanted.tags.items():
        yield f"{aws_attributes.TAG}{key}", (value,)
    if wanted.transitive:
        yield aws_attributes.TRANSITIVE, wanted.transitive
    for name, values in wanted.attributes.items():
        yield _SHORT_NAMES.get(name.lower(), name), values


def _signed(assertion: etree._Element, held: Mapping[str, str]) -> etree._Element:
    signer = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed: etree._Element = signer.sign(
        assertion,
        key=held["key"],
        cert=held["certificate"],
        reference_uri=assertion.get("ID"),
        id_attribute="ID",
    )
    return signed


def _held(cloud: "Cloud") -> Mapping[str, str]:
    """Entity ID, key and certificate, made when they are needed first."""
    with _making:
        held = cloud.records.get(_TABLE)
        if held is None:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            held = {
                "entity_id": PREFIX + secrets.token_hex(16),
                "key": key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ).decode(),
                "certificate": _certificate(key, cloud.real_now()),
            }
            cloud.records[_TABLE] = held
            cloud.mark_changed()
    return held


def _certificate(key: rsa.RSAPrivateKey, now: datetime) -> str:
    name = x509.Name(
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, "Rolecall stand-in identity provider")]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _child(
    parent: etree._Element, tag: str, text: str | None = None, **attributes: str
) -> etree._Element:
    child = etree.SubElement(parent, tag, attributes)
    child.text = text
    return child


def _id() -> str:
    return f"_{secrets.token_hex(20)}"


def _precise(moment: datetime) -> str:
    """With milliseconds: a second that has only begun would lie ahead of who asks at once."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
