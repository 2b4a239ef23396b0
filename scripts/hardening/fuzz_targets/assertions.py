"""A SAML response is taken if its assertion is the one that was signed, and else never."""

import base64
import sys
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from rolecall.issuers.saml_metadata import SamlMetadata, read_saml_metadata
from rolecall.local.api import AwsError
from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.verify import verified_assertion
from scripts.hardening.fuzz_targets.draw import Draw, edited, require
from scripts.hardening.fuzz_targets.signers import NOW

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.local.saml.forgery import WRAPPINGS, evil_twin
from tests.local.saml.idp import DSIG, NS, Idp, Said

_ROLE = "arn:aws:iam::111122223333:role/deployer"
_PROVIDER = "arn:aws:iam::111122223333:saml-provider/acme"
WORDS = [
    b"<!---->", b"<?x y?>", b"<![CDATA[", b"]]>", b"&#x0;", b"&amp;", b"&#65;", b"<!DOCTYPE x>",
    b"&e;", b" ", b"\n", b"\t", b"\x00", b"_admin", b'ID="_evil"', b'Id="_evil"', b"xml:id='a'",
    b"<saml:NameID>", b"</saml:NameID>", b"<saml:Assertion>", b"</saml:Assertion>",
    b"\xef\xbb\xbf", b'xmlns:saml="urn:x"', b'<?xml version="1.1"?>', b"<ds:Object>",
    b"</ds:Object>", b"=", b"%0A", b"<ds:KeyInfo>", b'URI=""', b'URI="#_evil"', b"xpointer(/)",
    b"http://www.w3.org/2000/09/xmldsig#sha1",
]  # fmt: skip
_TEXTS = ["", "_admin", "_evil", "urn:x", " ", "a" * 300, "2.0", "#_evil", "2031-01-01T00:00:00Z",
          "2029-01-01T00:00:00Z", "https://signin.aws.amazon.com/saml", "urn:amazon:webservices",
          "https://idp.acme.example/saml", "http://www.w3.org/2001/10/xml-exc-c14n#",
          "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
          "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
          "http://www.w3.org/TR/1999/REC-xpath-19991116",
          "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
          "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"]  # fmt: skip
_ATTRIBUTES = ["ID", "Id", "id", "Version", "Destination", "URI", "Algorithm", "Value", "Format",
               "NotOnOrAfter", "Recipient", "Method", "IssueInstant", "Name", "InResponseTo",
               "{http://www.w3.org/XML/1998/namespace}id", "{urn:x}ID"]  # fmt: skip


@dataclass(frozen=True)
class Genuine:
    """A response as it was signed, and who it speaks of."""

    text: bytes
    says: Assertion


@cache
def metadata() -> SamlMetadata:
    """The provider's metadata."""
    text = Idp().metadata()
    return read_saml_metadata(text + " " * max(0, 1000 - len(text)))


@cache
def genuine() -> tuple[Genuine, ...]:
    """One response with each way of signing that is taken."""
    made = []
    for sign, subject in (("assertion", "_alice"), ("both", "_bob")):
        said = Said(role=_ROLE, provider=_PROVIDER, now=NOW, subject=subject, sign=sign,
                    tags={"team": subject}, session_name=subject[1:])  # fmt: skip
        text = etree.tostring(Idp().response(said), encoding="utf-8")
        says = verified_assertion(base64.b64encode(text).decode(), metadata(), now=NOW)
        made.append(Genuine(text, says))
    return tuple(made)


@cache
def _foreign() -> bytes:
    """Signed by somebody else, who says that he is the provider."""
    said = Said(role=_ROLE, provider=_PROVIDER, now=NOW, subject="_admin")
    return etree.tostring(Idp(key_name="other").response(said), encoding="utf-8")


def check(data: bytes) -> None:
    """The oracle of this target."""
    draw, real = Draw(data), genuine()
    chosen = draw.one_of(real)
    kind = draw.below(5)
    if kind == 0:
        value = draw.rest().decode("utf-8", "replace")
    elif kind == 1:
        value = base64.b64encode(draw.rest()).decode()
    elif kind == 2:
        value = base64.b64encode(edited(draw, chosen.text, WORDS)).decode()
    elif kind == 3:
        value = edited(draw, base64.b64encode(chosen.text), WORDS, 3).decode("latin-1")
    else:
        try:
            value = base64.b64encode(_rebuilt(draw, chosen.text)).decode()
        except (AssertionError, ValueError, TypeError):
            return  # no such document can be made: an element in itself, a part that is gone
    try:
        found = verified_assertion(value, metadata(), now=NOW)
    except AwsError as error:
        require(400 <= error.status < 500, "a refusal is the caller's fault")
        require("\n" not in error.message + error.reason, "a refusal is one line")
        return
    require(found in [each.says for each in real], "an assertion that nobody signed is taken")


def _rebuilt(draw: Draw, text: bytes) -> bytes:
    """The response, its elements moved, copied, forged, renamed."""
    root = etree.fromstring(text)
    if draw.below(4) == 0:
        root = draw.one_of(WRAPPINGS)(root)
    for _ in range(draw.below(7)):
        nodes = [each for each in root.iter() if isinstance(each.tag, str)]
        node, place = draw.one_of(nodes), draw.one_of(nodes)
        root = _step(draw, root, node, place)
    return etree.tostring(root, encoding="utf-8")


def _step(
    draw: Draw, root: etree._Element, node: etree._Element, place: etree._Element
) -> etree._Element:
    kind = draw.below(12)
    parent = node.getparent()
    if kind == 0 and parent is not None:
        parent.remove(node)
    elif kind == 1:
        place.insert(draw.below(4), deepcopy(node))
    elif kind == 2:
        node.text = draw.one_of(_TEXTS)
    elif kind == 3:
        node.set(draw.one_of(_ATTRIBUTES), draw.one_of(_TEXTS))
    elif kind == 4 and node.attrib:
        del node.attrib[draw.one_of(sorted(node.attrib))]
    elif kind == 5 and place not in list(node.iterdescendants()) and place is not node:
        place.insert(draw.below(4), node)
    elif kind == 6:
        assertion = root.find(".//saml:Assertion", NS)
        if assertion is not None and assertion.find(".//saml:NameID", NS) is not None:
            place.insert(draw.below(4), evil_twin(assertion))
    elif kind == 7:
        foreign = etree.fromstring(_foreign())
        place.insert(draw.below(4), draw.one_of(list(foreign.iter())))
    elif kind == 8:
        node.insert(0, etree.Comment("x"))
    elif kind == 9:
        wrapper = etree.Element(
            draw.one_of(
                [
                    f"{{{DSIG}}}Object",
                    f"{{{NS['samlp']}}}Extensions",
                    f"{{{NS['saml']}}}Advice",
                    "x",
                ]
            )
        )
        wrapper.append(deepcopy(node))
        place.append(wrapper)
    elif kind == 10:
        # The signature of one around the content of the other.
        other = etree.fromstring(draw.one_of(genuine()).text)
        place.insert(draw.below(4), draw.one_of(list(other.iter())))
    else:
        node.tag = draw.one_of([each.tag for each in root.iter() if isinstance(each.tag, str)])
    return root
