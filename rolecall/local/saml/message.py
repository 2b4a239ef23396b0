"""From the value of SAMLAssertion to one Response with one Assertion, nothing of it trusted yet.

Signature wrapping lives on messages that two readers read differently: a second
assertion, an ID given twice, a signature in an unusual place. So only one shape is taken
here, the one that identity providers send; whatever else there is refuses the message.

Source: "Assertions and Protocols for the OASIS Security Assertion Markup Language
(SAML) V2.0", 3.3.3; J. Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be".
"""

import base64
import binascii
import re
from dataclasses import dataclass

from lxml import etree

from rolecall.issuers.saml_xml import SamlXmlProblem, read_xml
from rolecall.local.api import AwsError
from rolecall.local.saml.errors import invalid_token, unreadable
from rolecall.local.saml.names import SUCCESS, ds, saml, samlp

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}", re.ASCII)
#: The schema knows no element with more than a dozen. Looking through the attributes of an
#: element takes lxml the square of their number, and nobody has shown yet who he is.
_MOST_ATTRIBUTES = 100
#: What a Response may hold, in this order (the schema's, without extensions), and how
#: often each at the most.
_CHILDREN = (saml("Issuer"), ds("Signature"), samlp("Status"), saml("Assertion"))


@dataclass(frozen=True)
class Message:
    """A response as it came. Its fields may be used to refuse it, for nothing else."""

    response: etree._Element
    assertion: etree._Element

    @property
    def issuers(self) -> tuple[str, ...]:
        """The issuers that response and assertion name."""
        named = (each.find(saml("Issuer")) for each in (self.response, self.assertion))
        return tuple(each.text or "" for each in named if each is not None)


def read_message(value: str) -> Message:
    """Read the value of SAMLAssertion.

    Raises:
        AwsError: InvalidIdentityToken; IDPRejectedClaim for a response that says that
            the sign-in failed.
    """
    try:
        root = read_xml(_decoded(value), what="The SAML response", keep_comments=True)
    except SamlXmlProblem as problem:
        raise unreadable(str(problem)) from None
    _check_nodes(root)
    if root.tag != samlp("Response"):
        raise unreadable("the document is no Response of SAML 2.0")
    if root.get("Version") != "2.0":
        raise unreadable("the version of the response is not 2.0")
    _check_status(root)
    return Message(root, _only_assertion(root))


def _decoded(value: str) -> bytes:
    """Base64 as RFC 2045 has it, line breaks included ("Bindings for SAML V2.0", 3.5.4)."""
    packed = value.replace("\r\n", "").replace("\n", "")
    try:
        raw = base64.b64decode(packed.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise unreadable("the value is not base64") from None
    # Base64 has several spellings of one value; no encoder writes the others.
    if base64.b64encode(raw).decode("ascii") != packed:
        raise unreadable("the value is not base64 as an encoder writes it")
    return raw


def _check_nodes(root: etree._Element) -> None:
    """Elements and text alone, and every ID once.

    A comment or processing instruction cuts a text in two, and readers differ in whether
    they see the whole ("comment injection"). No identity provider writes any.
    """
    if root.getprevious() is not None or root.getnext() is not None:
        raise unreadable("a comment or processing instruction stands beside the response")
    if root.getroottree().docinfo.xml_version != "1.0":
        raise unreadable("the response is not XML 1.0")
    seen: set[str] = set()
    for node in root.getroottree().iter():
        if not isinstance(node.tag, str):
            raise unreadable("the response holds a comment, a processing instruction or an entity")
        if len(node.attrib) > _MOST_ATTRIBUTES:
            raise unreadable(f"an element has more than {_MOST_ATTRIBUTES} attributes")
        for name, text in node.attrib.items():
            if etree.QName(name).localname.lower() != "id":
                continue
            if text in seen:
                raise unreadable("an ID stands at two elements")
            seen.add(str(text))


def _check_status(root: etree._Element) -> None:
    codes = root.findall(f"{samlp('Status')}/{samlp('StatusCode')}")
    if len(codes) != 1:
        raise unreadable("the response has no Status with one StatusCode")
    if codes[0].get("Value") != SUCCESS:
        raise AwsError(
            "IDPRejectedClaim",
            "The identity provider (IdP) reported that authentication failed.",
            403,
            "the status of the response is not Success",
        )


def _only_assertion(root: etree._Element) -> etree._Element:
    places = []
    for child in root:
        if child.tag == saml("EncryptedAssertion"):
            # AWS's words for it are not known; a private key of the provider would be needed.
            raise invalid_token(
                "The assertion is encrypted and the specified provider has no private key",
                "the embedded AWS does not decrypt assertions",
            )
        if child.tag not in _CHILDREN:
            raise unreadable("the response holds an element that does not belong there")
        places.append(_CHILDREN.index(child.tag))
    if places != sorted(set(places)):
        raise unreadable("elements of the response are repeated, or out of order")
    # Anywhere, and of any namespace: no second reader shall find another one.
    assertions = [each for each in root.iter() if _local(each) == "assertion"]
    if len(assertions) != 1 or assertions[0].getparent() is not root:
        raise unreadable(f"the response holds {len(assertions)} assertions in place of one")
    if sum(_local(each) == "response" for each in root.iter()) != 1:
        raise unreadable("the response holds another response")
    assertion = assertions[0]
    for signature in (each for each in root.iter() if _local(each) == "signature"):
        if signature.getparent() is not root and signature.getparent() is not assertion:
            raise unreadable("a signature stands where none belongs")
    for each in (root, assertion):
        if not _ID.fullmatch(each.get("ID", "")):
            raise unreadable("response and assertion need an ID each")
    return assertion


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()
