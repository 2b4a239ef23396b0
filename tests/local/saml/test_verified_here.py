"""From a response to a verified assertion, without a server: each check by itself."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.issuers.saml_metadata import SamlMetadata, read_saml_metadata
from rolecall.local.api import AwsError
from rolecall.local.saml import verify
from rolecall.local.saml.message import read_message
from rolecall.local.saml.signature import signed_copy
from rolecall.local.saml.signature_shape import check_shape
from rolecall.local.saml.verify import verified_assertion
from tests.local.saml.idp import ASSERTION, NS, Idp, Said, child, encoded

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
BAD = "Response signature invalid"
IDP, OTHER = Idp(), Idp(key_name="other")


def said(**changes: Any) -> Said:
    plain = Said(
        role="arn:aws:iam::111122223333:role/tes",
        provider="arn:aws:iam::111122223333:saml-provider/acme",
        now=NOW,
    )
    return plain.but(**changes)


def metadata(*more: Idp, **changes: Any) -> SamlMetadata:
    return replace(read_saml_metadata(IDP.metadata(*more)), **changes)


def refused(root: etree._Element | str, known: SamlMetadata | None = None) -> AwsError:
    with pytest.raises(AwsError) as caught:
        verified_assertion(encoded(root), known or metadata(), now=NOW)
    return caught.value


def bad(root: etree._Element, known: SamlMetadata | None = None) -> str:
    error = refused(root, known)
    assert (error.code, error.message) == ("InvalidIdentityToken", BAD)
    return error.reason


def test_a_signed_assertion() -> None:
    for sign in ("assertion", "both"):
        found = verified_assertion(encoded(IDP.response(said(sign=sign))), metadata(), now=NOW)
        assert (found.issuer, found.issued_at) == (IDP.entity_id, NOW)
    # Any of the provider's keys will do.
    response = encoded(OTHER.response(said()))
    assert verified_assertion(response, metadata(OTHER), now=NOW).issued_at == NOW


def test_an_assertion_that_is_not_signed_itself() -> None:
    for sign in ("", "response"):
        assert bad(IDP.response(said(sign=sign))) == "the assertion itself is not signed"


def test_a_signature_of_the_response_must_be_good_too() -> None:
    root = IDP.response(said(sign="both"))
    root.set("InResponseTo", "_x")
    assert "no key of the provider's metadata" in bad(root)


def test_keys_of_others() -> None:
    assert "no key of the provider's metadata" in bad(OTHER.response(said()))
    known = metadata(signing_certificates=())
    assert "no key of the provider's metadata" in bad(IDP.response(said()), known)


def test_what_was_altered() -> None:
    root = IDP.response(said())
    name = root.find(".//saml:NameID", NS)
    assert name is not None
    name.text = "_admin"
    assert "or it was altered" in bad(root)


def test_metadata_that_have_ended() -> None:
    response = IDP.response(said())
    tick = timedelta(microseconds=1)
    for until in (NOW, NOW - tick):
        assert "validUntil" in bad(response, metadata(valid_until=until))
    known = metadata(valid_until=NOW + tick)
    assert verified_assertion(encoded(response), known, now=NOW)


def test_issuers_of_response_and_assertion() -> None:
    words = "Issuer not present in specified provider"
    for changes in ({"issuer": "other"}, {"response_issuer": "other"}):
        assert refused(IDP.response(said(**changes))).message == words
    bare = IDP.response(said())
    issuer = bare.find("saml:Issuer", NS)
    assert issuer is not None
    bare.remove(issuer)
    assert read_message(encoded(bare)).issuers == (IDP.entity_id,)
    assert verified_assertion(encoded(bare), metadata(), now=NOW)
    both = read_message(encoded(IDP.response(said(response_issuer="other"))))
    assert both.issuers == ("other", IDP.entity_id)


def test_the_issuer_of_what_was_signed_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the message said: the signed assertion's own issuer counts."""
    first = read_message(encoded(IDP.response(said(issuer="other"))))
    outside = read_message(encoded(IDP.response(said())))
    monkeypatch.setattr(
        verify, "read_message", lambda _value: replace(outside, assertion=first.assertion)
    )
    monkeypatch.setattr(type(outside), "issuers", (IDP.entity_id,))
    words = "Issuer not present in specified provider"
    assert refused("x").message == words


def test_a_destination_that_is_not_aws() -> None:
    response = IDP.response(said(destination="https://other.example/saml"))
    assert "Destination" in bad(response)
    assert "Destination" in bad(IDP.response(said(destination="")))
    for changes in ({"destination": None}, {}):
        assert verified_assertion(encoded(IDP.response(said(**changes))), metadata(), now=NOW)
    cn = said(destination="https://signin.amazonaws.cn/saml")
    assert "Destination" in bad(IDP.response(cn))


def test_times_and_addressees_are_asked() -> None:
    late = refused(IDP.response(said(now=NOW - timedelta(minutes=6))))
    assert late.code == "ExpiredTokenException"
    elsewhere = refused(IDP.response(said(audiences=(("x",),))))
    assert elsewhere.message == "Response does not contain the required audience"
    with pytest.raises(AwsError) as caught:
        verified_assertion(encoded(IDP.response(said())), metadata(), now=NOW, partition="aws-cn")
    assert caught.value.code == "InvalidIdentityToken"


def test_what_a_signature_covers() -> None:
    assertion = IDP.response(said()).find("saml:Assertion", NS)
    assert assertion is not None
    certificates = metadata().signing_certificates
    found = signed_copy(assertion, certificates)
    assert found is not None
    assert (found.tag, found.get("ID")) == (assertion.tag, assertion.get("ID"))
    # A copy: what is done to the element afterwards is not in it.
    assert found is not assertion
    unsigned = IDP.response(said(sign="")).find("saml:Assertion", NS)
    assert unsigned is not None
    assert signed_copy(unsigned, certificates) is None


def test_a_good_signature_of_another_element(monkeypatch: pytest.MonkeyPatch) -> None:
    from rolecall.local.saml import signature

    assertion = IDP.response(said()).find("saml:Assertion", NS)
    assert assertion is not None
    twin, other = deepcopy(assertion), deepcopy(assertion)
    twin.set("ID", "_another")
    other.tag = f"{{{ASSERTION}}}Advice"
    for wrong in (twin, other):
        monkeypatch.setattr(signature, "_verified", lambda *_given, wrong=wrong: wrong)
        with pytest.raises(AwsError, match=BAD) as caught:
            signed_copy(assertion, metadata().signing_certificates)
        assert caught.value.reason == "the signature covers another element"


def test_several_signatures_of_one_element() -> None:
    assertion = IDP.response(said()).find("saml:Assertion", NS)
    assert assertion is not None
    signature = assertion.find("ds:Signature", NS)
    assert signature is not None
    assertion.append(deepcopy(signature))
    with pytest.raises(AwsError, match=BAD) as caught:
        signed_copy(assertion, metadata().signing_certificates)
    assert caught.value.reason == "the element has several signatures"


@pytest.mark.parametrize("place", ["samlp:Status", "saml:Issuer", "samlp:Status/samlp:StatusCode"])
def test_the_only_assertion_stands_in_the_response_itself(place: str) -> None:
    root = IDP.response(said())
    assertion, inside = root.find("saml:Assertion", NS), root.find(place, NS)
    assert assertion is not None
    assert inside is not None
    inside.append(assertion)
    assert refused(root).reason == "the response holds 1 assertions in place of one"


def test_names_that_elements_of_a_signature_may_have() -> None:
    assertion = IDP.response(said()).find("saml:Assertion", NS)
    assert assertion is not None
    signature = assertion.find("ds:Signature", NS)
    assert signature is not None
    for path in (".", "ds:SignedInfo", "ds:SignedInfo/ds:Reference", "ds:SignatureValue"):
        element = signature.find(path, NS)
        assert element is not None
        for wrong in ("id", "ID", "Ids"):
            element.set(wrong, "x")
            with pytest.raises(AwsError, match=BAD):
                check_shape(signature, assertion)
            del element.attrib[wrong]
        element.set("Id", "x")
        check_shape(signature, assertion)


def test_the_shape_of_a_signature_is_asked_before_it_is_computed() -> None:
    root = IDP.response(said())
    value = root.find(".//ds:SignatureValue", NS)
    assert value is not None
    # Outside of what is signed, so that the key alone would not notice.
    value.set("other", "x")
    assert bad(root) == "SignatureValue holds more than text"


def test_an_element_without_an_id_is_not_referred_to() -> None:
    assertion = IDP.response(said()).find("saml:Assertion", NS)
    assert assertion is not None
    signature = assertion.find("ds:Signature", NS)
    reference = assertion.find("ds:Signature/ds:SignedInfo/ds:Reference", NS)
    assert signature is not None
    assert reference is not None
    del assertion.attrib["ID"]
    reference.set("URI", "#None")
    with pytest.raises(AwsError, match=BAD):
        check_shape(signature, assertion)


def test_a_certificate_in_the_message_counts_nothing() -> None:
    """Whoever forges a message puts the own certificate there; the provider's may be gone."""
    forged = OTHER.response(said())
    assert forged.find(".//ds:X509Certificate", NS) is not None
    bad(forged)
    stripped = IDP.response(said())
    info = stripped.find(".//ds:KeyInfo", NS)
    assert info is not None
    parent = info.getparent()
    assert parent is not None
    parent.remove(info)
    assert verified_assertion(encoded(stripped), metadata(), now=NOW)


def test_a_certificate_that_has_ended_still_counts() -> None:
    """IAM does not look at the dates of certificates in metadata."""
    old = Idp(key_name="old", ends=timedelta(days=-10))
    known = replace(read_saml_metadata(old.metadata()))
    assert verified_assertion(encoded(old.response(said())), known, now=NOW)


def test_responses_that_tell_of_a_failure() -> None:
    error = refused(IDP.response(said(status="urn:oasis:names:tc:SAML:2.0:status:Requester")))
    assert (error.code, error.status, error.message) == (
        "IDPRejectedClaim",
        403,
        "The identity provider (IdP) reported that authentication failed.",
    )
    second = IDP.response(said())
    status = second.find("samlp:Status", NS)
    assert status is not None
    child(status, "samlp:StatusCode", Value="x")
    assert "no Status with one StatusCode" in refused(second).reason
    status.clear()
    assert "no Status with one StatusCode" in refused(second).reason
