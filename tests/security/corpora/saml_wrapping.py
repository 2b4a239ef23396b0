"""Signature wrapping as a product: where the signed element goes, which ID each bears,
where the signature goes, what is signed, and how it is written.

After J. Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be": their eight
attacks (XSW1 to XSW8) are among the products.
"""

from collections.abc import Callable, Iterator
from itertools import product

from lxml import etree

from tests.local.saml.forgery import copied, evil_twin, one, place_signature
from tests.local.saml.idp import ASSERTION, DSIG, NS, PROTOCOL
from tests.security.corpora.counting import Counts, every
from tests.security.corpora.saml_judge import ADMIN, SIGNED, Element, fresh, judge, judge_signature

_XML = "{http://www.w3.org/XML/1998/namespace}id"


def saml(name: str) -> str:
    return f"{{{ASSERTION}}}{name}"


def samlp(name: str) -> str:
    return f"{{{PROTOCOL}}}{name}"


def ds(name: str) -> str:
    return f"{{{DSIG}}}{name}"


#: Inside of an assertion, and beside it in the response: paths of elements that are made.
_INSIDE = {
    "at the end": (),
    "in Advice": (saml("Advice"),),
    "in an attribute": (
        saml("AttributeStatement"),
        saml("Attribute"),
        saml("AttributeValue"),
    ),
    "in the confirmation": (
        saml("Subject"),
        saml("SubjectConfirmation"),
        saml("SubjectConfirmationData"),
    ),
    "in a condition": (saml("Conditions"), saml("Condition")),
    "in an Object": (ds("Signature"), ds("Object")),
    "in KeyInfo": (ds("Signature"), ds("KeyInfo")),
    "in SignedInfo": (ds("Signature"), ds("SignedInfo")),
    "in SignatureValue": (ds("Signature"), ds("SignatureValue")),
    "in a Reference": (ds("Signature"), ds("SignedInfo"), ds("Reference")),
    "in a Transform": (
        ds("Signature"),
        ds("SignedInfo"),
        ds("Reference"),
        ds("Transforms"),
        ds("Transform"),
    ),
}
_BESIDE = {
    "before it": None,
    "after it": (),
    "in Extensions": (samlp("Extensions"),),
    "in StatusDetail": (samlp("Status"), samlp("StatusDetail")),
    "in StatusMessage": (samlp("Status"), samlp("StatusMessage")),
    "in StatusCode": (samlp("Status"), samlp("StatusCode")),
    "in the Issuer": (saml("Issuer"),),
    "in the response's Object": (ds("Signature"), ds("Object")),
    "in the response's KeyInfo": (ds("Signature"), ds("KeyInfo")),
    "in EncryptedAssertion": (saml("EncryptedAssertion"),),
    "in an element of nobody": ("{urn:x}x",),
    "in another response": (samlp("Response"),),
}
#: Who is where: `evil` holds the signed one, the other way round, or both in the response.
_PLACES = [
    *(("evil holds signed", name) for name in _INSIDE),
    *(("signed holds evil", name) for name in _INSIDE),
    *(("evil in place of signed, that", name) for name in _BESIDE),
    *(("signed in its place, evil", name) for name in _BESIDE),
    ("evil alone", ""),
]
_IDS = ("new", "the same", "exchanged", "none", "empty", "Id", "id", "xml:id", "AssertionID")
_SIGNATURES = ("stays", "moved", "copied", "in the response", "first in the response", "gone")
_WRITTEN = ("plain", "default namespace", "other prefix", "comment", "cdata")


def assertions(step: int = 1) -> Counts:
    """An evil assertion and the signed one."""
    counts = Counts("SAML: wrapped assertions")
    for sign, place, ids, signature, written in every(
        product(SIGNED, _PLACES, _IDS, _SIGNATURES, _WRITTEN), step
    ):
        what = f"{sign} signed, {' '.join(place)}, ID {ids}, signature {signature}, {written}"
        document = _written(_assertion(sign, place, ids, signature), written)
        judge(counts, what, sign, document)
        judge_signature(counts, what, sign, document)
    return counts


def responses(step: int = 1) -> Counts:
    """An evil response and the signed one, which is the whole document in the standard."""
    counts = Counts("SAML: wrapped responses")
    for sign, (who, where), ids, signature, written in every(
        product(("both", "response"), _response_places(), _IDS, _SIGNATURES, _WRITTEN), step
    ):
        what = f"{sign} signed, {who} {where}, ID {ids}, signature {signature}, {written}"
        document = _written(_response(sign, who, where, ids, signature), written)
        judge(counts, what, sign, document)
        judge_signature(counts, what, sign, document)
    return counts


def _assertion(sign: str, place: tuple[str, str], ids: str, signature: str) -> Element:
    root = fresh(sign)
    signed = one(root, "saml:Assertion")
    evil = evil_twin(signed, ADMIN)
    _give_ids(evil, signed, ids)
    _move_signature(root, evil, signed, signature)
    who, where = place
    if who == "evil alone":
        root.replace(signed, evil)
    elif who == "evil holds signed":
        root.replace(signed, evil)
        _put(evil, _INSIDE[where], signed)
    elif who == "signed holds evil":
        _put(signed, _INSIDE[where], evil)
    elif who.startswith("evil in place"):
        root.replace(signed, evil)
        _beside(root, evil, where, signed)
    else:
        _beside(root, signed, where, evil)
    return root


def _response_places() -> Iterator[tuple[str, str]]:
    for name in _BESIDE:
        yield "evil holds signed", name
        yield "signed holds evil", name


def _response(sign: str, who: str, where: str, ids: str, signature: str) -> Element:
    signed = fresh(sign)
    evil = evil_twin(signed, ADMIN)
    _give_ids(evil, signed, ids)
    _move_signature(evil, evil, signed, signature)
    outer, inner = (evil, signed) if who == "evil holds signed" else (signed, evil)
    _beside(outer, one(outer, "saml:Assertion"), where, inner)
    return outer


def _give_ids(evil: Element, signed: Element, ids: str) -> None:
    original = signed.get("ID", "")
    if ids == "the same":
        evil.set("ID", original)
    elif ids == "exchanged":
        evil.set("ID", original)
        signed.set("ID", "_other")
    elif ids == "none":
        del evil.attrib["ID"]
    elif ids == "empty":
        evil.set("ID", "")
    elif ids == "xml:id":
        evil.set(_XML, original)
    elif ids != "new":
        evil.set(ids, original)


def _move_signature(root: Element, evil: Element, signed: Element, where: str) -> None:
    signature = signed.find("ds:Signature", NS)
    if where == "stays" or signature is None:
        return
    if where == "copied":
        place_signature(evil, copied(signature))
        return
    signed.remove(signature)
    signature.tail = None
    if where == "moved":
        place_signature(evil, signature)
    elif where == "in the response":
        root.append(signature)
    elif where == "first in the response":
        root.insert(0, signature)


def _put(holder: Element, path: tuple[str, ...], held: Element) -> None:
    """Put an element where a path leads; what is missing on the way is made."""
    for name in path:
        found = holder.find(name)
        holder = etree.SubElement(holder, name) if found is None else found
    held.tail = None
    holder.append(held)


def _beside(root: Element, standing: Element, where: str, other: Element) -> None:
    path = _BESIDE[where]
    if path is None:
        other.tail = None
        standing.addprevious(other)
    else:
        _put(root, path, other)


def _written(root: Element, how: str) -> bytes:
    text = etree.tostring(root, encoding="utf-8")
    if how == "plain":
        return text
    return _WAYS[how](text)


def _default_namespace(text: bytes) -> bytes:
    return (
        text.replace(b"<saml:", b"<").replace(b"</saml:", b"</").replace(b"xmlns:saml=", b"xmlns=")
    )


_WAYS: dict[str, Callable[[bytes], bytes]] = {
    "default namespace": _default_namespace,
    "other prefix": lambda text: text.replace(b"saml:", b"s:").replace(b"xmlns:saml=", b"xmlns:s="),
    "comment": lambda text: text.replace(b"<saml:Assertion", b"<!-- -->\n<saml:Assertion", 1),
    "cdata": lambda text: text.replace(b">_admin<", b"><![CDATA[_admin]]><"),
}
