"""The stand-in of SAML identity providers: assertions for experiments, without a sign-in.

A developer who asks for a response gets one that says what the provider itself would
say, signed with a key of the embedded AWS; from then on the embedded AWS believes that
key beside the keys of the provider's metadata. What is deployed stays as it is, and
nobody else ever trusts the key, so such a response opens nothing elsewhere.
"""

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from rolecall.issuers.saml_keys import ATTRIBUTES
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
from rolecall.local.saml.stand_in_key import held_key

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_LIFETIME = timedelta(minutes=5)
_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"  # noqa: S105 - a name of SAML
#: What the attributes are called by the condition keys that they become.
_SHORT_NAMES = {key.lower(): name for name, key in reversed(list(ATTRIBUTES.items()))}


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


def mint(wanted: Wanted, issuer: str, cloud: "Cloud") -> str:
    """A signed response, base64: the value of SAMLAssertion. Good for five minutes.

    `issuer` is the provider's entity ID; see `stand_in_for`.
    """
    held = held_key(cloud)
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
    _child(response, saml("Issuer"), issuer)
    _child(_child(response, samlp("Status")), samlp("StatusCode"), Value=SUCCESS)
    response.append(_signed(_assertion(wanted, issuer, recipient, now), held))
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
