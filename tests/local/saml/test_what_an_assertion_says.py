"""What is read of an assertion that is verified: all of it, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

import rolecall.local.sts  # noqa: F401 - the two rooms import each other: this one first
from rolecall.local.api import AwsError
from rolecall.local.saml.assertion import Assertion, read_assertion
from rolecall.local.saml.aws_attributes import check_role, wished_session
from tests.local.saml.idp import ASSERTION, BASE, NS, Idp, Said

ROLE = "arn:aws:iam::111122223333:role/tes"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/acme"
Change = Callable[[etree._Element], Any]


def element(**changes: Any) -> etree._Element:
    root = Idp().response(Said(role=ROLE, provider=PROVIDER, sign="none", **changes))
    found = root.find("saml:Assertion", NS)
    assert found is not None
    return found


def first(path: str, change: Change) -> Change:
    def changed(root: etree._Element) -> None:
        place = root.find(path, NS)
        assert place is not None, path
        change(place)

    return changed


def removed(place: etree._Element) -> None:
    parent = place.getparent()
    assert parent is not None
    parent.remove(place)


def twice(place: etree._Element) -> None:
    place.addnext(etree.fromstring(etree.tostring(place, with_tail=False)))


def child(tag: str = f"{{{ASSERTION}}}Other") -> Change:
    return lambda place: etree.SubElement(place, tag)


DATA = "saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"
CONDITIONS = "saml:Conditions"


def test_an_ordinary_one_is_read() -> None:
    found = read_assertion(element())
    assert found.audiences == (("urn:amazon:webservices",),)
    assert wished_session(found).name == "alice"
    check_role(found, ROLE, PROVIDER)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root.set("Version", "1.1"),
        lambda root: root.attrib.pop("Version"),
        lambda root: setattr(root, "tag", f"{{{ASSERTION}}}EncryptedAssertion"),
        lambda root: root.attrib.pop("IssueInstant"),
        child(),
        *(first(path, twice) for path in ("saml:Issuer", "saml:Subject", CONDITIONS)),
        *(first(path, removed) for path in ("saml:Issuer", "saml:Subject", CONDITIONS)),
        first("saml:Issuer", child()),
        first(CONDITIONS, child()),
        first(CONDITIONS, child(f"{{{ASSERTION}}}Condition")),
        first("saml:AuthnStatement", removed),
        first("saml:Subject/saml:NameID", removed),
        first("saml:Subject/saml:NameID", twice),
        first("saml:Subject/saml:NameID", lambda place: setattr(place, "text", " ")),
        first("saml:Subject/saml:NameID", child()),
        first("saml:Subject/saml:SubjectConfirmation", twice),
        first("saml:Subject/saml:SubjectConfirmation", removed),
        first("saml:Subject/saml:SubjectConfirmation", lambda place: place.set("Method", "urn:x")),
        first(DATA, twice),
        first(DATA, removed),
        first(DATA, lambda place: place.attrib.pop("Recipient")),
        first(DATA, lambda place: place.attrib.pop("NotOnOrAfter")),
        first("saml:AttributeStatement", child(f"{{{ASSERTION}}}EncryptedAttribute")),
        first("saml:AttributeStatement", child(f"{{{ASSERTION}}}Attribute")),
        first(
            "saml:AttributeStatement",
            lambda place: etree.SubElement(place, "Attribute", {"Name": f"{BASE}Role"}),
        ),
        first("saml:AttributeStatement/saml:Attribute/saml:AttributeValue", child()),
        first(f"{CONDITIONS}/saml:AudienceRestriction/saml:Audience", child()),
    ],
)
def test_what_is_not_as_it_must_be_is_not_read(change: Change) -> None:
    root = element()
    change(root)
    with pytest.raises(AwsError) as refused:
        read_assertion(root)
    assert refused.value.code in ("InvalidIdentityToken", "AccessDenied")


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "now",
        "2030-01-31",
        "2030-01-31T12:00:00",
        "2030-01-31T12:00:00+01:00",
        "2030-01-31T12:00:00.Z",
        "2030-02-31T12:00:00Z",
        "2030-01-31T25:00:00Z",
        " 2030-01-31T12:00:00Z",
        "2030-01-31T12:00:00Z\n",
        "٢٠٣٠-01-31T12:00:00Z",
    ],
)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".", "IssueInstant"),
        (CONDITIONS, "NotBefore"),
        (CONDITIONS, "NotOnOrAfter"),
        (DATA, "NotOnOrAfter"),
        ("saml:AuthnStatement", "SessionNotOnOrAfter"),
    ],
)
def test_a_time_is_one_of_utc(path: str, name: str, moment: str) -> None:
    root = element()
    first(path, lambda place: place.set(name, moment))(root)
    with pytest.raises(AwsError) as refused:
        read_assertion(root)
    assert refused.value.code == "InvalidIdentityToken"


def test_parts_of_a_second_count() -> None:
    root = element()
    root.set("IssueInstant", "2030-01-31T12:00:00.1234567Z")
    assert read_assertion(root).issued_at.microsecond == 123456


def test_an_attribute_of_somebody_elses_may_hold_elements() -> None:
    root = element(attributes=[("urn:oid:1.2", ["x"])])
    value = root.findall(".//saml:AttributeValue", NS)[-1]
    etree.SubElement(value, "inner").text = "y"
    assert read_assertion(root).values_of("urn:oid:1.2") == [("xy",)]


# -- the attributes of AWS -----------------------------------------------------------


def read(**changes: Any) -> Assertion:
    return read_assertion(element(**changes))


@pytest.mark.parametrize(
    "roles",
    [
        [],
        [ROLE],
        [PROVIDER],
        [f"{ROLE},{ROLE}"],
        [f"{ROLE},{PROVIDER},{ROLE}"],
        [f"{ROLE}x,{PROVIDER}"],
        [f"{ROLE},{PROVIDER}x"],
        [f"{ROLE.upper()},{PROVIDER}"],
    ],
)
def test_a_role_that_is_not_offered(roles: list[str]) -> None:
    with pytest.raises(AwsError, match="requested Role and Metadata"):
        check_role(read(roles=roles), ROLE, PROVIDER)


@pytest.mark.parametrize(
    "roles", [[f"{PROVIDER},{ROLE}"], [f" {ROLE} , {PROVIDER} "], ["x,y", f"{ROLE},{PROVIDER}"]]
)
def test_a_role_that_is_offered(roles: list[str]) -> None:
    check_role(read(roles=roles), ROLE, PROVIDER)


@pytest.mark.parametrize(
    "attributes",
    [
        [(f"{BASE}RoleSessionName", ["bob"])],
        [(f"{BASE}SessionDuration", ["900", "901"])],
        [(f"{BASE}SessionDuration", [])],
        [(f"{BASE}SessionDuration", ["899"])],
        [(f"{BASE}SessionDuration", ["43201"])],
        [(f"{BASE}SessionDuration", ["1e3"])],
        [(f"{BASE}SourceIdentity", ["a"])],
        [(f"{BASE}SourceIdentity", ["aws:alice"])],
        [(f"{BASE}SourceIdentity", ["alice", "bob"])],
        [(f"{BASE}PrincipalTag:team", ["a", "b"])],
        [(f"{BASE}PrincipalTag:team", ["a"]), (f"{BASE}PrincipalTag:team", ["b"])],
        [(f"{BASE}PrincipalTag:team", ["a"]), (f"{BASE}PrincipalTag:TEAM", ["b"])],
        [(f"{BASE}TransitiveTagKeys", ["team"])],
    ],
)
def test_an_attribute_that_makes_no_session(attributes: Any) -> None:
    with pytest.raises(AwsError):
        wished_session(read(attributes=attributes))


@pytest.mark.parametrize("name", [None, "a", "a" * 65, "a b", "älice", "alice\n"])
def test_a_session_has_a_name(name: str | None) -> None:
    with pytest.raises(AwsError, match="RoleSessionName"):
        wished_session(read(session_name=name))
