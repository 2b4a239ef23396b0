"""A SAML authentication response as a proof: where it comes from, and which roles it offers.

Nothing here is verified: AWS does that. It is read only to find the provider that goes
with a role, as the sign-in page of AWS does.
"""

import base64
import binascii
import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote_to_bytes

from rolecall.issuers.saml_xml import read_xml
from rolecall.policy import Arn, PolicyError
from rolecall.problems import Problem
from rolecall.session.secret_files import file_in_words, read_secret, read_secret_from_stdin

#: SAMLAssertion of AssumeRoleWithSAML, AWS STS API reference: characters of base64.
SHORTEST_ASSERTION, LONGEST_ASSERTION = 4, 100_000
#: "Configure SAML assertions for the authentication response", IAM user guide.
ROLE_ATTRIBUTE = "https://aws.amazon.com/SAML/Attributes/Role"
OPTION = "--saml-assertion"

_READ_AT_MOST = 4 * LONGEST_ASSERTION
_WHAT = "a SAML response"
_SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
_FORM_FIELD = re.compile(rb"(?:.*&)?SAMLResponse=([^&]*)(?:&.*)?", re.DOTALL)


class AssertionSource(Protocol):
    """Where the response comes from. AWS takes one within minutes of its making."""

    def read(self) -> "SamlResponse":
        """The response. Raises `Problem`, which never holds it."""


@dataclass(frozen=True, slots=True)
class AssertionFile:
    """A file that holds the response, read anew each time."""

    path: Path

    def read(self) -> "SamlResponse":
        """The response of the file as it is now."""
        content = read_secret(self.path, OPTION, _WHAT, _READ_AT_MOST)
        return saml_response(content, f"{OPTION} {file_in_words(self.path)}")


@dataclass(slots=True)
class AssertionFromStdin:
    """The response comes through stdin, which can be read once."""

    _found: "SamlResponse | None" = field(default=None, init=False, repr=False)

    def read(self) -> "SamlResponse":
        """The response, the same one each time."""
        if self._found is None:
            content = read_secret_from_stdin(f"{OPTION} -", _WHAT, _READ_AT_MOST)
            self._found = saml_response(content, f"{OPTION} -")
        return self._found


@dataclass(frozen=True, slots=True)
class SamlResponse:
    """A response as AWS wants it, and the pairs (role ARN, provider ARN) that it offers.

    `encrypted`: there are assertions in it that only AWS can read, so it may offer more.
    """

    base64: str = field(repr=False)
    offers: tuple[tuple[str, str], ...]
    encrypted: bool


def saml_response(content: bytes, where: str) -> SamlResponse:
    """Read base64 (as the sign-in form has it, percent-encoded or not) or the XML itself.

    Raises `Problem`: neither of the two, larger than AWS takes, XML that is not well
    formed or has a DTD.
    """
    content = content.strip().removeprefix(codecs.BOM_UTF8)
    is_xml = content.startswith(b"<")
    encoded = base64.b64encode(content).decode() if is_xml else _base64_text(content, where)
    if len(encoded) > LONGEST_ASSERTION:
        raise Problem(
            f"{where} holds more than {LONGEST_ASSERTION} characters of base64, which AWS does "
            "not take: let the identity provider send fewer roles and attributes."
        )
    try:
        xml = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise _neither(where) from None
    if len(encoded) < SHORTEST_ASSERTION:
        raise _neither(where)
    root = read_xml(xml, what=where)
    offers = tuple(
        pair
        for attribute in root.iter(f"{_SAML}Attribute")
        if attribute.get("Name") == ROLE_ATTRIBUTE
        for value in attribute.iter(f"{_SAML}AttributeValue")
        if (pair := _pair("".join(map(str, value.itertext())))) is not None
    )
    encrypted = root.find(f".//{_SAML}EncryptedAssertion") is not None
    return SamlResponse(encoded, tuple(dict.fromkeys(offers)), encrypted)


def _base64_text(content: bytes, where: str) -> str:
    field_found = _FORM_FIELD.fullmatch(content)
    if field_found:
        content = field_found[1]
    if b"%" in content:
        content = unquote_to_bytes(content)
    try:
        return "".join(content.decode("ascii").split())
    except UnicodeDecodeError:
        raise _neither(where) from None


def _neither(where: str) -> Problem:
    return Problem(
        f"{where} holds no SAML response: it must be what the identity provider posts as "
        "SAMLResponse (base64), or its XML."
    )


def _pair(text: str) -> tuple[str, str] | None:
    """A role and its provider, in either order; AWS's page shows both in use."""
    found: dict[str, str] = {}
    for part in text.split(","):
        try:
            arn = Arn.parse(part.strip())
        except PolicyError:
            return None
        found[arn.resource.split("/", 1)[0]] = str(arn)
    if set(found) != {"role", "saml-provider"}:
        return None
    return found["role"], found["saml-provider"]
