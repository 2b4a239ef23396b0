"""Forged SAML responses: none gets in, and none makes the server stumble.

The role trusts the subject `_admin` alone. The forger is `_mallory`, whom the identity
provider knows and signs for, and who changes what he got.
"""

import base64
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner

from tests.local.saml import forgery
from tests.local.saml.forgery import Element, assertion_of, one, resigned
from tests.local.saml.idp import ASSERTION, BASE, DSIG, NS, PROTOCOL, Idp, Said, private_key
from tests.local.saml.world import Answer, SamlWorld, running_world

ADMIN, MALLORY = "_admin", "_mallory"
SIGNED = ("assertion", "both")
Change = Callable[[Element], Any]


class Target:
    """A role for `_admin`, and the forger's own way to ask for it."""

    def __init__(self, world: SamlWorld) -> None:
        self.world = world
        self.role = world.make_role({"StringEquals": {"saml:sub": ADMIN}})

    def said(self, **changes: Any) -> Said:
        return self.world.said(role=self.role, **{"subject": MALLORY, **changes})

    def document(self, **changes: Any) -> bytes:
        return etree.tostring(self.world.idp.response(self.said(**changes)))

    def send(self, document: Element | bytes | str) -> Answer:
        return self.world.send(document, RoleArn=self.role)

    def refuses(self, document: Element | bytes | str, code: str = "InvalidIdentityToken") -> None:
        answer = self.send(document)
        assert answer.code == code, answer
        assert 400 <= answer.status < 500


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with running_world() as world:
        yield Target(world)
        assert world.ask().admitted, "after all this the server goes on"


def test_the_target_tells_the_two_apart(target: Target) -> None:
    assert target.send(target.document(subject=ADMIN)).admitted
    assert target.send(target.document()).code == "AccessDenied"


@pytest.mark.parametrize("sign", SIGNED)
@pytest.mark.parametrize("wrap", forgery.WRAPPINGS, ids=lambda wrap: wrap.__name__)
def test_signature_wrapping(wrap: Callable[[Element], Element], sign: str, target: Target) -> None:
    if wrap in (forgery.xsw1, forgery.xsw2):
        sign = "both"
    target.refuses(target.document(sign=sign, after=wrap))


@pytest.mark.parametrize("wrap", forgery.WRAPPINGS[:2], ids=lambda wrap: wrap.__name__)
def test_wrapping_a_response_that_alone_is_signed(
    wrap: Callable[[Element], Element], target: Target
) -> None:
    target.refuses(target.document(sign="response", after=wrap))


@pytest.mark.parametrize("sign", SIGNED)
@pytest.mark.parametrize(
    "path", [".//saml:NameID", ".//saml:Audience", f".//saml:Attribute[@Name='{BASE}Role']/*"]
)
@pytest.mark.parametrize("cut", ["comment", "instruction", "cdata"])
def test_a_text_that_is_cut_in_two(cut: str, path: str, sign: str, target: Target) -> None:
    """`_admin<!---->.mallory` is `_admin` to careless readers, and keeps its signature."""

    def after(root: Element) -> Element:
        element = one(root, path)
        text = element.text or ""
        parts: dict[str, Any] = {
            "comment": etree.Comment(" "),
            "instruction": etree.ProcessingInstruction("x", "y"),
        }
        if cut == "cdata":
            element.text = text[:6]
            element.append(etree.Element("cut"))
            whole = etree.tostring(root).replace(b"<cut/>", f"<![CDATA[{text[6:]}]]>".encode())
            return etree.fromstring(whole, etree.XMLParser(strip_cdata=False))
        element.text = text[:6]
        element.append(parts[cut])
        element[0].tail = text[6:]
        return root

    document = target.document(subject=f"{ADMIN}.mallory", sign=sign, after=after)
    answer = target.send(document)
    # A CDATA section changes nothing of the text, nor of the signature.
    assert answer.code == ("AccessDenied" if cut == "cdata" else "InvalidIdentityToken")


def test_a_comment_that_the_provider_signed(target: Target) -> None:
    def before(assertion: Element) -> None:
        name = one(assertion, ".//saml:NameID")
        name.text = ADMIN
        name.append(etree.Comment("x"))
        name[0].tail = ".mallory"

    target.refuses(target.document(before=before))


@pytest.mark.parametrize("name", ["Role", "RoleSessionName"])
def test_an_attribute_of_aws_that_elements_cut_in_two(name: str, target: Target) -> None:
    """Signed by the provider, and read as another text by whoever reads only its beginning."""

    def before(assertion: Element) -> None:
        path = f".//saml:Attribute[@Name='https://aws.amazon.com/SAML/Attributes/{name}']"
        value = one(assertion, path)[0]
        text = value.text or ""
        value.text = text[:5]
        etree.SubElement(value, "{urn:x}x").tail = text[5:]

    target.refuses(target.document(before=before))


def test_a_subject_of_nothing_but_space(target: Target) -> None:
    world = target.world  # whose role admits every subject
    assert world.send(world.idp.response(world.said(subject="a"))).admitted
    answer = world.send(world.idp.response(world.said(subject=" ")))
    assert answer.code == "AccessDenied"
    assert "NameID" in answer.reason


_LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
)  # ten to the ninth
ENTITIES = {
    "a file": '[<!ENTITY x SYSTEM "file:///etc/passwd">]',
    "an address": '[<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]',
    "an external type": 'SYSTEM "http://127.0.0.1:1/x.dtd"',
    "an entity": f'[<!ENTITY x "{ADMIN}">]',
    "a billion laughs": f'[<!ENTITY l0 "ha">{_LAUGHS}<!ENTITY x "&l9;">]',
    "a long one often": f'[<!ENTITY y "{"a" * 20_000}"><!ENTITY x "{"&y;" * 2_000}">]',
    "a parameter entity": '[<!ENTITY % p SYSTEM "file:///etc/passwd">%p;<!ENTITY x "y">]',
    "itself": '[<!ENTITY x "&x;">]',
    "a default attribute": '[<!ATTLIST r ID CDATA "_x"><!ENTITY x "y">]',
    "nothing": "",
}


@pytest.mark.parametrize("body", ENTITIES.values(), ids=ENTITIES.keys())
def test_document_types_and_entities(body: str, target: Target) -> None:
    text = etree.tostring(target.world.idp.response(target.said()), encoding="unicode")
    for reference in ("&x;", MALLORY):
        target.refuses(f"<!DOCTYPE r {body}>{text.replace(MALLORY, reference)}")
        target.refuses(f"<?xml version='1.0'?><!DOCTYPE r {body}>{text}")


def test_two_assertions(target: Target) -> None:
    other = assertion_of(target.world.idp.response(target.said(subject=ADMIN, sign="none")))
    signed = assertion_of(target.world.idp.response(target.said()))
    for extra in (other, signed):
        for first in (True, False):

            def after(root: Element, extra: Element = extra, first: bool = first) -> None:
                own = assertion_of(root)
                (own.addprevious if first else own.addnext)(forgery.copied(extra))

            for sign in ("assertion", "both", "response", "none"):
                target.refuses(target.document(sign=sign, after=after))


def test_another_assertion_in_the_place_of_the_signed_one(target: Target) -> None:
    def swap(root: Element) -> None:
        evil = forgery.evil_twin(assertion_of(root))
        root.replace(assertion_of(root), evil)

    for sign in ("assertion", "response", "both"):
        target.refuses(target.document(sign=sign, after=swap))


def test_an_unsigned_assertion_in_a_signed_response(target: Target) -> None:
    target.refuses(target.document(subject=ADMIN, sign="response"))


def test_a_response_whose_own_signature_is_wrong(target: Target) -> None:
    def after(root: Element) -> None:
        root.set("Consent", "urn:oasis:names:tc:SAML:2.0:consent:obtained")

    target.refuses(target.document(subject=ADMIN, sign="both", after=after))


SHA_1 = [
    {"method": SignatureMethod.RSA_SHA1, "digest": DigestAlgorithm.SHA1},
    {"method": SignatureMethod.RSA_SHA1},
    {"digest": DigestAlgorithm.SHA1},
]


@pytest.mark.parametrize("algorithms", SHA_1)
@pytest.mark.parametrize("sign", SIGNED)
def test_sha_1(algorithms: dict[str, Any], sign: str, target: Target) -> None:
    target.refuses(target.document(subject=ADMIN, sign=sign, **algorithms))


def test_an_expired_certificate_still_counts_as_aws_documents(target: Target) -> None:
    """ "IAM does not evaluate or take action on the expiration of X.509 certificates"."""
    world, expired = target.world, Idp(key_name="expired", ends=-timedelta(days=1))
    provider = world.iam.create_saml_provider(
        Name="expired", SAMLMetadataDocument=expired.metadata()
    )["SAMLProviderArn"]
    role = world.make_role(provider=provider)
    said = world.said(role=role, provider=provider)
    document = etree.tostring(expired.response(said))
    assert world.send(document, RoleArn=role, PrincipalArn=provider).admitted
    forged = etree.tostring(Idp(key_name="mallory").response(said))
    assert not world.send(forged, RoleArn=role, PrincipalArn=provider).admitted


MALLORY_IDP = Idp(key_name="mallory")


@pytest.mark.parametrize("sign", SIGNED)
def test_another_key(sign: str, target: Target) -> None:
    """With the forger's certificate in the message, with the right one, and with none."""
    root = MALLORY_IDP.response(target.said(subject=ADMIN, sign=sign))
    target.refuses(etree.tostring(root))
    body = "".join(target.world.idp.certificate.strip().splitlines()[1:-1])
    for certificate in root.iter(f"{{{DSIG}}}X509Certificate"):
        certificate.text = body
    target.refuses(etree.tostring(root))
    for info in list(root.iter(f"{{{DSIG}}}KeyInfo")):
        parent = info.getparent()
        assert parent is not None
        parent.remove(info)
    target.refuses(etree.tostring(root))


def test_the_forgers_key_as_a_key_value(target: Target) -> None:
    root = target.world.idp.response(target.said(subject=ADMIN, sign="none"))
    assertion = assertion_of(root)
    place = etree.Element(f"{{{DSIG}}}Signature", {"Id": "placeholder"})
    assertion.insert(1, place)
    signer = XMLSigner(c14n_algorithm=_EXCLUSIVE)
    signed = signer.sign(
        forgery.copied(assertion),
        key=private_key(MALLORY_IDP.key_name),
        always_add_key_value=True,
        reference_uri=assertion.get("ID"),
        id_attribute="ID",
    )
    root.replace(assertion, signed)
    assert root.find(".//ds:KeyValue", NS) is not None
    target.refuses(etree.tostring(root))


_EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


def test_key_info_of_the_message_is_never_looked_at(target: Target) -> None:
    """Rubbish in it does not hurt who holds the right key."""

    def after(root: Element) -> None:
        info = one(root, ".//ds:KeyInfo")
        for child in list(info):
            info.remove(child)
        etree.SubElement(info, f"{{{DSIG}}}RetrievalMethod", URI="http://127.0.0.1:1/key")

    assert target.send(target.document(subject=ADMIN, after=after)).admitted


@pytest.mark.parametrize("form", ["pem", "der", "key", "base64"])
@pytest.mark.parametrize("method", [SignatureMethod.HMAC_SHA256, SignatureMethod.HMAC_SHA512])
def test_an_hmac_with_what_everybody_knows(
    form: str, method: SignatureMethod, target: Target
) -> None:
    pem = target.world.idp.certificate
    certificate = x509.load_pem_x509_certificate(pem.encode())
    der = certificate.public_bytes(serialization.Encoding.DER)
    spki = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    known = {"pem": pem.encode(), "der": der, "key": spki, "base64": base64.b64encode(der)}
    root = target.world.idp.response(target.said(subject=ADMIN, sign="none"))
    assertion = assertion_of(root)
    assertion.insert(1, etree.Element(f"{{{DSIG}}}Signature", {"Id": "placeholder"}))
    signed = XMLSigner(signature_algorithm=method, c14n_algorithm=_EXCLUSIVE).sign(
        forgery.copied(assertion),
        key=known[form],
        reference_uri=assertion.get("ID"),
        id_attribute="ID",
    )
    root.replace(assertion, signed)
    target.refuses(etree.tostring(root))


# -- signatures of the provider's own key that are not the plain one -------------------------


def _set(path: str, name: str, value: str | None) -> Change:
    def change(signature: Element) -> None:
        element = one(signature, path)
        if value is None:
            element.attrib.pop(name, None)
        else:
            element.set(name, value)

    return change


def _remove(path: str) -> Change:
    def change(signature: Element) -> None:
        element = one(signature, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def _add(path: str, xml: str) -> Change:
    def change(signature: Element) -> None:
        parent = signature if path == "." else one(signature, path)
        parent.append(etree.fromstring(f'<x xmlns="{DSIG}">{xml}</x>')[0])

    return change


def _twice(path: str) -> Change:
    def change(signature: Element) -> None:
        element = one(signature, path)
        element.addnext(forgery.copied(element))

    return change


def _text(path: str, text: str) -> Change:
    def change(signature: Element) -> None:
        one(signature, path).text = text

    return change


def _swapped_transforms(signature: Element) -> None:
    transforms = one(signature, ".//ds:Transforms")
    transforms.append(transforms[0])


def _empty(path: str) -> Change:
    def change(signature: Element) -> None:
        element = one(signature, path)
        for child in list(element):
            element.remove(child)

    return change


_REFERENCE, _TRANSFORMS = "ds:SignedInfo/ds:Reference", ".//ds:Transforms"
_XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
_XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
_FILTER = "http://www.w3.org/2002/06/xmldsig-filter2"
_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
UNUSUAL: dict[str, Change] = {
    "a reference to the whole document": _set(_REFERENCE, "URI", ""),
    "a reference to nothing": _set(_REFERENCE, "URI", None),
    "a reference to a bare #": _set(_REFERENCE, "URI", "#"),
    "a reference to another element": _set(_REFERENCE, "URI", "#_other"),
    "a reference with two #": lambda s: _set(_REFERENCE, "URI", "#" + _uri(s))(s),
    "a reference with a space": lambda s: _set(_REFERENCE, "URI", _uri(s) + " ")(s),
    "a reference to a file": _set(_REFERENCE, "URI", "file:///etc/passwd"),
    "a reference to an address": _set(_REFERENCE, "URI", "http://127.0.0.1:1/"),
    "a reference by xpointer": _set(_REFERENCE, "URI", "#xpointer(/)"),
    "a reference with a type": _set(_REFERENCE, "Type", f"{DSIG}Object"),
    "two references": _twice(_REFERENCE),
    "no reference": _remove(_REFERENCE),
    "an empty SignedInfo": _empty("ds:SignedInfo"),
    "an empty reference": _empty(_REFERENCE),
    "no SignedInfo": _remove("ds:SignedInfo"),
    "two SignedInfo": _twice("ds:SignedInfo"),
    "no SignatureValue": _remove("ds:SignatureValue"),
    "an empty SignatureValue": _text("ds:SignatureValue", ""),
    "two SignatureValues": _twice("ds:SignatureValue"),
    "two KeyInfo": _twice("ds:KeyInfo"),
    "an Object": _add(".", "<Object/>"),
    "text in SignedInfo": _text("ds:SignedInfo", "x"),
    "no transforms": _remove(_TRANSFORMS),
    "empty transforms": _empty(_TRANSFORMS),
    "the enveloped transform alone": _remove(f"{_TRANSFORMS}/*[2]"),
    "canonicalization alone": _remove(f"{_TRANSFORMS}/*[1]"),
    "transforms in the other order": _swapped_transforms,
    "a third transform": _twice(f"{_TRANSFORMS}/*[2]"),
    "an XPath transform": _add(
        _TRANSFORMS, f'<Transform Algorithm="{_XPATH}"><XPath>not(//*)</XPath></Transform>'
    ),
    "an XPath transform in place of canonicalization": _set(
        f"{_TRANSFORMS}/*[2]", "Algorithm", _XPATH
    ),
    "an XPath filter": _set(f"{_TRANSFORMS}/*[2]", "Algorithm", _FILTER),
    "an XSLT transform": _add(_TRANSFORMS, f'<Transform Algorithm="{_XSLT}"/>'),
    "an XSLT transform in place of canonicalization": _set(
        f"{_TRANSFORMS}/*[2]", "Algorithm", _XSLT
    ),
    "a base64 transform": _add(_TRANSFORMS, f'<Transform Algorithm="{DSIG}base64"/>'),
    "inclusive canonicalization": _set(f"{_TRANSFORMS}/*[2]", "Algorithm", _INCLUSIVE),
    "inclusive canonicalization of SignedInfo": _set(
        ".//ds:CanonicalizationMethod", "Algorithm", _INCLUSIVE
    ),
    "no canonicalization method": _remove(".//ds:CanonicalizationMethod"),
    "an unknown canonicalization": _set(".//ds:CanonicalizationMethod", "Algorithm", "urn:x"),
    "no signature method": _remove(".//ds:SignatureMethod"),
    "an unknown signature method": _set(".//ds:SignatureMethod", "Algorithm", "urn:x"),
    "DSA": _set(".//ds:SignatureMethod", "Algorithm", f"{DSIG}dsa-sha1"),
    "an HMAC of no length": _add(".//ds:SignatureMethod", "<HMACOutputLength>0</HMACOutputLength>"),
    "no digest method": _remove(".//ds:DigestMethod"),
    "an unknown digest": _set(".//ds:DigestMethod", "Algorithm", "urn:x"),
    "MD5": _set(".//ds:DigestMethod", "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#md5"),
    "no digest": _remove(".//ds:DigestValue"),
    "an empty digest": _text(".//ds:DigestValue", ""),
    "two digests": _twice(".//ds:DigestValue"),
    "another digest": _text(".//ds:DigestValue", base64.b64encode(b"x" * 32).decode()),
    "a digest that is no base64": _text(".//ds:DigestValue", "***"),
    "an attribute of xml": _set(
        "ds:SignedInfo", "{http://www.w3.org/XML/1998/namespace}base", "http://127.0.0.1:1/"
    ),
}


def _uri(signature: Element) -> str:
    return str(one(signature, _REFERENCE).get("URI"))


def test_signing_anew_without_a_change_is_good(target: Target) -> None:
    again = resigned(lambda _signature: None)
    assert target.send(target.document(subject=ADMIN, after=again)).admitted
    forged = resigned(lambda _signature: None, key="mallory")
    target.refuses(target.document(subject=ADMIN, after=forged))


@pytest.mark.parametrize("change", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_the_providers_own_key_under_an_unusual_signature(change: Change, target: Target) -> None:
    target.refuses(target.document(subject=ADMIN, after=resigned(change)))
    whole = resigned(change, where="")
    target.refuses(target.document(subject=ADMIN, sign="both", after=whole))


@pytest.mark.parametrize("xml", ['PrefixList="xs saml"', 'PrefixList=""', 'PrefixList="#default"'])
def test_inclusive_namespaces_are_part_of_exclusive_canonicalization(
    xml: str, target: Target
) -> None:
    """Okta and Shibboleth write them; what is signed is then computed with them."""

    def change(signature: Element) -> None:
        second = one(signature, f"{_TRANSFORMS}/*[2]")
        made = f'<x xmlns="{_EXCLUSIVE.value}"><InclusiveNamespaces {xml}/></x>'
        second.append(etree.fromstring(made)[0])

    answer = target.send(target.document(subject=ADMIN, after=resigned(change)))
    assert answer.admitted, answer.reason


# -- identifiers and namespaces --------------------------------------------------------------


def _same_id(path: str, name: str) -> Change:
    def after(root: Element) -> None:
        root.find(path, NS).set(name, assertion_of(root).get("ID"))  # type: ignore[union-attr]

    return after


@pytest.mark.parametrize("path", [".", "samlp:Status", "saml:Issuer", ".//ds:KeyInfo"])
@pytest.mark.parametrize(
    "name", ["ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id", "{urn:x}ID"]
)
def test_an_id_at_two_elements(name: str, path: str, target: Target) -> None:
    target.refuses(target.document(subject=ADMIN, after=_same_id(path, name)))


@pytest.mark.parametrize("value", ["", " ", "1a", "a b", "#a", "a'b", 'a"]|//*["', "é", "x" * 500])
def test_ids_that_are_none(value: str, target: Target) -> None:
    for path in (".", "saml:Assertion"):

        def after(root: Element, path: str = path) -> None:
            one(root, path).set("ID", value)

        if path == ".":
            target.refuses(target.document(subject=ADMIN, after=after))

    def before(assertion: Element) -> None:
        assertion.set("ID", value)

    root = target.world.idp.response(target.said(subject=ADMIN, sign="none", before=before))
    target.refuses(etree.tostring(root))


def test_no_id(target: Target) -> None:
    def after(root: Element) -> None:
        del assertion_of(root).attrib["ID"]

    target.refuses(target.document(subject=ADMIN, after=after))
    target.refuses(target.document(subject=ADMIN, sign="none", after=after))


def _renamed(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda text: text.replace(old.encode(), new.encode())


NAMESPACES: dict[str, Callable[[bytes], bytes]] = {
    "SAML 1.1": _renamed(ASSERTION, "urn:oasis:names:tc:SAML:1.0:assertion"),
    "another protocol": _renamed(PROTOCOL, "urn:oasis:names:tc:SAML:1.0:protocol"),
    "no namespace": _renamed(' xmlns:saml="' + ASSERTION + '"', ' xmlns:saml="urn:x"'),
    "a namespace with a space": _renamed(ASSERTION, ASSERTION + " "),
    "a namespace in capitals": _renamed(ASSERTION, ASSERTION.upper()),
    "another signature": _renamed(DSIG, "http://www.w3.org/2000/09/xmldsig"),
    "the prefix rebound": _renamed("<saml:Subject>", '<saml:Subject xmlns:saml="urn:x">'),
    "a subject of nobody's namespace": _renamed("<saml:NameID", '<saml:NameID xmlns:saml="urn:x"'),
    "xml:base": _renamed("<saml:Assertion", '<saml:Assertion xml:base="http://127.0.0.1:1/"'),
    "xsi:nil": _renamed(
        "<saml:NameID",
        '<saml:NameID xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"',
    ),
    "an include": _renamed(
        "<saml:Subject>",
        '<saml:Subject><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
        'href="file:///etc/passwd" parse="text"/>',
    ),
    "an assertion of another namespace": _renamed(
        "<saml:Subject>", '<saml:Subject><x:assertion xmlns:x="urn:x"/>'
    ),
}


@pytest.mark.parametrize("change", NAMESPACES.values(), ids=NAMESPACES.keys())
def test_namespace_tricks(change: Callable[[bytes], bytes], target: Target) -> None:
    document = target.document(subject=ADMIN)
    assert change(document) != document
    target.refuses(change(document))


def test_unused_namespaces_are_not_signed_and_do_no_harm(target: Target) -> None:
    document = target.document(subject=ADMIN)
    answer = target.send(document.replace(b"<samlp:Response", b'<samlp:Response xmlns:x="urn:x"'))
    assert answer.admitted


# -- documents that no identity provider writes ------------------------------------------------


def _texts(target: Target) -> dict[str, bytes]:
    document = target.document(subject=ADMIN)
    text = document.decode()
    deep = "<a>" * 3000 + "</a>" * 3000
    attributes = "".join(f' a{n}="{n}"' for n in range(5000))
    return {
        "nothing but a declaration": b"<?xml version='1.0'?>",
        "UTF-16": text.encode("utf-16"),
        "UTF-16 without a mark": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32"),
        "a byte order mark": b"\xef\xbb\xbf" + document,
        "declared as UTF-16": b'<?xml version="1.0" encoding="UTF-16"?>' + document,
        "declared as latin-1": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + document,
        "declared as UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>' + document,
        "declared as nothing": b'<?xml version="1.0" encoding="x"?>' + document,
        "latin-1": text.replace(ADMIN, "_ädmin").encode("latin-1"),
        "a null byte": document.replace(b"_admin", b"_admin\x00"),
        "a null byte at the end": document + b"\x00",
        "a null byte at the beginning": b"\x00" + document,
        "a null reference": document.replace(b"_admin", b"_admin&#0;"),
        "a control character": document.replace(b"_admin", b"_admin&#1;"),
        "an unknown entity": document.replace(b"_admin", b"&admin;"),
        "half a surrogate": document.replace(b"_admin", b"\xed\xa0\x80"),
        "an overlong character": document.replace(b"_admin", b"\xc1\x81"),
        "text after the end": document + b"x",
        "two documents": document * 2,
        "a comment before": b"<!-- x -->" + document,
        "a comment after": document + b"<!-- x -->",
        "an instruction before": b"<?x y?>" + document,
        "a style sheet": b'<?xml-stylesheet href="http://127.0.0.1:1/"?>' + document,
        "version 1.1": b'<?xml version="1.1"?>' + document,
        "another version of SAML": document.replace(b'Version="2.0"', b'Version="1.1"'),
        "deep nesting": text.replace("</saml:Subject>", f"{deep}</saml:Subject>").encode(),
        "deep nesting outside": text.replace("<samlp:Status>", f"{deep}<samlp:Status>").encode(),
        "three hundred levels": text.replace(
            "</saml:Subject>", f"{'<a>' * 300}{'</a>' * 300}</saml:Subject>"
        ).encode(),
        "many attributes": text.replace("<saml:Subject", f"<saml:Subject{attributes}").encode(),
        "many attributes of SignedInfo": text.replace(
            "<ds:SignedInfo", f"<ds:SignedInfo{attributes}"
        ).encode(),
        "many elements": text.replace(
            "<samlp:Status>", f"{'<a/>' * 15_000}<samlp:Status>"
        ).encode(),
        "many namespaces": text.replace(
            "<saml:Subject", "<saml:Subject" + "".join(f' xmlns:n{n}="u{n}"' for n in range(3000))
        ).encode(),
        "an attribute twice": document.replace(b"<saml:NameID", b'<saml:NameID Format="x"'),
        "an unclosed element": document.replace(b"</saml:Subject>", b""),
        "JSON": b'{"Response": {}}',
        "HTML": b"<!doctype html><html></html>",
        "an assertion alone": etree.tostring(assertion_of(etree.fromstring(document))),
        "a logout": document.replace(b"samlp:Response", b"samlp:LogoutResponse"),
    }


def test_documents_that_nobody_writes(target: Target) -> None:
    for title, text in _texts(target).items():
        answer = target.send(text)
        assert not answer.admitted, title
        assert 400 <= answer.status < 500, (title, answer)
    assert target.world.ask().admitted


def test_documents_that_break_off(target: Target) -> None:
    document = target.document(subject=ADMIN)
    for end in range(0, len(document), 97):
        answer = target.send(document[:end] or b" ")
        assert not answer.admitted
        assert 400 <= answer.status < 500


def test_a_large_assertion_that_is_signed(target: Target) -> None:
    many = [(f"urn:x:{n}", ["v"]) for n in range(500)]
    assert target.send(target.document(subject=ADMIN, attributes=many)).admitted
    values = [("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", [str(n) for n in range(1000)])]
    assert target.send(target.document(subject=ADMIN, attributes=values)).admitted


VALUES = {
    "nothing": "",
    "spaces": "    ",
    "padding": "====",
    "url-safe base64": "PHg-PC94Pg__",
    "no padding": "PHg+PC94Pg",
    "another spelling": "PHg+PC94Ph==",
    "a space inside": "PHg+ PC94Pg==",
    "not ASCII": "PHg+PC94Pgé=",
    "compressed": "fZHBasMwDIZfJfi+2HHTtBVJYKyXwnbZxg67FMdWWkNsB0tm7O3npIx2l4J0kPT/",
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_values_that_are_no_base64(value: str, target: Target) -> None:
    answer = target.world.post(value)
    assert answer.code in ("InvalidIdentityToken", "ValidationError")
    assert answer.status == 400


def test_nothing_of_an_assertion_is_logged_nor_told_before_it_is_verified(
    target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # the server's own level
    document = target.document(subject="_a-secret-subject", session_name="a-secret-name")
    altered = document.replace(b"_a-secret-subject", b"_b-secret-subject")
    assert target.send(document).code == "AccessDenied"
    for text in (altered, altered[:-20], b"<!DOCTYPE x>" + document):
        assert "secret" not in repr(target.send(text))
    assert "secret" not in caplog.text
    assert base64.b64encode(document).decode()[:40] not in caplog.text
