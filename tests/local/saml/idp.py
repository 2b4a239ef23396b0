"""A small identity provider that signs whatever a test wants, right or wrong."""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
NS = {"samlp": PROTOCOL, "saml": ASSERTION, "ds": DSIG}
BASE = "https://aws.amazon.com/SAML/Attributes/"
SIGN_IN = "https://signin.aws.amazon.com/saml"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

Edit = Callable[[etree._Element], Any]


class AnySigner(XMLSigner):
    """A signer that does not mind SHA-1."""

    def check_deprecated_methods(self) -> None:
        pass


@lru_cache(maxsize=8)
def private_key(name: str) -> rsa.RSAPrivateKey:
    """One key a name, made once a process: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Idp:
    """`ends`: when the certificate ends, from now."""

    entity_id: str = "https://idp.acme.example/saml"
    key_name: str = "acme"
    ends: timedelta = timedelta(days=365)

    @property
    def certificate(self) -> str:
        return _certificate(self)

    def metadata(self, *more: "Idp", valid_until: datetime | None = None) -> str:
        """Metadata with the provider's certificate, and those of others."""
        keys = "".join(
            '<KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
            + "".join(each.certificate.strip().splitlines()[1:-1])
            + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
            for each in (self, *more)
        )
        until = "" if valid_until is None else f' validUntil="{stamp(valid_until)}"'
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{DSIG}" '
            f'entityID="{self.entity_id}"{until}><IDPSSODescriptor '
            f'protocolSupportEnumeration="{PROTOCOL}">{keys}<SingleSignOnService '
            'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
            'Location="https://idp.acme.example/sso"/></IDPSSODescriptor></EntityDescriptor>\n'
        )

    def response(self, said: "Said") -> etree._Element:
        """The response that `said` describes, signed as it wants."""
        root = _response(self, said)
        assertion = root.find("saml:Assertion", NS)
        if assertion is not None and said.sign in ("assertion", "both"):
            root.replace(assertion, self.signed(assertion, said.method, said.digest))
        if said.sign in ("response", "both"):
            root = self.signed(root, said.method, said.digest)
        if said.after is not None:
            changed = said.after(root)
            root = changed if isinstance(changed, etree._Element) else root
        return root

    def signed(
        self,
        element: etree._Element,
        method: SignatureMethod = SignatureMethod.RSA_SHA256,
        digest: DigestAlgorithm = DigestAlgorithm.SHA256,
        reference: str | None = None,
    ) -> etree._Element:
        """A signed copy; the signature stands after the Issuer, as the schema wants."""
        copy = etree.fromstring(etree.tostring(element, with_tail=False))
        place = etree.Element(f"{{{DSIG}}}Signature", {"Id": "placeholder"}, nsmap={"ds": DSIG})
        issuer = copy.find("saml:Issuer", NS)
        copy.insert(0 if issuer is None else copy.index(issuer) + 1, place)
        signer = AnySigner(
            signature_algorithm=method,
            digest_algorithm=digest,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        return signer.sign(
            copy,
            key=private_key(self.key_name),
            cert=self.certificate,
            reference_uri=copy.get("ID") if reference is None else reference,
            id_attribute="ID",
        )


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a response says. Moments are from now on; None leaves something out.

    before: changes the assertion before it is signed. after: changes the response when
    it is signed, in place or by returning another.
    """

    role: str
    provider: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    issuer: str | None = None
    response_issuer: str | None = None
    status: str = SUCCESS
    destination: str | None = SIGN_IN
    issued: timedelta = timedelta()
    not_before: timedelta | None = timedelta()
    not_on_or_after: timedelta | None = timedelta(minutes=5)
    confirmed_until: timedelta | None = timedelta(minutes=5)
    session_ends: timedelta | None = None
    recipient: str | None = SIGN_IN
    confirmations: int = 1
    method_of_confirmation: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    audiences: Sequence[Sequence[str]] = (("urn:amazon:webservices",),)
    subject: str | None = "_cbb88bf52c2510eabe00c1642d4643f41430fe25e3"
    subject_format: str | None = PERSISTENT
    roles: Sequence[str] | None = None
    session_name: str | None = "alice"
    duration: str | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: Sequence[str] = ()
    attributes: Sequence[tuple[str, Sequence[str]]] = ()
    sign: str = "assertion"
    method: SignatureMethod = SignatureMethod.RSA_SHA256
    digest: DigestAlgorithm = DigestAlgorithm.SHA256
    before: Edit | None = None
    after: Edit | None = None

    def but(self, **changes: Any) -> "Said":
        return replace(self, **changes)


def encoded(root: etree._Element | str | bytes) -> str:
    """The value of SAMLAssertion."""
    if isinstance(root, str):
        root = root.encode()
    if not isinstance(root, bytes):
        root = etree.tostring(root, encoding="utf-8")
    return base64.b64encode(root).decode()


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def child(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    prefix, _, local = name.partition(":")
    made = etree.SubElement(parent, f"{{{NS[prefix]}}}{local}", attributes)
    made.text = text
    return made


def _response(idp: Idp, said: Said) -> etree._Element:
    root = etree.Element(
        f"{{{PROTOCOL}}}Response",
        {"ID": f"_{secrets.token_hex(8)}", "Version": "2.0", "IssueInstant": stamp(said.now)},
        nsmap={"samlp": PROTOCOL, "saml": ASSERTION},
    )
    if said.destination is not None:
        root.set("Destination", said.destination)
    child(root, "saml:Issuer", said.response_issuer or said.issuer or idp.entity_id)
    child(child(root, "samlp:Status"), "samlp:StatusCode", Value=said.status)
    assertion = child(
        root,
        "saml:Assertion",
        ID=f"_{secrets.token_hex(8)}",
        Version="2.0",
        IssueInstant=stamp(said.now + said.issued),
    )
    child(assertion, "saml:Issuer", said.issuer or idp.entity_id)
    _subject(assertion, said)
    _conditions(assertion, said)
    statement = child(assertion, "saml:AuthnStatement", AuthnInstant=stamp(said.now))
    if said.session_ends is not None:
        statement.set("SessionNotOnOrAfter", stamp(said.now + said.session_ends))
    child(
        child(statement, "saml:AuthnContext"),
        "saml:AuthnContextClassRef",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    )
    statement = child(assertion, "saml:AttributeStatement")
    for name, values in _attributes(said):
        attribute = child(statement, "saml:Attribute", Name=name)
        for value in values:
            child(attribute, "saml:AttributeValue", value)
    if said.before is not None:
        said.before(assertion)
    return root


def _subject(assertion: etree._Element, said: Said) -> None:
    subject = child(assertion, "saml:Subject")
    if said.subject is not None:
        name = child(subject, "saml:NameID", said.subject)
        if said.subject_format is not None:
            name.set("Format", said.subject_format)
    for _ in range(said.confirmations):
        confirmation = child(
            subject, "saml:SubjectConfirmation", Method=said.method_of_confirmation
        )
        data = child(confirmation, "saml:SubjectConfirmationData")
        if said.confirmed_until is not None:
            data.set("NotOnOrAfter", stamp(said.now + said.confirmed_until))
        if said.recipient is not None:
            data.set("Recipient", said.recipient)


def _conditions(assertion: etree._Element, said: Said) -> None:
    conditions = child(assertion, "saml:Conditions")
    if said.not_before is not None:
        conditions.set("NotBefore", stamp(said.now + said.not_before))
    if said.not_on_or_after is not None:
        conditions.set("NotOnOrAfter", stamp(said.now + said.not_on_or_after))
    for audiences in said.audiences:
        restriction = child(conditions, "saml:AudienceRestriction")
        for audience in audiences:
            child(restriction, "saml:Audience", audience)


def _attributes(said: Said) -> list[tuple[str, Sequence[str]]]:
    pairs = [f"{said.role},{said.provider}"] if said.roles is None else said.roles
    found: list[tuple[str, Sequence[str]]] = [(f"{BASE}Role", pairs)]
    for name, value in (
        ("RoleSessionName", said.session_name),
        ("SessionDuration", said.duration),
        ("SourceIdentity", said.source_identity),
    ):
        if value is not None:
            found.append((f"{BASE}{name}", [value]))
    found += [(f"{BASE}PrincipalTag:{key}", [value]) for key, value in said.tags.items()]
    if said.transitive:
        found.append((f"{BASE}TransitiveTagKeys", said.transitive))
    return [*found, *said.attributes]


@lru_cache(maxsize=16)
def _certificate(idp: Idp) -> str:
    key, now = private_key(idp.key_name), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, idp.key_name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1000))
        .not_valid_after(now + idp.ends)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
