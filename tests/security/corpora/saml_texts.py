"""What is put into the texts, names and values of a genuine response, place by place.

Parsers differ in whether a text goes on behind a comment, what an entity stands for, and
where a line ends; a signature does not notice what canonicalization takes away.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product

from lxml import etree

from tests.local.saml.idp import NS
from tests.security.corpora.counting import Counts, every
from tests.security.corpora.saml_judge import (
    SIGNED,
    Element,
    fresh,
    genuine,
    judge,
    judge_signature,
)

_BASE = "https://aws.amazon.com/SAML/Attributes/"
#: Elements that hold text.
_TEXTS = {
    "NameID": ".//saml:NameID",
    "Issuer": "saml:Assertion/saml:Issuer",
    "the response's Issuer": "saml:Issuer",
    "Audience": ".//saml:Audience",
    "Role": f".//saml:Attribute[@Name='{_BASE}Role']/saml:AttributeValue",
    "RoleSessionName": f".//saml:Attribute[@Name='{_BASE}RoleSessionName']/saml:AttributeValue",
    "an attribute": ".//saml:Attribute[@Name='eduPersonAffiliation']/saml:AttributeValue",
    "AuthnContextClassRef": ".//saml:AuthnContextClassRef",
    "DigestValue": "saml:Assertion//ds:DigestValue",
    "SignatureValue": "saml:Assertion//ds:SignatureValue",
    "X509Certificate": "saml:Assertion//ds:X509Certificate",
    "Conditions": ".//saml:Conditions",
    "Subject": ".//saml:Subject",
    "Status": "samlp:Status",
    "SignedInfo": "saml:Assertion//ds:SignedInfo",
    "the response": ".",
}
#: What is put in, as it is written.
_PUT_IN = {
    "a comment": "<!---->",
    "a comment with a text": "<!-- _admin -->",
    "an instruction": "<?x y?>",
    "an instruction of xml-stylesheet": '<?xml-stylesheet href="http://127.0.0.1:1/"?>',
    "CDATA": "<![CDATA[]]>",
    "CDATA with a text": "<![CDATA[_admin]]>",
    "CDATA with an element": "<![CDATA[<saml:NameID>_admin</saml:NameID>]]>",
    "an entity of XML": "&amp;",
    "an entity of nobody": "&x;",
    "NUL": "&#0;",
    "a character as a number": "&#x41;",
    "a space": " ",
    "a tab as a number": "&#9;",
    "a line end": "\r\n",
    "a line end as a number": "&#13;",
    "a space of no width": "\u200b",
    "a mark of byte order": "\ufeff",
    "a text that turns round": "\u202e",
    "half a character": "&#xD800;",
    "past Unicode": "&#x110000;",
    "an element": "<x/>",
    "an element of SAML": "<saml:NameID>_admin</saml:NameID>",
    "an element with the text": '<x xmlns="urn:x">_admin</x>',
    "an XInclude": (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" '
        'parse="text"/>'
    ),
}
_WHERE = ("before", "inside", "behind")
_MARK = "PUT-IN"


def texts(step: int = 1) -> Counts:
    """Something put before, into or behind a text."""
    counts = Counts("SAML: texts cut and filled")
    for sign, place, put_in, where in every(product(SIGNED, _TEXTS, _PUT_IN, _WHERE), step):
        what = f"{sign} signed, {put_in} {where} {place}"
        document = _with(sign, _TEXTS[place], _PUT_IN[put_in], where)
        judge(counts, what, sign, document)
        judge_signature(counts, what, sign, document)
    return counts


def _with(sign: str, path: str, put_in: str, where: str) -> bytes:
    root = fresh(sign)
    element = root.find(path, NS)
    assert element is not None
    text = element.text or ""
    at = {"before": 0, "inside": min(len(text), 6), "behind": len(text)}[where]
    if len(element) and where == "behind":
        last = element[-1]
        last.tail = (last.tail or "") + _MARK
    else:
        element.text = text[:at] + _MARK + text[at:]
    return etree.tostring(root, encoding="utf-8").replace(_MARK.encode(), put_in.encode())


def attributes(step: int = 1) -> Counts:
    """Each attribute of the response: changed, written otherwise, or taken away."""
    counts = Counts("SAML: attributes changed")
    for sign in SIGNED:
        for what, document in every(_attributes(sign), step):
            judge(counts, f"{sign} signed, {what}", sign, document)
            judge_signature(counts, f"{sign} signed, {what}", sign, document)
    return counts


def _attributes(sign: str) -> Iterator[tuple[str, bytes]]:
    count = sum(len(element.attrib) for element in fresh(sign).iter())
    for number in range(count):
        for how, other in {
            "empty": "",
            "with a space": "{} ",
            "behind a space": " {}",
            "in the other case": "{swapped}",
            "with more": "{}x",
            "with a character as a number": "{}&#x20;",
            "with a line end": "{}&#10;",
            "with an entity": "{}&amp;",
        }.items():
            root = fresh(sign)
            element, name = _attribute(root, number)
            value = str(element.get(name))
            element.set(name, _MARK)
            written = other.replace("{swapped}", value.swapcase()).replace("{}", value)
            text = etree.tostring(root, encoding="utf-8").replace(_MARK.encode(), written.encode())
            yield f"{_named(element)} {name} {how}", text
        root = fresh(sign)
        element, name = _attribute(root, number)
        value = str(element.attrib.pop(name))
        yield f"{_named(element)} {name} gone", etree.tostring(root)
        element.set(name.swapcase(), value)
        yield f"{_named(element)} {name} in the other case", etree.tostring(root)
        del element.attrib[name.swapcase()]
        element.set(f"{{urn:x}}{etree.QName(name).localname}", value)
        yield f"{_named(element)} {name} of another namespace", etree.tostring(root)


def _attribute(root: Element, number: int) -> tuple[Element, str]:
    for element in root.iter():
        if number < len(element.attrib):
            return element, str(list(element.attrib)[number])
        number -= len(element.attrib)
    raise IndexError


def _named(element: Element) -> str:
    return etree.QName(element).localname


#: Ways to write the same document, or one that only seems to be the same.
_SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "an XML declaration": lambda text: b'<?xml version="1.0" encoding="UTF-8"?>' + text,
    "XML 1.1": lambda text: b'<?xml version="1.1"?>' + text,
    "standalone": lambda text: b'<?xml version="1.0" standalone="yes"?>' + text,
    "another encoding by name": lambda text: b'<?xml version="1.0" encoding="UTF-7"?>' + text,
    "latin 1 by name": lambda text: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text,
    "a mark of byte order": lambda text: b"\xef\xbb\xbf" + text,
    "UTF-16": lambda text: text.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.decode().encode("utf-16-be"),
    "UTF-32": lambda text: text.decode().encode("utf-32"),
    "spaces in front": lambda text: b" \n" + text,
    "spaces behind": lambda text: text + b"\n \n",
    "NUL behind": lambda text: text + b"\0",
    "a second document": lambda text: text + text,
    "a comment in front": lambda text: b"<!-- -->" + text,
    "a comment behind": lambda text: text + b"<!-- -->",
    "an instruction in front": lambda text: b"<?x y?>" + text,
    "a document type": lambda text: b"<!DOCTYPE x>" + text,
    "a document type in small letters": lambda text: b"<!doctype x>" + text,
    "line ends of another kind": lambda text: text.replace(b"><", b">\r\n<"),
    "single quotes": lambda text: text.replace(b'"', b"'"),
    "spaces inside of tags": lambda text: re.sub(rb"(</[A-Za-z:0-9]+)>", rb"\1 >", text),
    "an unused namespace": lambda text: text.replace(b" ID=", b' xmlns:unused="urn:x" ID=', 1),
    "a relative namespace": lambda text: text.replace(b" ID=", b' xmlns:unused="x" ID='),
    "the prefix xml bound anew": lambda text: text.replace(b" ID=", b' xmlns:xml="urn:x" ID=', 1),
    "an empty namespace": lambda text: text.replace(b" ID=", b' xmlns="" ID='),
    "xml:lang": lambda text: text.replace(b" ID=", b' xml:lang="en" ID='),
    "xml:base": lambda text: text.replace(b" ID=", b' xml:base="http://127.0.0.1:1/" ID='),
    "xml:space": lambda text: text.replace(b" ID=", b' xml:space="preserve" ID='),
    "xsi:type": lambda text: text.replace(
        b" ID=",
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x" ID=',
    ),
    "an attribute twice": lambda text: text.replace(b" ID=", b' Version="2.0" ID='),
    "empty elements in two tags": lambda text: re.sub(
        rb"<([A-Za-z:0-9]+)([^<>]*)/>", rb"<\1\2></\1>", text
    ),
}


def spellings() -> Counts:
    """The whole document, written otherwise."""
    counts = Counts("SAML: the document written otherwise")
    for sign, how in product(SIGNED, _SPELLINGS):
        document = _SPELLINGS[how](genuine(sign))
        judge(counts, f"{sign} signed, {how}", sign, document)
    return counts
