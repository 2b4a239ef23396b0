"""Known faults of SAML and XML Signature libraries, each rebuilt from what was published.

The number is of one library that had it; most had several. All but one start from a
response of `_mallory` that the provider signed; none may make him `_admin`.
"""

import base64
import hashlib
import hmac
import re
import zlib
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from tests.local.saml import forgery
from tests.local.saml.forgery import canonical, copied, evil_twin, one, without_signature
from tests.local.saml.idp import ASSERTION, DSIG, NS, PROTOCOL, private_key
from tests.local.saml.world import SamlWorld
from tests.security.corpora.counting import Counts
from tests.security.corpora.saml_judge import (
    ADMIN,
    IDP,
    MALLORY,
    SIGNED,
    Element,
    fresh,
    genuine,
    judge,
    judge_signature,
)

Forge = Callable[[str], Element | bytes]


def forgeries() -> dict[str, bytes]:
    """By number, fault and what is signed: the document."""
    return {
        f"{number}: {what}, {sign} signed": _document(forge(sign))
        for number, what, forge in _cases()
        for sign in SIGNED
    }


def known_faults() -> Counts:
    counts = Counts("SAML: known faults of libraries")
    for what, document in forgeries().items():
        sign = "both" if what.endswith("both signed") else "assertion"
        judge(counts, what, sign, document)
        judge_signature(counts, what, sign, document)
    return counts


def over_http(world: SamlWorld) -> Counts:
    """The same as anybody could send them. They are old by now: for that alone, too, they
    would be refused, so a refusal for their age is a finding."""
    counts = Counts("SAML: known faults of libraries, over HTTP")
    counts.note("a good response", good=True, admitted=world.ask().admitted)
    for what, document in forgeries().items():
        answer = world.send(document)
        if (answer.code, answer.status) in _REFUSALS:
            counts.refused += 1
        else:
            counts.findings.append(f"{what}: {answer.status} {answer.code}")
    return counts


_REFUSALS = {("InvalidIdentityToken", 400), ("IDPRejectedClaim", 403)}


def _document(made: Element | bytes) -> bytes:
    return made if isinstance(made, bytes) else etree.tostring(made, encoding="utf-8")


def _cases() -> Iterator[tuple[str, str, Forge]]:
    for where in ("Extensions", "StatusDetail", "Object", "Advice"):
        yield "CVE-2024-45409", f"a DigestValue of the forger's in {where}", _smuggled(where)
    yield "CVE-2025-25291", "a document type that hides an assertion from one parser", _hidden
    yield "CVE-2025-25291", "a notation that closes itself", _notation
    yield "CVE-2025-25292", "a signature whose namespace is written with an entity", _spelled
    yield "CVE-2025-25292", "a signature of a prefix bound anew", _bound_anew
    yield "CVE-2025-25293", "a compressed response", lambda s: zlib.compress(genuine(s))[2:-4]
    yield "CVE-2025-66568", "a namespace that stops canonicalization", _void("1")
    yield "CVE-2025-66568", "a signature of nothing", _void_signed
    yield "CVE-2025-66567", "an ID in two namespaces", _polluted
    for other in ("before", "behind"):
        yield (
            "CVE-2025-29774",
            f"a SignedInfo of the forger's {other} the signed one",
            _infos(other),
        )
    for how in ("<!--{}-->", "<?x {}?>", "<x>{}</x>", "<![CDATA[{}]]>"):
        yield "CVE-2025-29775", f"a digest beside the signed one as {how}", _digest_beside(how)
    yield "CVE-2025-47949", "an assertion before the signed one", lambda s: forgery.xsw3(fresh(s))
    yield "CVE-2025-46572", "an assertion around the signed one", lambda s: forgery.xsw4(fresh(s))
    yield "CVE-2025-54419", "what is read is not what was verified", _verified_beside
    yield "CVE-2024-6800", "a signature of the provider's metadata", _of_the_metadata
    yield "CVE-2024-9487", "an encrypted assertion that nobody signed", _encrypted
    yield "CVE-2025-23369", "an ID that is an entity", _entity_id
    yield "CVE-2024-8698", "a signature that stands where responses have theirs", _moved_up
    yield "CVE-2020-12676", "an assertion that nobody signed", _unsigned
    for number, cut in (
        ("CVE-2017-11427", "<!---->"),
        ("CVE-2018-0489", "<?x?>"),
        ("CVE-2018-5387", "<!--x-->"),
        ("CVE-2018-7340", "<!--\n-->"),
    ):
        yield number, f"a name behind {cut!r}", _cut(cut)
    yield "CVE-2022-39299", "two documents in one", _two_roots
    yield "CVE-2022-39299", "a failure that the provider signed", _failure
    yield "CVE-2022-41912", "an unsigned assertion behind the signed one", _second
    yield "CVE-2021-28091", "two assertions with one ID", _same_id
    yield "CVE-2016-5697", "the signed one inside of a signature", lambda s: forgery.xsw6(fresh(s))
    yield "CVE-2016-1000253", "a second NameID", _second_name
    yield (
        "CVE-2020-29509",
        "an attribute with a prefix of nothing",
        _written(b" ID=", b' :ID="_evil" ID='),
    )
    yield "CVE-2020-29511", "an element with two colons", _written(b"saml:NameID", b"saml:x:NameID")
    yield (
        "CVE-2020-29510",
        "a comment inside of a document type",
        _in_front(b"<!DOCTYPE x [<!-- ]><x/> -->]>"),
    )
    for length in (0, 1, 8, 40):
        yield "CVE-2009-0217", f"an HMAC of {length} bits", _truncated(length)
    yield "CVE-2013-2172", "a canonicalization of the forger's choice", _canonicalized
    yield "CVE-2021-40690", "a key from a file", _key_reference
    yield "CVE-2022-34716", "a reference to a file", _reference_to_a_file
    yield "CVE-2011-1411", "a signed element that is not the assertion", _other_signed
    yield "no number", "an assertion of SAML 1.1", lambda s: forgery.saml_1(fresh(s))
    yield "CVE-2025-48994", "an HMAC with the provider's certificate", _hmac
    yield "no number", "an assertion in capitals", _written(b"Assertion", b"ASSERTION")
    yield "no number", "a signature with no reference", _no_reference


def _of(sign: str) -> tuple[Element, Element, Element]:
    root = fresh(sign)
    assertion = one(root, "saml:Assertion")
    return root, assertion, one(assertion, "ds:Signature")


def _digest(element: Element) -> str:
    content = canonical(without_signature(element))
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _as_admin(assertion: Element) -> None:
    one(assertion, ".//saml:NameID").text = ADMIN


def _smuggled(where: str) -> Forge:
    def forge(sign: str) -> Element:
        root, assertion, signature = _of(sign)
        _as_admin(assertion)
        made = etree.Element(f"{{{DSIG}}}DigestValue")
        made.text = _digest(assertion)
        if where == "Extensions":
            holder = etree.Element(f"{{{PROTOCOL}}}Extensions")
            one(root, "samlp:Status").addprevious(holder)
        elif where == "StatusDetail":
            holder = etree.SubElement(one(root, "samlp:Status"), f"{{{PROTOCOL}}}StatusDetail")
        elif where == "Object":
            holder = etree.Element(f"{{{DSIG}}}Object")
            signature.insert(0, holder)
        else:
            holder = etree.Element(f"{{{ASSERTION}}}Advice")
            assertion.insert(1, holder)
        holder.append(made)
        return root

    return forge


def _evil(sign: str) -> bytes:
    _, assertion, _ = _of(sign)
    return etree.tostring(evil_twin(assertion, ADMIN))


def _hidden(sign: str) -> bytes:
    evil = _evil(sign).replace(b'"', b"'")
    return b'<!DOCTYPE x [<!ENTITY a "' + evil + b'">]>' + genuine(sign)


def _notation(sign: str) -> bytes:
    inside = b"<!NOTATION a PUBLIC \"'>]><samlp:Response\" '" + _evil(sign) + b"'>"
    return b"<!DOCTYPE x [" + inside + b"]>" + genuine(sign)


def _spelled(sign: str) -> bytes:
    """For whoever compares namespaces as they are written, this is no signature."""
    return genuine(sign).replace(b"/xmldsig#", b"/xmldsig&#35;").replace(b"_mallory", b"_admin")


def _bound_anew(sign: str) -> bytes:
    text = genuine(sign)
    evil = b'<ds:Signature xmlns:ds="urn:x"><ds:SignedInfo/></ds:Signature>'
    return text.replace(b"<ds:Signature ", evil + b"<ds:Signature ", 1).replace(
        MALLORY.encode(), b"_admin"
    )


def _void(namespace: str) -> Forge:
    """A relative namespace, of which canonicalization makes an error, and careless code ''."""

    def forge(sign: str) -> bytes:
        root, assertion, signature = _of(sign)
        _as_admin(assertion)
        digest = signature.find(".//ds:DigestValue", NS)
        assert digest is not None
        digest.text = base64.b64encode(hashlib.sha256(b"").digest()).decode()
        text = etree.tostring(root, encoding="utf-8")
        return text.replace(b"<saml:Subject>", f'<saml:Subject xmlns:ns="{namespace}">'.encode())

    return forge


def _void_signed(sign: str) -> bytes:
    """As above, and the provider signed an empty text some day."""
    text = _void("1")(sign)
    assert isinstance(text, bytes)
    made = private_key("acme").sign(b"", padding.PKCS1v15(), hashes.SHA256())
    text = re.sub(b"(<ds:SignatureValue>)[^<]*", rb"\g<1>" + base64.b64encode(made), text)
    return text.replace(b"<ds:SignedInfo>", b'<ds:SignedInfo xmlns:ns="1">')


def _polluted(sign: str) -> Element:
    root, assertion, _ = _of(sign)
    evil = evil_twin(assertion, ADMIN)
    evil.set(f"{{{ASSERTION}}}ID", assertion.get("ID", ""))
    evil.insert(1, copied(one(assertion, "ds:Signature")))
    root.replace(assertion, evil)
    return root


def _infos(other: str) -> Forge:
    def forge(sign: str) -> Element:
        root, assertion, signature = _of(sign)
        _as_admin(assertion)
        info = one(signature, "ds:SignedInfo")
        own = copied(info)
        one(own, "ds:Reference/ds:DigestValue").text = _digest(assertion)
        (info.addprevious if other == "before" else info.addnext)(own)
        return root

    return forge


def _digest_beside(how: str) -> Forge:
    def forge(sign: str) -> bytes:
        root, assertion, signature = _of(sign)
        _as_admin(assertion)
        signed = one(signature, "ds:SignedInfo/ds:Reference/ds:DigestValue").text or ""
        text = etree.tostring(root, encoding="utf-8").decode()
        beside = how.replace("{}", _digest(assertion))
        return text.replace(f">{signed}<", f">{beside}{signed}<", 1).encode()

    return forge


def _verified_beside(sign: str) -> Element:
    """The forged assertion carries the signature, the signed one stands at the end."""
    return forgery.xsw5(fresh(sign))


def _of_the_metadata(sign: str) -> Element:
    """Metadata that the provider published signed, and its key is that of its assertions."""
    document = etree.fromstring(IDP.metadata().encode())
    document.set("ID", "_metadata")
    published = IDP.signed(document)
    root, assertion, _ = _of(sign)
    evil = evil_twin(assertion, ADMIN)
    signature = copied(one(published, "ds:Signature"))
    place = etree.SubElement(signature, f"{{{DSIG}}}Object")
    place.append(without_signature(published))
    evil.insert(1, signature)
    root.replace(assertion, evil)
    return root


def _encrypted(sign: str) -> Element:
    root, assertion, _ = _of(sign)
    holder = etree.Element(f"{{{ASSERTION}}}EncryptedAssertion")
    root.replace(assertion, holder)
    data = etree.SubElement(holder, "{http://www.w3.org/2001/04/xmlenc#}EncryptedData")
    data.append(evil_twin(assertion, ADMIN))
    return root


def _entity_id(sign: str) -> bytes:
    root, assertion, _ = _of(sign)
    own = assertion.get("ID", "")
    evil = evil_twin(assertion, ADMIN)
    evil.set("ID", "ENTITY")
    assertion.addprevious(evil)
    text = etree.tostring(root).replace(b'"ENTITY"', b'"&own;"')
    return f'<!DOCTYPE x [<!ENTITY own "{own}">]>'.encode() + text


def _moved_up(sign: str) -> Element:
    root, assertion, signature = _of(sign)
    for old in root.findall("ds:Signature", NS):
        root.remove(old)
    assertion.remove(signature)
    root.insert(1, signature)
    _as_admin(assertion)
    return root


def _unsigned(sign: str) -> Element:
    root, assertion, _ = _of(sign)
    root.replace(assertion, evil_twin(assertion, ADMIN))
    return root


def _cut(cut: str) -> Forge:
    """`_mallory`'s own name was `_admin.mallory`: of the two parts the first is `_admin`."""
    return lambda sign: genuine(sign).replace(b">_mallory<", f">_admin{cut}_mallory<".encode())


def _two_roots(sign: str) -> bytes:
    evil = forgery.without_signature(fresh(sign))
    assertion = one(evil, "saml:Assertion")
    evil.replace(assertion, evil_twin(assertion, ADMIN))
    return genuine(sign) + etree.tostring(evil)


def _failure(sign: str) -> Element:
    root, assertion, _ = _of(sign)
    one(root, "samlp:Status/samlp:StatusCode").set(
        "Value", "urn:oasis:names:tc:SAML:2.0:status:Requester"
    )
    root.replace(assertion, evil_twin(assertion, ADMIN))
    return root


def _second(sign: str) -> Element:
    root, assertion, _ = _of(sign)
    assertion.addnext(evil_twin(assertion, ADMIN))
    return root


def _same_id(sign: str) -> Element:
    root, assertion, _ = _of(sign)
    evil = evil_twin(assertion, ADMIN)
    evil.set("ID", assertion.get("ID", ""))
    assertion.addnext(evil)
    return root


def _second_name(sign: str) -> Element:
    root, _, _ = _of(sign)
    name = one(root, ".//saml:NameID")
    other = copied(name)
    other.text = ADMIN
    name.addprevious(other)
    return root


def _written(old: bytes, new: bytes) -> Forge:
    return lambda sign: genuine(sign).replace(old, new)


def _in_front(text: bytes) -> Forge:
    return lambda sign: text + genuine(sign)


def _truncated(length: int) -> Forge:
    def forge(sign: str) -> Element:
        root, assertion, signature = _of(sign)
        _as_admin(assertion)
        method = one(signature, "ds:SignedInfo/ds:SignatureMethod")
        method.set("Algorithm", f"{DSIG}hmac-sha1")
        etree.SubElement(method, f"{{{DSIG}}}HMACOutputLength").text = str(length)
        one(signature, "ds:SignedInfo/ds:Reference/ds:DigestValue").text = _digest(assertion)
        value = base64.b64encode(b"\0" * (length // 8)).decode()
        one(signature, "ds:SignatureValue").text = value
        return root

    return forge


def _canonicalized(sign: str) -> Element:
    root, assertion, signature = _of(sign)
    _as_admin(assertion)
    one(signature, "ds:SignedInfo/ds:CanonicalizationMethod").set(
        "Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116"
    )
    return root


def _key_reference(sign: str) -> Element:
    root, assertion, signature = _of(sign)
    _as_admin(assertion)
    key_info = one(signature, "ds:KeyInfo")
    for old in list(key_info):
        key_info.remove(old)
    etree.SubElement(
        key_info, "{http://www.w3.org/2009/xmldsig11#}KeyInfoReference", URI="file:///etc/hostname"
    )
    return root


def _reference_to_a_file(sign: str) -> Element:
    root, assertion, signature = _of(sign)
    _as_admin(assertion)
    one(signature, "ds:SignedInfo/ds:Reference").set("URI", "file:///etc/hostname")
    return root


def _other_signed(sign: str) -> Element:
    """The signature covers the forger's own Conditions, or so its ID says."""
    root, assertion, _ = _of(sign)
    evil = evil_twin(assertion, ADMIN)
    evil.insert(1, copied(one(assertion, "ds:Signature")))
    one(evil, "saml:Conditions").set("ID", assertion.get("ID", ""))
    root.replace(assertion, evil)
    return root


def _hmac(sign: str) -> Element:
    root, assertion, signature = _of(sign)
    _as_admin(assertion)
    method = one(signature, "ds:SignedInfo/ds:SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    one(signature, "ds:SignedInfo/ds:Reference/ds:DigestValue").text = _digest(assertion)
    info = canonical(one(signature, "ds:SignedInfo"))
    made = hmac.new(IDP.certificate.encode(), info, "sha256").digest()
    one(signature, "ds:SignatureValue").text = base64.b64encode(made).decode()
    return root


def _no_reference(sign: str) -> Element:
    root, assertion, signature = _of(sign)
    _as_admin(assertion)
    info = one(signature, "ds:SignedInfo")
    info.remove(one(info, "ds:Reference"))
    made = private_key("acme").sign(canonical(info), padding.PKCS1v15(), hashes.SHA256())
    one(signature, "ds:SignatureValue").text = base64.b64encode(made).decode()
    return root
