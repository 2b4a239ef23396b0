"""Base64, attributes and IDs of a response, before anything of it is verified."""

import base64
from typing import Any

import pytest
from lxml import etree

from rolecall.local.api import AwsError
from rolecall.local.saml.message import read_message
from tests.local.saml.idp import ASSERTION, NS, Idp, Said, encoded

UNREADABLE = "Invalid base64 SAMLResponse"


def said(**changes: Any) -> Said:
    return Said(role="role", provider="provider", **changes)


def refused(root: etree._Element) -> AwsError:
    with pytest.raises(AwsError) as caught:
        read_message(encoded(root))
    return caught.value


def test_values_that_are_no_base64() -> None:
    good = encoded(Idp().response(said()))
    folded = "\r\n".join(good[at : at + 76] for at in range(0, len(good), 76))
    for value in (good, folded, folded.replace("\r", "")):
        assert read_message(value).assertion.tag == f"{{{ASSERTION}}}Assertion"
    padded = base64.b64encode(base64.b64decode(good) + b"\n").decode()
    bare = padded.rstrip("=")
    for value in (f"{good} ", f" {good}", f"{good}\r", "\u00e9", "", f"{good}=", f"{bare}*"):
        with pytest.raises(AwsError, match=UNREADABLE):
            read_message(value)


@pytest.mark.parametrize("more", [98, 99, 100])
def test_attributes_of_one_element(more: int) -> None:
    root = Idp().response(said(sign=""))
    status = root.find("samlp:Status", NS)
    assert status is not None
    for number in range(more):
        status.set(f"a{number}", "x")
    read_message(encoded(root))
    status.set("one-too-many" if more == 100 else "last", "x")
    if more == 100:
        with pytest.raises(AwsError) as caught:
            read_message(encoded(root))
        assert caught.value.reason == "an element has more than 100 attributes"
    else:
        read_message(encoded(root))


def test_ids() -> None:
    def with_id(value: str | None, where: str = ".") -> str:
        root = Idp().response(said(sign=""))
        element = root.find(where, NS)
        assert element is not None
        del element.attrib["ID"]
        if value is not None:
            element.set("ID", value)
        try:
            read_message(encoded(root))
        except AwsError as error:
            return error.reason
        return ""

    for where in (".", "saml:Assertion"):
        for good in ("_", "a", "Z9_.-", "a" * 256):
            assert with_id(good, where) == ""
        for wrong in ("", "9a", "-a", "a" * 257, "a b", "\u00e9", None):
            assert with_id(wrong, where) == "response and assertion need an ID each"
    twice = Idp().response(said(sign=""))
    assertion = twice.find("saml:Assertion", NS)
    status = twice.find("samlp:Status", NS)
    assert assertion is not None
    assert status is not None
    for name in ("Id", "id", "{urn:x}iD"):
        status.set(name, assertion.get("ID", ""))
        assert refused(twice).reason == "an ID stands at two elements"
        status.attrib.clear()
    status.set("Ids", assertion.get("ID", ""))
    read_message(encoded(twice))
