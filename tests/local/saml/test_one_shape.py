"""A signature and a message have one shape: whatever else is in them refuses them."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from rolecall.local.api import AwsError
from rolecall.local.saml.message import read_message
from rolecall.local.saml.signature_shape import check_shape
from tests.local.saml.idp import ASSERTION, DSIG, NS, PROTOCOL, Idp, Said, encoded

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
Change = Callable[[etree._Element], Any]


def said(**changes: Any) -> Said:
    return Said(
        role="arn:aws:iam::111122223333:role/tes",
        provider="arn:aws:iam::111122223333:saml-provider/acme",
        **changes,
    )


@pytest.fixture(scope="module")
def text() -> bytes:
    """A response whose assertion is signed."""
    return etree.tostring(Idp().response(said()))


def shaped(text: bytes) -> tuple[etree._Element, etree._Element]:
    """The assertion of a copy, and its signature."""
    assertion = etree.fromstring(text).find("saml:Assertion", NS)
    assert assertion is not None
    signature = assertion.find("ds:Signature", NS)
    assert signature is not None
    return assertion, signature


def at(path: str, change: Change) -> Change:
    """Change the element of the signature at a path."""

    def changed(signature: etree._Element) -> None:
        place = signature if not path else signature.find(path, NS)
        assert place is not None, path
        change(place)

    return changed


INFO = "ds:SignedInfo"
REFERENCE = f"{INFO}/ds:Reference"
TRANSFORMS = f"{REFERENCE}/ds:Transforms"
EVERYWHERE = (
    "",
    INFO,
    f"{INFO}/ds:CanonicalizationMethod",
    f"{INFO}/ds:SignatureMethod",
    REFERENCE,
    TRANSFORMS,
    f"{TRANSFORMS}/ds:Transform[1]",
    f"{TRANSFORMS}/ds:Transform[2]",
    f"{REFERENCE}/ds:DigestMethod",
    f"{REFERENCE}/ds:DigestValue",
    "ds:SignatureValue",
)


def test_the_plain_signature_is_taken(text: bytes) -> None:
    assertion, signature = shaped(text)
    check_shape(signature, assertion)
    for key_info in signature.findall("ds:KeyInfo", NS):
        signature.remove(key_info)
    check_shape(signature, assertion)


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(
    "change",
    [
        lambda place: place.set("Other", "x"),
        lambda place: etree.SubElement(place, f"{{{DSIG}}}Object"),
        lambda place: etree.SubElement(place, f"{{{DSIG}}}HMACOutputLength"),
        lambda place: etree.SubElement(place, f"{{{DSIG}}}XPath"),
    ],
    ids=["attribute", "object", "truncation", "xpath"],
)
def test_nothing_more_stands_anywhere(text: bytes, path: str, change: Change) -> None:
    assertion, signature = shaped(text)
    at(path, change)(signature)
    with pytest.raises(AwsError, match="Response signature invalid"):
        check_shape(signature, assertion)


@pytest.mark.parametrize("path", ["", INFO, REFERENCE, TRANSFORMS])
def test_no_text_stands_between(text: bytes, path: str) -> None:
    def before(place: etree._Element) -> None:
        place.text = "text"

    def after(place: etree._Element) -> None:
        place[-1].tail = "text"

    for change in (before, after):
        assertion, signature = shaped(text)
        at(path, change)(signature)
        with pytest.raises(AwsError, match="Response signature invalid"):
            check_shape(signature, assertion)


def algorithm(uri: str | None) -> Change:
    def change(place: etree._Element) -> None:
        if uri is None:
            del place.attrib["Algorithm"]
        else:
            place.set("Algorithm", uri)

    return change


def parameters(*children: tuple[str, dict[str, str]]) -> Change:
    def change(place: etree._Element) -> None:
        for tag, attributes in children:
            etree.SubElement(place, tag, attributes)

    return change


def nested(place: etree._Element) -> None:
    made = etree.SubElement(place, f"{{{EXCLUSIVE}}}InclusiveNamespaces", {"PrefixList": "xs"})
    etree.SubElement(made, f"{{{DSIG}}}XPath")


PREFIXES = f"{{{EXCLUSIVE}}}InclusiveNamespaces"
CANONICAL = (f"{INFO}/ds:CanonicalizationMethod", f"{TRANSFORMS}/ds:Transform[2]")


@pytest.mark.parametrize(
    ("path", "change"),
    [
        *((path, algorithm(None)) for path in EVERYWHERE[2:4]),
        *(
            (path, algorithm("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"))
            for path in CANONICAL
        ),
        *((path, algorithm("http://www.w3.org/TR/1999/REC-xslt-19991116")) for path in CANONICAL),
        (f"{INFO}/ds:SignatureMethod", algorithm(f"{DSIG}rsa-sha1")),
        (f"{INFO}/ds:SignatureMethod", algorithm(f"{DSIG}hmac-sha1")),
        (
            f"{INFO}/ds:SignatureMethod",
            algorithm("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        ),
        (f"{REFERENCE}/ds:DigestMethod", algorithm(f"{DSIG}sha1")),
        (f"{TRANSFORMS}/ds:Transform[1]", algorithm(EXCLUSIVE)),
        (REFERENCE, lambda place: place.set("URI", "")),
        (REFERENCE, lambda place: place.set("URI", "#_another")),
        (REFERENCE, lambda place: place.attrib.pop("URI")),
        (INFO, lambda place: place.append(etree.fromstring(etree.tostring(place[-1])))),
        (TRANSFORMS, lambda place: place.remove(place[0])),
        (TRANSFORMS, lambda place: place.insert(0, place[1])),
        ("", lambda place: place.insert(0, place[1])),
        ("", lambda place: place.remove(place[1])),
        ("", lambda place: place.remove(place[0])),
        ("", lambda place: place.append(etree.fromstring(etree.tostring(place[2])))),
        *((path, parameters((PREFIXES, {"PrefixList": "a", "Other": "b"}))) for path in CANONICAL),
        *((path, parameters((PREFIXES, {}))) for path in CANONICAL),
        *((path, parameters((f"{{{DSIG}}}XPath", {"PrefixList": "xs"}))) for path in CANONICAL),
        *((path, parameters(*[(PREFIXES, {"PrefixList": "xs"})] * 2)) for path in CANONICAL),
        *((path, nested) for path in CANONICAL),
    ],
)
def test_any_other_shape_is_refused(text: bytes, path: str, change: Change) -> None:
    assertion, signature = shaped(text)
    at(path, change)(signature)
    with pytest.raises(AwsError, match="Response signature invalid"):
        check_shape(signature, assertion)


@pytest.mark.parametrize("path", CANONICAL)
def test_prefixes_that_stay_may_be_listed(text: bytes, path: str) -> None:
    """Identity providers list `xs`, which stands in values alone."""
    assertion, signature = shaped(text)
    at(path, parameters((PREFIXES, {"PrefixList": "xs"})))(signature)
    check_shape(signature, assertion)


# -- the message ---------------------------------------------------------------------


def another(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(tag, attributes)


def into_advice(root: etree._Element) -> None:
    assertion = root.find("saml:Assertion", NS)
    assert assertion is not None
    advice = etree.SubElement(assertion, f"{{{ASSERTION}}}Advice")
    advice.append(another(f"{{{ASSERTION}}}Assertion", ID="_inner"))


def into_value(tag: str) -> Change:
    def change(root: etree._Element) -> None:
        value = root.find(".//saml:AttributeValue", NS)
        assert value is not None
        value.append(another(tag, ID="_inner"))

    return change


def renamed(root: etree._Element) -> None:
    root.tag = f"{{{PROTOCOL}}}ArtifactResponse"


@pytest.mark.parametrize(
    "change",
    [
        into_advice,
        into_value(f"{{{ASSERTION}}}Assertion"),
        into_value("{urn:other}aSSertion"),
        into_value(f"{{{PROTOCOL}}}Response"),
        into_value(f"{{{DSIG}}}Signature"),
        renamed,
        lambda root: root.set("Version", "1.1"),
        lambda root: root.append(another(f"{{{ASSERTION}}}Assertion", ID="_second")),
        lambda root: root.insert(0, another(f"{{{ASSERTION}}}Assertion", ID="_first")),
        lambda root: root.append(another(f"{{{ASSERTION}}}EncryptedAssertion")),
        lambda root: root.append(another(f"{{{PROTOCOL}}}Extensions")),
        lambda root: root.append(root[0]),
        lambda root: root.insert(0, another(f"{{{ASSERTION}}}Issuer")),
        lambda root: root.remove(root.find("saml:Assertion", NS)),
        lambda root: root.attrib.pop("ID"),
        lambda root: root.set("ID", "1 2"),
        lambda root: root.find("saml:Assertion", NS).attrib.pop("ID"),
        lambda root: root.set("ID", root.find("saml:Assertion", NS).get("ID")),
        lambda root: root[1].set("Id", root.get("ID")),
        lambda root: root.append(etree.Comment("x")),
        lambda root: root.addprevious(etree.Comment("x")),
        lambda root: root.addnext(etree.ProcessingInstruction("x", "y")),
        lambda root: root.find("samlp:Status", NS).append(
            another(f"{{{PROTOCOL}}}StatusCode", Value="urn:x")
        ),
        lambda root: root.remove(root.find("samlp:Status", NS)),
    ],
)
def test_any_other_message_is_refused(text: bytes, change: Change) -> None:
    root = etree.fromstring(text)
    assert read_message(encoded(root)).assertion.get("ID")
    change(root)
    with pytest.raises(AwsError) as refused:
        read_message(encoded(etree.tostring(root.getroottree())))
    assert refused.value.code == "InvalidIdentityToken"


def test_the_encrypted_assertion_is_told_as_such(text: bytes) -> None:
    root = etree.fromstring(text)
    root.append(another(f"{{{ASSERTION}}}EncryptedAssertion"))
    with pytest.raises(AwsError, match="The assertion is encrypted"):
        read_message(encoded(root))


@pytest.mark.parametrize("value", ["QR==", "QUI=\t", "QUI", "QUI==", "-_-_", "ü", "====", "A"])
def test_a_value_is_base64_as_an_encoder_writes_it(value: str) -> None:
    with pytest.raises(AwsError) as refused:
        read_message(value)
    assert refused.value.code == "InvalidIdentityToken"
