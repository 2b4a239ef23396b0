"""Tools of whoever forges responses, with and without the identity provider's key."""

import base64
import hashlib
from collections.abc import Callable
from copy import deepcopy

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from tests.local.saml.idp import ASSERTION, DSIG, NS, PROTOCOL, private_key

Element = etree._Element
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def one(root: Element, path: str) -> Element:
    found = root.find(path, NS)
    assert found is not None, path
    return found


def assertion_of(root: Element) -> Element:
    return one(root, "saml:Assertion")


def copied(element: Element) -> Element:
    copy = deepcopy(element)
    copy.tail = None
    return copy


def without_signature(element: Element) -> Element:
    copy = copied(element)
    for signature in copy.findall("ds:Signature", NS):
        copy.remove(signature)
    return copy


def evil_twin(element: Element, subject: str = "_admin") -> Element:
    """An unsigned copy with another ID that speaks of another person."""
    twin = without_signature(element)
    twin.set("ID", "_evil")
    for nested in twin.findall("saml:Assertion", NS):
        nested.set("ID", "_evil-assertion")
        for signature in nested.findall("ds:Signature", NS):
            nested.remove(signature)
    one(twin, ".//saml:NameID").text = subject
    return twin


def place_signature(element: Element, signature: Element) -> None:
    """Where the schema wants it: after the Issuer."""
    element.insert(1, signature)


def xsw1(root: Element) -> Element:
    """A forged response around the signature, the signed response inside of the signature."""
    evil = evil_twin(root)
    signature = copied(one(root, "ds:Signature"))
    signature.append(without_signature(root))
    place_signature(evil, signature)
    return evil


def xsw2(root: Element) -> Element:
    """As the first, with the signed response before its signature."""
    evil = evil_twin(root)
    evil.insert(1, without_signature(root))
    evil.insert(2, copied(one(root, "ds:Signature")))
    return evil


def xsw3(root: Element) -> Element:
    """A forged assertion before the signed one."""
    signed = assertion_of(root)
    signed.addprevious(evil_twin(signed))
    return root


def xsw4(root: Element) -> Element:
    """The signed assertion inside of a forged one."""
    signed = assertion_of(root)
    evil = evil_twin(signed)
    root.replace(signed, evil)
    evil.append(signed)
    return root


def xsw5(root: Element) -> Element:
    """The signature inside of a forged assertion, the signed one at the end."""
    signed = assertion_of(root)
    evil = evil_twin(signed)
    place_signature(evil, copied(one(signed, "ds:Signature")))
    root.replace(signed, evil)
    root.append(without_signature(signed))
    return root


def xsw6(root: Element) -> Element:
    """A forged assertion with the signature, and in that the signed assertion."""
    signed = assertion_of(root)
    evil = evil_twin(signed)
    signature = copied(one(signed, "ds:Signature"))
    signature.append(without_signature(signed))
    place_signature(evil, signature)
    root.replace(signed, evil)
    return root


def xsw7(root: Element) -> Element:
    """A forged assertion in Extensions."""
    extensions = etree.Element(f"{{{PROTOCOL}}}Extensions")
    signed = assertion_of(root)
    extensions.append(evil_twin(signed))
    one(root, "samlp:Status").addprevious(extensions)
    return root


def xsw8(root: Element) -> Element:
    """The signed assertion in an Object of the signature of a forged one."""
    signed = assertion_of(root)
    evil = evil_twin(signed)
    signature = copied(one(signed, "ds:Signature"))
    etree.SubElement(signature, f"{{{DSIG}}}Object").append(without_signature(signed))
    place_signature(evil, signature)
    root.replace(signed, evil)
    return root


WRAPPINGS = (xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8)


def resigned(
    change: Callable[[Element], None], *, where: str = "saml:Assertion", key: str = "acme"
) -> Callable[[Element], Element]:
    """Change the signature, and sign its SignedInfo anew: with the provider's own key.

    The digest is made anew for the element without its signature.
    """

    def after(root: Element) -> Element:
        element = one(root, where) if where else root
        signature = one(element, "ds:Signature")
        digest = signature.find(".//ds:DigestValue", NS)
        assert digest is not None
        digest.text = base64.b64encode(
            hashlib.sha256(canonical(without_signature(element))).digest()
        ).decode()
        change(signature)
        info, value = signature.find("ds:SignedInfo", NS), signature.find("ds:SignatureValue", NS)
        if info is not None and value is not None and value.text:
            made = private_key(key).sign(canonical(info), padding.PKCS1v15(), hashes.SHA256())
            value.text = base64.b64encode(made).decode()
        return root

    return after


def canonical(element: Element) -> bytes:
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n", exclusive=True, with_comments=False)


def saml_1(root: Element) -> Element:
    """The assertion in the namespace of SAML 1.1."""
    text = etree.tostring(root).replace(
        ASSERTION.encode(), b"urn:oasis:names:tc:SAML:1.0:assertion"
    )
    return etree.fromstring(text)
