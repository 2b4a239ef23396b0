"""What is read of an assertion, by itself: every part, every moment, every refusal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from rolecall.local.api import AwsError
from rolecall.local.saml.assertion import Assertion, read_assertion
from tests.local.saml.idp import ASSERTION, NS, PERSISTENT, SIGN_IN, Idp, Said, child

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
ROLE, PROVIDER = "arn:aws:iam::111122223333:role/tes", "arn:aws:iam::111122223333:saml-provider/a"
NO_CONFIRMATION = "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter"


def element(**changes: Any) -> etree._Element:
    """An assertion that nobody signed."""
    said = Said(role=ROLE, provider=PROVIDER, now=NOW, sign="", **changes)
    found = Idp().response(said).find("saml:Assertion", NS)
    assert found is not None
    return found


def at(assertion: etree._Element, path: str) -> etree._Element:
    found = assertion.find(path, NS)
    assert found is not None
    return found


def refused(assertion: etree._Element) -> AwsError:
    with pytest.raises(AwsError) as caught:
        read_assertion(assertion)
    return caught.value


def unreadable(assertion: etree._Element) -> str:
    error = refused(assertion)
    assert (error.code, error.message, error.status) == (
        "InvalidIdentityToken",
        "Invalid base64 SAMLResponse",
        400,
    )
    return error.reason


def test_the_whole_of_a_plain_assertion() -> None:
    given = element(attributes=[("mail", ["a@x", "b@x"]), ("empty", [])])
    found = read_assertion(given)
    assert found == Assertion(
        id=given.get("ID", "?"),
        issuer=Idp().entity_id,
        issued_at=NOW,
        subject="_cbb88bf52c2510eabe00c1642d4643f41430fe25e3",
        subject_format=PERSISTENT,
        recipient=SIGN_IN,
        audiences=(("urn:amazon:webservices",),),
        not_before=NOW,
        not_on_or_after=NOW + timedelta(minutes=5),
        session_ends=None,
        one_time=False,
        attributes=(
            ("https://aws.amazon.com/SAML/Attributes/Role", (f"{ROLE},{PROVIDER}",)),
            ("https://aws.amazon.com/SAML/Attributes/RoleSessionName", ("alice",)),
            ("mail", ("a@x", "b@x")),
            ("empty", ()),
        ),
    )
    assert found.values_of("mail") == [("a@x", "b@x")]
    assert found.values_of("none") == []


def test_the_moments_that_count() -> None:
    minute = timedelta(minutes=1)
    found = read_assertion(element(not_on_or_after=3 * minute, confirmed_until=2 * minute))
    assert found.not_on_or_after == NOW + 2 * minute
    found = read_assertion(element(not_on_or_after=2 * minute, confirmed_until=3 * minute))
    assert found.not_on_or_after == NOW + 2 * minute
    found = read_assertion(element(not_on_or_after=None, confirmed_until=3 * minute))
    assert found.not_on_or_after == NOW + 3 * minute
    assert read_assertion(element(not_before=None)).not_before is None
    both = element(not_before=-minute)
    data = at(both, "saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData")
    data.set("NotBefore", "2030-05-06T07:00:00Z")
    assert read_assertion(both).not_before == NOW - minute
    data.set("NotBefore", "2030-05-06T07:08:00Z")
    assert read_assertion(both).not_before == datetime(2030, 5, 6, 7, 8, tzinfo=UTC)


def test_the_earliest_end_of_the_users_sign_in() -> None:
    given = element(session_ends=timedelta(hours=2))
    for hours in (1, 3):
        statement = child(given, "saml:AuthnStatement")
        ends = NOW + timedelta(hours=hours)
        statement.set("SessionNotOnOrAfter", f"{ends:%Y-%m-%dT%H:%M:%S}Z")
    child(given, "saml:AuthnStatement")
    assert read_assertion(given).session_ends == NOW + timedelta(hours=1)
    for statement in given.findall("saml:AuthnStatement", NS):
        given.remove(statement)
    assert "no AuthnStatement" in unreadable(given)


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("2030-05-06T07:08:09Z", 0),
        ("2030-05-06T07:08:09.5Z", 500_000),
        ("2030-05-06T07:08:09.000001Z", 1),
        ("2030-05-06T07:08:09.123456999999Z", 123_456),
    ],
)
def test_times(text: str, microseconds: int) -> None:
    given = element()
    given.set("IssueInstant", text)
    assert read_assertion(given).issued_at == NOW + timedelta(microseconds=microseconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2030-05-06",
        "2030-05-06T07:08:09",
        "2030-05-06T07:08:09+00:00",
        "2030-05-06T07:08:09.Z",
        "2030-05-06T07:08:09.0000000000001Z",
        "2030-13-06T07:08:09Z",
        "2030-05-06T24:08:09Z",
        " 2030-05-06T07:08:09Z",
        "\u06622030-05-06T07:08:09Z",
    ],
)
def test_what_is_no_time(text: str) -> None:
    given = element()
    given.set("IssueInstant", text)
    assert "IssueInstant is no time" in unreadable(given)


def test_an_assertion_without_its_parts() -> None:
    for part, told in (
        ("Issuer", "0 elements Issuer"),
        ("Subject", "0 elements Subject"),
        ("Conditions", "0 elements Conditions"),
    ):
        given = element()
        given.remove(at(given, f"saml:{part}"))
        assert told in unreadable(given)
        given = element()
        child(given, f"saml:{part}")
        assert f"2 elements {part}" in unreadable(given)
    given = element()
    del given.attrib["IssueInstant"]
    assert "no IssueInstant" in unreadable(given)
    given = element()
    del given.attrib["ID"]
    assert read_assertion(given).id == ""


def test_an_assertion_of_another_kind() -> None:
    given = element()
    given.set("Version", "1.1")
    assert "none of SAML 2.0" in unreadable(given)
    given = element()
    given.tag = f"{{{ASSERTION}}}Advice"
    assert "none of SAML 2.0" in unreadable(given)


def test_what_may_stand_in_an_assertion_and_what_not() -> None:
    for name in ("saml:Advice", "saml:AuthzDecisionStatement", "ds:Signature"):
        given = element()
        child(given, name)
        read_assertion(given)
    for name in ("saml:Statement", "saml:EncryptedID", "samlp:Status", "ds:Object"):
        given = element()
        child(given, name)
        assert "does not belong there" in unreadable(given)


def test_conditions_that_are_known_and_others() -> None:
    given = element()
    conditions = at(given, "saml:Conditions")
    child(conditions, "saml:ProxyRestriction")
    assert read_assertion(given).one_time is False
    child(conditions, "saml:OneTimeUse")
    assert read_assertion(given).one_time is True
    child(conditions, "saml:Condition")
    assert "condition that is not known" in unreadable(given)


def test_every_audience_restriction() -> None:
    given = element(audiences=((" a ", "b"), ("c",), ()))
    assert read_assertion(given).audiences == (("a", "b"), ("c",), ())
    assert read_assertion(element(audiences=())).audiences == ()


def test_one_confirmation_by_bearer() -> None:
    changes: list[dict[str, Any]] = [
        {"confirmations": 0},
        {"confirmations": 2},
        {"method_of_confirmation": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"},
        {"recipient": None},
        {"recipient": ""},
        {"confirmed_until": None},
    ]
    for change in changes:
        error = refused(element(**change))
        assert (error.code, error.message) == ("InvalidIdentityToken", NO_CONFIRMATION)
    given = element()
    child(at(given, "saml:Subject/saml:SubjectConfirmation"), "saml:SubjectConfirmationData")
    assert refused(given).message == NO_CONFIRMATION


def test_a_subject_without_a_name() -> None:
    several = element()
    child(at(several, "saml:Subject"), "saml:NameID", "other")
    for given in (element(subject=None), element(subject=" "), several):
        error = refused(given)
        assert (error.code, error.status) == ("AccessDenied", 403)
        assert error.message == "Not authorized to perform sts:AssumeRoleWithSAML"
    found = read_assertion(element(subject=" x ", subject_format=None))
    assert (found.subject, found.subject_format) == (" x ", None)


def test_texts_that_elements_cut_in_two() -> None:
    for path in ("saml:Issuer", "saml:Subject/saml:NameID"):
        given = element()
        child(at(given, path), "saml:Advice").tail = "x"
        assert "more than text" in unreadable(given)
    given = element()
    at(given, "saml:Issuer").text = None
    assert read_assertion(given).issuer == ""


def test_attributes_of_others_may_hold_elements() -> None:
    given = element(attributes=[("nested", ["a"])])
    value = given.findall(".//saml:AttributeValue", NS)[-1]
    child(value, "saml:NameID", "b").tail = "c"
    assert read_assertion(given).values_of("nested") == [("abc",)]
    role = at(given, "saml:AttributeStatement/saml:Attribute")
    child(child(role, "saml:AttributeValue"), "saml:NameID", "b")
    assert "an attribute of AWS holds more than text" in unreadable(given)
    first = given.findall(".//saml:AttributeValue", NS)[0]
    child(first, "saml:NameID", "b")
    assert "an attribute of AWS holds more than text" in unreadable(given)


def test_attributes_without_a_name_or_encrypted() -> None:
    given = element()
    at(given, "saml:AttributeStatement/saml:Attribute").set("Name", "")
    assert "has no name" in unreadable(given)
    given = element()
    child(at(given, "saml:AttributeStatement"), "saml:EncryptedAttribute", Name="x")
    assert "is encrypted" in unreadable(given)
    given = element()
    second = child(child(given, "saml:AttributeStatement"), "saml:Attribute", Name="later")
    child(second, "saml:AttributeValue", "x")
    assert read_assertion(given).attributes[-1] == ("later", ("x",))
