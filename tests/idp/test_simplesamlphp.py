"""The SAML provider is a real one: people sign in by its page, and its assertions verify."""

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from lxml import etree
from signxml.exceptions import InvalidInput, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

from tests.idp.saml import AWS, AWS_CHINA, WIKI, SignInRefused, aws_attributes

if TYPE_CHECKING:
    from tests.idp.saml import SamlIdp

NAMES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
ROLE = "arn:aws:iam::111122223333:role/tes-engineer"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/sso"
NAME = "https://aws.amazon.com/SAML/Attributes/"


@pytest.fixture
def alice(saml_idp: "SamlIdp") -> str:
    saml_idp.person("alice", aws_attributes([(ROLE, PROVIDER)], session_name="alice"))
    return "alice"


def published_certificate(saml_idp: "SamlIdp") -> x509.Certificate:
    metadata = etree.fromstring(saml_idp.metadata.encode())
    text = metadata.findtext('.//md:KeyDescriptor[@use="signing"]//ds:X509Certificate', None, NAMES)
    assert text
    return x509.load_der_x509_certificate(base64.b64decode(text))


def signed_part(saml_idp: "SamlIdp", response: str) -> Any:
    """The element that the signature covers, checked against the published certificate.

    signxml takes nothing weaker than SHA-2 unless told otherwise.
    """
    result = XMLVerifier().verify(
        base64.b64decode(response),
        x509_cert=published_certificate(saml_idp),
        expect_config=SignatureConfiguration(location=".//"),
    )
    assert not isinstance(result, list)
    return result.signed_xml


def attribute(assertion: Any, name: str) -> list[str]:
    return list(
        assertion.xpath(
            ".//saml:Attribute[@Name=$name]/saml:AttributeValue/text()", name=name, namespaces=NAMES
        )
    )


def test_the_metadata_is_what_iam_takes(saml_idp: "SamlIdp") -> None:
    assert 1000 <= len(saml_idp.metadata) <= 10_000_000
    metadata = etree.fromstring(saml_idp.metadata.encode())
    assert metadata.get("entityID") == saml_idp.entity_id
    assert published_certificate(saml_idp) == saml_idp.certificate


def test_a_person_signs_in_for_aws(saml_idp: "SamlIdp") -> None:
    given = aws_attributes(
        [(ROLE, PROVIDER), (ROLE.replace("engineer", "reader"), PROVIDER)],
        session_name="alice@rolecall.test",
        session_duration=7200,
        tags={"Department": "platform"},
        transitive_tags=["Department"],
        source_identity="alice",
    )
    saml_idp.person("alice", given)
    assertion = signed_part(saml_idp, saml_idp.sign_in("alice"))
    assert etree.QName(assertion).localname == "Assertion"
    assert assertion.findtext("saml:Issuer", None, NAMES) == saml_idp.entity_id
    assert assertion.findtext(".//saml:Audience", None, NAMES) == AWS
    assert attribute(assertion, f"{NAME}PrincipalTag:Department") == ["platform"]
    assert {name: attribute(assertion, name) for name in given} == given
    data = assertion.find(".//saml:SubjectConfirmationData", NAMES)
    assert data.get("Recipient") == "https://signin.aws.amazon.com/saml"


@pytest.mark.parametrize(
    ("service_provider", "endpoint"),
    [
        (AWS, "https://eu-central-1.signin.aws.amazon.com/saml"),
        (AWS_CHINA, "https://signin.amazonaws.cn/saml"),
        (WIKI, "https://wiki.rolecall.test/saml/acs"),
    ],
)
def test_a_response_is_for_one_endpoint(
    saml_idp: "SamlIdp", alice: str, service_provider: str, endpoint: str
) -> None:
    response = saml_idp.sign_in(alice, service_provider=service_provider, endpoint=endpoint)
    assertion = signed_part(saml_idp, response)
    assert assertion.findtext(".//saml:Audience", None, NAMES) == service_provider
    data = assertion.find(".//saml:SubjectConfirmationData", NAMES)
    assert data.get("Recipient") == endpoint


@pytest.mark.parametrize("name_id", ["persistent", "transient", "email"])
def test_a_person_is_named_as_asked(saml_idp: "SamlIdp", alice: str, name_id: Any) -> None:
    assertion = signed_part(saml_idp, saml_idp.sign_in(alice, name_id=name_id))
    found = assertion.find(".//saml:NameID", NAMES)
    assert found.get("Format").rpartition(":")[2].startswith(name_id)
    expected = {"persistent": "alice", "email": "alice@rolecall.test", "transient": "_[0-9a-f]+"}
    assert re.fullmatch(expected[name_id], found.text)


def test_what_is_signed_can_be_chosen(saml_idp: "SamlIdp", alice: str) -> None:
    whole = signed_part(saml_idp, saml_idp.sign_in(alice, signed="response"))
    assert etree.QName(whole).localname == "Response"
    assert whole.find("saml:Assertion/ds:Signature", NAMES) is None
    nothing = etree.fromstring(base64.b64decode(saml_idp.sign_in(alice, signed="nothing")))
    assert nothing.find("saml:Assertion", NAMES) is not None
    assert nothing.find(".//ds:Signature", NAMES) is None


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "rsa-sha512", "rsa-sha1"])
def test_how_it_is_signed_can_be_chosen(saml_idp: "SamlIdp", alice: str, algorithm: Any) -> None:
    response = saml_idp.sign_in(alice, algorithm=algorithm)
    method = etree.fromstring(base64.b64decode(response)).find(".//ds:SignatureMethod", NAMES)
    assert method is not None
    assert str(method.get("Algorithm")).endswith(f"#{algorithm}")
    if algorithm == "rsa-sha1":
        with pytest.raises(InvalidInput):
            signed_part(saml_idp, response)
    else:
        signed_part(saml_idp, response)


def test_an_altered_assertion_does_not_verify(saml_idp: "SamlIdp", alice: str) -> None:
    response = base64.b64decode(saml_idp.sign_in(alice))
    altered = response.replace(b"role/tes-engineer", b"role/prd-engineer")
    assert altered != response
    with pytest.raises(InvalidSignature):
        signed_part(saml_idp, base64.b64encode(altered).decode())


def test_a_wrong_password_is_refused(saml_idp: "SamlIdp", alice: str) -> None:
    with pytest.raises(SignInRefused):
        saml_idp.sign_in(alice, "guessed")


def test_who_was_changed_signs_in_anew(saml_idp: "SamlIdp", alice: str) -> None:
    before = saml_idp.person(alice, {})
    saml_idp.person(alice, {"department": ["sales"]})
    assertion = signed_part(saml_idp, saml_idp.sign_in(alice))
    assert attribute(assertion, "department") == ["sales"]
    assert attribute(assertion, f"{NAME}Role") == []
    with pytest.raises(SignInRefused):
        saml_idp.sign_in(alice, before)
