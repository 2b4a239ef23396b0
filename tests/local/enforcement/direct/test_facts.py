"""The condition keys that every call brings ("AWS global condition context keys")."""

from datetime import timedelta, timezone

import pytest

from rolecall.local.api import Identity, SessionGrant
from rolecall.local.authorization.context import (
    facts_of_call,
    facts_of_role,
    resource_tags,
    timestamp,
)
from rolecall.local.directory import RoleRecord
from rolecall.policy import IamUser
from tests.local.enforcement.conftest import HOME
from tests.local.enforcement.direct.conftest import NOW, Place, api_call

PLAIN = {
    "aws:CurrentTime": "2026-03-04T05:06:07Z",
    "aws:EpochTime": "1772600767",
    "aws:SourceIp": "203.0.113.9",
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:RequestedRegion": "eu-central-1",
}


def of_session(place: Place, **more: object) -> dict[str, str | tuple[str, ...]]:
    grant = SessionGrant(
        kind="session-token",
        account=HOME,
        issued_at=NOW - timedelta(minutes=1),
        expires_at=NOW,
        **more,  # type: ignore[arg-type]
    )
    identity = Identity(IamUser(HOME, "u"), "ASIA", grant)
    return facts_of_call(api_call("iam", "GetUser"), identity, place.cloud)


def test_an_unsigned_call_and_one_with_a_key_of_a_user(place: Place) -> None:
    call = api_call("iam", "GetUser")
    assert facts_of_call(call, None, place.cloud) == PLAIN
    assert facts_of_call(call, Identity(IamUser(HOME, "u"), "AKIA"), place.cloud) == PLAIN


def test_the_embedded_clock_counts(place: Place) -> None:
    place.cloud.advance(3600)
    facts = facts_of_call(api_call("iam", "GetUser"), None, place.cloud)
    assert facts["aws:CurrentTime"] == "2026-03-04T06:06:07Z"
    assert facts["aws:EpochTime"] == "1772604367"


def test_where_the_call_came_from(place: Place) -> None:
    call = api_call(
        "s3",
        headers={"user-agent": "a/1", "referer": "http://r"},
        source_ip="198.51.100.1",
        region="us-west-2",
    )
    assert facts_of_call(call, None, place.cloud) == {
        **PLAIN,
        "aws:SourceIp": "198.51.100.1",
        "aws:RequestedRegion": "us-west-2",
        "aws:UserAgent": "a/1",
        "aws:Referer": "http://r",
    }
    empty = api_call("s3", headers={"user-agent": "", "referer": ""})
    assert facts_of_call(empty, None, place.cloud) == PLAIN


def test_a_session_without_mfa(place: Place) -> None:
    assert of_session(place) == {
        **PLAIN,
        "aws:TokenIssueTime": "2026-03-04T05:05:07Z",
        "aws:MultiFactorAuthPresent": "false",
    }


@pytest.mark.parametrize(("ago", "age"), [(0, "0"), (1, "1"), (90.9, "90"), (-5, "0")])
def test_a_session_with_mfa(place: Place, ago: float, age: str) -> None:
    assert of_session(place, mfa_at=NOW - timedelta(seconds=ago)) == {
        **PLAIN,
        "aws:TokenIssueTime": "2026-03-04T05:05:07Z",
        "aws:MultiFactorAuthPresent": "true",
        "aws:MultiFactorAuthAge": age,
    }


def test_what_an_identity_provider_said_lasts_as_long_as_the_session(place: Place) -> None:
    facts = of_session(place, federation={"saml:sub": "s", "saml:groups": ("a", "b")})
    assert facts["saml:sub"] == "s"
    assert facts["saml:groups"] == ("a", "b")


def test_a_provider_cannot_speak_for_the_session_itself(place: Place) -> None:
    said = {"aws:MultiFactorAuthPresent": "true", "aws:TokenIssueTime": "x"}
    facts = of_session(place, federation=said)
    assert facts["aws:MultiFactorAuthPresent"] == "false"
    assert facts["aws:TokenIssueTime"] == "2026-03-04T05:05:07Z"


def test_tags_of_iam_have_two_names() -> None:
    assert resource_tags({"a": "1", "b": "2"}) == {
        "aws:ResourceTag/a": "1",
        "iam:ResourceTag/a": "1",
        "aws:ResourceTag/b": "2",
        "iam:ResourceTag/b": "2",
    }
    assert resource_tags({}) == {}


def test_what_a_role_brings_along() -> None:
    role = RoleRecord(HOME, "r", "/", "AROA", "arn", "{}", 3600, {"a": "1"}, None)
    assert facts_of_role(role) == {
        "aws:ResourceTag/a": "1",
        "iam:ResourceTag/a": "1",
        "aws:ResourceAccount": HOME,
    }


def test_moments_are_written_in_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert timestamp(there) == "2026-03-04T05:06:07Z"
