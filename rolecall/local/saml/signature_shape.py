"""What a signature must look like before anything is computed from it.

XML Signature is a language: transforms may run XPath or XSLT, references may lead
anywhere, an HMAC may be truncated or keyed with a public certificate. SAML needs one
sentence of it ("Assertions and Protocols for SAML V2.0", 5.4): one reference to the
element that holds the signature, the enveloped-signature transform, exclusive
canonicalization. Everything else is refused here, by a list of what is allowed.
"""

from collections.abc import Mapping

from lxml import etree

from rolecall.local.saml.errors import bad_signature
from rolecall.local.saml.names import EXCLUSIVE, SIGNATURE, ds

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_XMLENC = "http://www.w3.org/2001/04/xmlenc#"
_ENVELOPED = f"{SIGNATURE}enveloped-signature"
#: With comments or without is the same here: a message with comments is refused before.
_CANONICAL = frozenset({EXCLUSIVE, f"{EXCLUSIVE}WithComments"})
#: RSA with SHA-2. AWS does not document which algorithms it takes. SHA-1 is left out
#: although AWS may take it: collisions are cheap ("SHA-1 is a Shambles"), and NIST
#: SP 800-131A disallows it for signatures. ECDSA is left out because the page "Create a
#: SAML identity provider in IAM" speaks of keys in sizes that only RSA has.
METHODS = frozenset(f"{_MORE}rsa-sha{bits}" for bits in (256, 384, 512))
DIGESTS = frozenset({f"{_XMLENC}sha256", f"{_MORE}sha384", f"{_XMLENC}sha512"})

#: Element, the attributes that it may have, and its children in order.
_SIGNED_INFO = ("CanonicalizationMethod", "SignatureMethod", "Reference")
_REFERENCE = ("Transforms", "DigestMethod", "DigestValue")
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "Signature": frozenset({"Id"}),
    "SignedInfo": frozenset({"Id"}),
    "CanonicalizationMethod": frozenset({"Algorithm"}),
    "SignatureMethod": frozenset({"Algorithm"}),
    "Reference": frozenset({"Id", "URI"}),
    "Transforms": frozenset(),
    "Transform": frozenset({"Algorithm"}),
    "DigestMethod": frozenset({"Algorithm"}),
    "DigestValue": frozenset(),
    "SignatureValue": frozenset({"Id"}),
}


def check_shape(signature: etree._Element, signed: etree._Element) -> None:
    """Refuse a signature that is not the plain one of `signed`, the element that holds it.

    Raises:
        AwsError: InvalidIdentityToken, `Response signature invalid`.
    """
    children = _children(signature, "Signature")
    names = [each.tag for each in children]
    if names[:2] != [ds("SignedInfo"), ds("SignatureValue")] or names[2:] not in (
        [],
        [ds("KeyInfo")],
    ):
        raise bad_signature("a signature holds SignedInfo, SignatureValue and KeyInfo, each once")
    _leaf(children[1], "SignatureValue")
    info = _exactly(children[0], "SignedInfo", _SIGNED_INFO)
    _canonicalization(info[0], "CanonicalizationMethod")
    _algorithm(info[1], "SignatureMethod", METHODS)
    reference = _exactly(info[2], "Reference", _REFERENCE)
    if info[2].get("URI") != f"#{signed.get('ID', '')}":
        raise bad_signature("the signature does not refer to the element that holds it")
    transforms = _exactly(reference[0], "Transforms", ("Transform", "Transform"))
    _algorithm(transforms[0], "Transform", frozenset({_ENVELOPED}))
    _canonicalization(transforms[1], "Transform")
    _algorithm(reference[1], "DigestMethod", DIGESTS)
    _leaf(reference[2], "DigestValue")


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    if not set(element.attrib) <= _ATTRIBUTES[name]:
        raise bad_signature(f"{name} has an attribute that does not belong there")
    if (element.text or "").strip() or any((each.tail or "").strip() for each in element):
        raise bad_signature(f"{name} holds text")
    return list(element)


def _exactly(element: etree._Element, name: str, wanted: tuple[str, ...]) -> list[etree._Element]:
    children = _children(element, name)
    if [each.tag for each in children] != [ds(each) for each in wanted]:
        raise bad_signature(f"{name} holds {', '.join(wanted)}, and nothing else")
    return children


def _algorithm(element: etree._Element, name: str, allowed: frozenset[str]) -> None:
    if _children(element, name):
        raise bad_signature(f"{name} has parameters")
    if element.get("Algorithm") not in allowed:
        raise bad_signature(f"the algorithm of {name} is not allowed")


def _canonicalization(element: etree._Element, name: str) -> None:
    children = _children(element, name)
    if element.get("Algorithm") not in _CANONICAL:
        raise bad_signature(f"the algorithm of {name} is not exclusive canonicalization")
    prefixes = f"{{{EXCLUSIVE}}}InclusiveNamespaces"
    for child in children:
        if child.tag != prefixes or len(child) or set(child.attrib) != {"PrefixList"}:
            raise bad_signature(f"{name} has parameters")
    if len(children) > 1:
        raise bad_signature(f"{name} has parameters")


def _leaf(element: etree._Element, name: str) -> None:
    if len(element) or not set(element.attrib) <= _ATTRIBUTES[name]:
        raise bad_signature(f"{name} holds more than text")
