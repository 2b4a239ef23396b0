"""Is an assertion this provider's, for AWS, and for now? Each question at its limits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.issuers.saml_metadata import SamlMetadata
from rolecall.local.api import AwsError
from rolecall.local.saml import acceptance
from rolecall.local.saml.assertion import Assertion, read_assertion
from tests.local.saml.idp import NS, SIGN_IN, Idp, Said

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
NO_CONFIRMATION = "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter"


def whole(**changes: Any) -> Assertion:
    """What an assertion says that nobody signed."""
    said = Said(role="role", provider="provider", now=NOW, sign="", **changes)
    found = Idp().response(said).find("saml:Assertion", NS)
    assert found is not None
    return read_assertion(found)


def told(assertion: Assertion, now: datetime) -> tuple[str, str] | None:
    try:
        acceptance.check_time(assertion, now)
    except AwsError as error:
        return error.code, error.message
    return None


def test_when_an_assertion_counts() -> None:
    early = ("InvalidIdentityToken", "Response is not yet valid")
    late = ("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
    over = ("ExpiredTokenException", "Response has expired")
    tick, minute = timedelta(microseconds=1), timedelta(minutes=1)
    long = whole(not_on_or_after=60 * minute, confirmed_until=60 * minute)
    assert told(long, NOW) is None
    assert told(long, NOW - tick) == early
    assert told(long, NOW + 5 * minute) is None
    assert told(long, NOW + 5 * minute + tick) == late
    short = whole(not_on_or_after=2 * minute)
    assert told(short, NOW + 2 * minute - tick) is None
    assert told(short, NOW + 2 * minute) == over
    ended = whole(session_ends=minute)
    assert told(ended, NOW + minute - tick) is None
    assert told(ended, NOW + minute) == over
    coming = whole(not_before=minute)
    assert told(coming, NOW + minute - tick) == early
    assert told(coming, NOW + minute) is None
    assert told(whole(not_before=None), NOW) is None
    assert told(whole(not_before=None), NOW - tick) == early
    assert told(whole(not_before=-60 * minute), NOW - tick) == early


def addressed(partition: str = "aws", **changes: Any) -> str:
    try:
        acceptance.check_addressee(whole(**changes), partition)
    except AwsError as error:
        assert error.code == "InvalidIdentityToken"
        return error.message
    return ""


def test_whom_an_assertion_is_for() -> None:
    regional = "https://eu-central-1.signin.aws.amazon.com/saml"
    no_audience = "Response does not contain the required audience"
    aws = "urn:amazon:webservices"
    assert addressed() == addressed(recipient=regional) == ""
    assert addressed(recipient="https://signin.example.com/saml") == NO_CONFIRMATION
    assert addressed("aws-cn") == NO_CONFIRMATION
    assert addressed(audiences=((SIGN_IN,),)) == addressed(audiences=(("x", aws),)) == ""
    assert addressed(audiences=((aws,), (regional, "x"))) == ""
    for wrong in ((), ((),), (("x",),), ((aws,), ("x",)), ((aws,), ()), ((f"{aws}x",),)):
        assert addressed(audiences=wrong) == no_audience, wrong


def test_issuers_of_the_provider_alone() -> None:
    metadata = SamlMetadata("a", (), (), None)
    acceptance.check_issuers((), metadata)
    acceptance.check_issuers(("a", "a"), metadata)
    for wrong in (("b",), ("a", "b"), ("b", "a"), ("",), ("A",)):
        with pytest.raises(AwsError, match="Issuer not present in specified provider") as caught:
            acceptance.check_issuers(wrong, metadata)
        assert caught.value.code == "InvalidIdentityToken"
