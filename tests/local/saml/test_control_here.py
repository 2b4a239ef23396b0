"""Responses of the stand-in, asked for by the control calls without a server."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from moto.iam.models import IAMBackend, iam_backends

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.issuers.saml_metadata import read_saml_metadata
from rolecall.local.cloud import Cloud
from rolecall.local.saml import stand_in, stand_in_key
from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.aws_attributes import check_role, wished_session
from rolecall.local.saml.control import control
from rolecall.local.saml.verify import verified_assertion
from rolecall.problems import Problem
from tests.local.conftest import nothing_in_it
from tests.local.saml.idp import NS, SIGN_IN, Idp, private_key

HOME = "111122223333"
NOW = datetime(2030, 5, 6, 7, 8, 9, 120_000, tzinfo=UTC)
ARN = f"arn:aws:iam::{HOME}:saml-provider/acme"
ROLE = f"arn:aws:iam::{HOME}:role/tes"
WISH = {"provider": ARN, "role": ROLE, "session_name": "alice", "subject": "_a"}


@dataclass
class Here:
    saved: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cloud = Cloud(clock=lambda: NOW, on_change=lambda: self.saved.append(1))
        self.home: Any = iam_backends[HOME]["aws"]
        self.home.create_saml_provider("acme", Idp().metadata())

    def response(self, **given: Any) -> str:
        told = control("POST", "saml/response", {**WISH, **given}, self.cloud)
        assert told is not None
        assert set(told) == {"response"}
        return str(told["response"])

    def read(self, **given: Any) -> Assertion:
        response = self.response(**given)
        known = stand_in_key.believed(read_saml_metadata(Idp().metadata()), ARN, self.cloud)
        return verified_assertion(response, known, now=NOW)

    def problem(self, **given: Any) -> str:
        with pytest.raises(Problem) as caught:
            self.response(**given)
        return str(caught.value)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    monkeypatch.setattr(IAMBackend, "_init_aws_policies", lambda _backend: [])
    # One key for all tests: making one takes longer than they do.
    key = private_key("stand-in")
    monkeypatch.setattr(rsa, "generate_private_key", lambda **_given: key)
    with nothing_in_it():
        yield Here()


def test_what_a_response_says_unless_more_is_asked(here: Here) -> None:
    found = here.read()
    wished = wished_session(found)
    assert (wished.name, wished.seconds, wished.source_identity) == ("alice", None, None)
    assert (wished.tags.all, wished.tags.transitive) == ({}, ())
    check_role(found, ROLE, ARN)
    assert (found.issuer, found.subject) == (Idp().entity_id, "_a")
    assert found.subject_format == "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    assert found.issued_at == found.not_before == NOW
    assert found.not_on_or_after == NOW.replace(microsecond=0) + timedelta(minutes=5)
    assert (found.session_ends, found.one_time, found.recipient) == (None, False, SIGN_IN)
    assert found.audiences == (("urn:amazon:webservices",),)
    assert len(found.attributes) == 2


def test_the_form_of_a_response(here: Here) -> None:
    root = etree.fromstring(base64.b64decode(here.response()))
    assert (root.get("Destination"), root.get("Version")) == (SIGN_IN, "2.0")
    assert root.get("IssueInstant") == "2030-05-06T07:08:09.120Z"
    assertion = root.find("saml:Assertion", NS)
    assert assertion is not None
    ids = [root.get("ID", ""), assertion.get("ID", "")]
    other = etree.fromstring(base64.b64decode(here.response()))
    assert len({*ids, other.get("ID", "")}) == 3
    assert all(each.startswith("_") and len(each) == 41 for each in ids)
    issuer = root.find("saml:Issuer", NS)
    assert issuer is not None
    assert issuer.text == Idp().entity_id
    statement = assertion.find("saml:AuthnStatement", NS)
    assert statement is not None
    assert statement.get("AuthnInstant") == "2030-05-06T07:08:09.120Z"
    context = statement.find("saml:AuthnContext/saml:AuthnContextClassRef", NS)
    assert context is not None
    certificate = assertion.find("ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate", NS)
    assert certificate is not None
    own = here.cloud.records["saml_stand_in"]["certificate"]
    assert "".join((certificate.text or "").split()) == "".join(own.splitlines()[1:-1])
    assert context.text == "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"


def test_what_is_not_wanted_is_not_said(here: Here) -> None:
    wanted = stand_in.Wanted(role_arn=ROLE, provider_arn=ARN, session_name="alice", subject="_a")
    response = etree.fromstring(base64.b64decode(stand_in.mint(wanted, "idp", here.cloud)))
    names = [each.get("Name") for each in response.iterfind(".//saml:Attribute", NS)]
    base = "https://aws.amazon.com/SAML/Attributes/"
    assert names == [f"{base}Role", f"{base}RoleSessionName"]


def test_all_that_may_be_asked(here: Here) -> None:
    found = here.read(
        tags={"team": "web", "cost": "1"},
        transitive=["team"],
        source_identity="carol",
        seconds=1800,
        attributes={"edupersonaffiliation": ["staff", "member"], "own": ["x"]},
    )
    wished = wished_session(found)
    assert (wished.seconds, wished.source_identity) == (1800, "carol")
    assert (wished.tags.all, wished.tags.transitive) == ({"team": "web", "cost": "1"}, ("team",))
    names = [name for name, _ in found.attributes]
    assert names[-1] == "own"
    assert found.attributes[-2][1] == ("staff", "member")
    assert names[-2] == "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"
    upper = here.read(attributes={"EduPersonAffiliation": ["staff"]})
    assert upper.attributes[-1][0] == names[-2]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"provider": None}, "provider must be a text."),
        ({"role": 7}, "role must be a text."),
        ({"session_name": ""}, "session_name is empty."),
        ({"subject": ""}, "subject is empty."),
        ({"source_identity": ""}, "source_identity is empty."),
        ({"source_identity": 7}, "source_identity must be a text."),
        ({"seconds": True}, "seconds must be a whole number."),
        ({"seconds": "900"}, "seconds must be a whole number."),
        ({"seconds": 1.5}, "seconds must be a whole number."),
        ({"attributes": []}, "attributes must be an object of at most 200 members."),
        ({"attributes": {"a": "b"}}, "attributes.a must be a list of at most 200 texts."),
        ({"attributes": {"a": [7]}}, "attributes.a must be a text."),
        ({"attributes": {"a": ["x"] * 201}}, "attributes.a must be a list of at most 200 texts."),
        (
            {"tags": {str(number): "" for number in range(201)}},
            "tags must be an object of at most 200 members.",
        ),
        ({"tags": {"a": 7}}, "tags.a must be a text."),
        ({"transitive": "a"}, "transitive must be a list of at most 200 texts."),
        ({"transitive": [None]}, "transitive must be a text."),
        ({"provider": f"{ARN}x"}, "There is no SAML provider"),
        ({"provider": "acme"}, "There is no SAML provider acme"),
        ({"subject": "a\x00b"}, "cannot hold control characters"),
    ],
)
def test_what_cannot_be_asked(here: Here, given: dict[str, Any], told: str) -> None:
    assert told in here.problem(**given)
    # Nobody is stood in for because of a call that was refused.
    assert "providers" not in here.cloud.records.get("saml_stand_in", {})


def test_the_last_that_can(here: Here) -> None:
    here.response(attributes={"a": ["x"] * 200}, source_identity=None, seconds=None)
    here.response(tags={str(number): "" for number in range(200)})


def test_other_calls_are_not_answered(here: Here) -> None:
    for method, name in (("GET", "saml/response"), ("POST", "saml/metadata"), ("POST", "")):
        assert control(method, name, WISH, here.cloud) is None


def test_metadata_that_are_no_longer_good(here: Here) -> None:
    here.home.saml_providers["acme"].saml_metadata_document = "x"
    assert "are no longer good" in here.problem()


def test_whom_the_key_is_believed_for(here: Here) -> None:
    known = read_saml_metadata(Idp().metadata())
    assert stand_in_key.believed(known, ARN, here.cloud) is known
    here.response()
    held = here.cloud.records["saml_stand_in"]
    assert held["providers"] == {ARN: Idp().entity_id}
    believed = stand_in_key.believed(known, ARN, here.cloud)
    assert believed.signing_certificates[:-1] == known.signing_certificates
    own = believed.signing_certificates[-1]
    assert own.not_valid_before_utc == NOW.replace(microsecond=0) - timedelta(days=1)
    assert own.not_valid_after_utc == NOW.replace(microsecond=0) + timedelta(days=3650)
    assert own.subject == own.issuer
    assert own.subject.rfc4514_string() == "CN=Rolecall stand-in identity provider"
    assert stand_in_key.believed(known, f"{ARN}x", here.cloud) is known
    other = read_saml_metadata(Idp(entity_id="https://other.example").metadata())
    assert stand_in_key.believed(other, ARN, here.cloud) is other


def test_the_key_is_made_once_and_kept(here: Here) -> None:
    here.response()
    kept, saved = dict(here.cloud.records["saml_stand_in"]), len(here.saved)
    assert saved >= 2
    assert "BEGIN PRIVATE KEY" in kept["key"]
    here.response()
    assert here.cloud.records["saml_stand_in"] == kept
    # Nothing new to save.
    assert len(here.saved) == saved
    stand_in_key.stand_in_for(ARN, "another", here.cloud)
    assert here.cloud.records["saml_stand_in"]["providers"] == {ARN: "another"}
    assert len(here.saved) == saved + 1
