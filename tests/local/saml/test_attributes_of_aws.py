"""The attributes that AWS reads of an assertion, and one for one use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.api import AwsError
from rolecall.local.cloud import Cloud
from rolecall.local.saml import aws_attributes, one_time
from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.aws_attributes import check_role, wished_session

BASE = "https://aws.amazon.com/SAML/Attributes/"
NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
ROLE, PROVIDER = "arn:aws:iam::111122223333:role/tes", "arn:aws:iam::111122223333:saml-provider/a"
NAME = ("RoleSessionName", ("alice",))


def said(*attributes: tuple[str, tuple[str, ...]], **changes: Any) -> Assertion:
    plain = Assertion(
        id="_1",
        issuer="idp",
        issued_at=NOW,
        subject="s",
        subject_format=None,
        recipient="r",
        audiences=(),
        not_before=None,
        not_on_or_after=NOW + timedelta(minutes=5),
        session_ends=None,
        one_time=False,
        attributes=tuple((f"{BASE}{name}", values) for name, values in attributes),
    )
    return replace(plain, **changes)


def refused(call: Any, *given: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        call(*given)
    return caught.value


def test_the_pair_of_role_and_provider_in_either_order() -> None:
    for value in (f"{ROLE},{PROVIDER}", f"{PROVIDER},{ROLE}", f" {ROLE} ,\n{PROVIDER} "):
        check_role(said(("Role", ("x,y", value))), ROLE, PROVIDER)
    for values in (
        (),
        (ROLE,),
        (f"{ROLE},{PROVIDER}x",),
        (f"{ROLE}x,{PROVIDER}",),
        (f"{ROLE},{ROLE}",),
        (f"{PROVIDER},{PROVIDER}",),
        (f"{ROLE},{PROVIDER},x",),
        (ROLE, PROVIDER),
    ):
        error = refused(check_role, said(("Role", values)), ROLE, PROVIDER)
        assert error.code == "InvalidIdentityToken"
        assert error.message.startswith("SAML Assertion doesn't contain the requested Role")
    assert refused(check_role, said(), ROLE, PROVIDER).message.startswith("SAML Assertion doesn't")
    pair = ("Role", (f"{ROLE},{PROVIDER}",))
    assert "more than once" in refused(check_role, said(pair, pair), ROLE, PROVIDER).message


def test_what_a_session_is_wished_to_be() -> None:
    bare = wished_session(said(NAME))
    assert (bare.name, bare.seconds, bare.source_identity) == ("alice", None, None)
    assert (bare.tags.all, bare.tags.transitive) == ({}, ())
    whole = wished_session(
        said(
            NAME,
            ("SessionDuration", (" 1800\n",)),
            ("SourceIdentity", ("carol",)),
            ("PrincipalTag:team", ("web",)),
            ("PrincipalTag:cost", ("",)),
            ("TransitiveTagKeys", ("team",)),
        )
    )
    assert (whole.name, whole.seconds, whole.source_identity) == ("alice", 1800, "carol")
    assert (whole.tags.all, whole.tags.transitive) == ({"team": "web", "cost": ""}, ("team",))


@pytest.mark.parametrize("name", ["ab", "x" * 64, "AZaz09_+=,.@-"])
def test_names_of_sessions(name: str) -> None:
    assert wished_session(said(("RoleSessionName", (name,)))).name == name
    given = said(NAME, ("SourceIdentity", (name,)))
    assert wished_session(given).source_identity == name


@pytest.mark.parametrize("name", ["", "x", "x" * 65, "a b", "a/b", "\u00e9\u00e9", "ab\n"])
def test_what_is_no_name_of_a_session(name: str) -> None:
    error = refused(wished_session, said(("RoleSessionName", (name,))))
    assert error.message.startswith("RoleSessionName in AuthnResponse must match")
    error = refused(wished_session, said(NAME, ("SourceIdentity", (name,))))
    assert error.message.startswith("Source Identity must match")
    assert error.code == "InvalidIdentityToken"


def test_a_source_identity_that_aws_keeps() -> None:
    for name in ("aws:x", "AWS:x"):
        assert refused(wished_session, said(NAME, ("SourceIdentity", (name,))))
    assert wished_session(said(NAME, ("SourceIdentity", ("awsome",)))).source_identity == "awsome"


@pytest.mark.parametrize(("text", "seconds"), [("900", 900), ("43200", 43200), ("000000901", 901)])
def test_durations(text: str, seconds: int) -> None:
    assert wished_session(said(NAME, ("SessionDuration", (text,)))).seconds == seconds


@pytest.mark.parametrize("text", ["899", "43201", "", "x", "-900", "9e2", "\u0669" * 3, "0" * 10])
def test_what_is_no_duration(text: str) -> None:
    error = refused(wished_session, said(NAME, ("SessionDuration", (text,))))
    assert (error.code, error.message) == (
        "InvalidIdentityToken",
        "SessionDuration in AuthnResponse must be between 900 and 43200",
    )


def test_attributes_once_and_with_one_value() -> None:
    assert refused(wished_session, said()).message == "RoleSessionName is required in AuthnResponse"
    for name in ("RoleSessionName", "SourceIdentity", "SessionDuration", "PrincipalTag:team"):
        others = [] if name == "RoleSessionName" else [NAME]
        one = (name, ("alice" if name != "SessionDuration" else "900",))
        wished_session(said(*others, one))
        assert "more than once" in refused(wished_session, said(*others, one, one)).message
        for values in ((), ("alice", "alice")):
            error = refused(wished_session, said(*others, (name, values)))
            assert "without exactly one value" in error.message
    keys = ("TransitiveTagKeys", ("team",))
    tag = ("PrincipalTag:team", ("web",))
    assert "more than once" in refused(wished_session, said(NAME, tag, keys, keys)).message


def test_tags_as_assume_role_has_them() -> None:
    for wrong in (
        ("PrincipalTag:", ("x",)),
        ("PrincipalTag:aws:x", ("x",)),
        ("PrincipalTag:team", ("x" * 257,)),
        ("PrincipalTag:!", ("x",)),
        ("PrincipalTag:\u00e9" + "k" * 128, ("x",)),
    ):
        error = refused(wished_session, said(NAME, wrong))
        assert error.code in ("ValidationError", "InvalidParameterValue"), wrong
    unknown = said(NAME, ("TransitiveTagKeys", ("team",)))
    assert refused(wished_session, unknown).code == "InvalidParameterValue"
    twice = said(NAME, ("PrincipalTag:team", ("a",)), ("PrincipalTag:TEAM", ("b",)))
    assert refused(wished_session, twice).code == "InvalidParameterValue"


def test_names_of_attributes() -> None:
    assert aws_attributes.PREFIX == BASE
    assert wished_session(said(NAME, ("Principaltag:x", ("y",)))).tags.all == {}


def test_an_assertion_for_one_use() -> None:
    time = NOW
    saved = []
    cloud = Cloud(clock=lambda: time, on_change=lambda: saved.append(1))
    free, once = said(), said(one_time=True)
    for _ in range(2):
        one_time.use(free, cloud)
    assert (cloud.records, saved) == ({}, [])
    one_time.use(once, cloud)
    assert len(saved) == 1
    assert cloud.records["saml_used"] == {"idp _1": "2030-05-06T07:13:09+00:00"}
    error = refused(one_time.use, once, cloud)
    assert (error.code, error.message) == ("ExpiredTokenException", "Response has expired")
    one_time.use(replace(once, id="_2"), cloud)
    one_time.use(replace(once, issuer="other"), cloud)
    assert set(cloud.records["saml_used"]) == {"idp _1", "idp _2", "other _1"}
    # What has ended by itself need not be remembered.
    time = NOW + timedelta(minutes=5, microseconds=-1)
    assert refused(one_time.use, once, cloud)
    time = NOW + timedelta(minutes=5)
    later = replace(once, id="_3", not_on_or_after=NOW + timedelta(hours=1))
    one_time.use(later, cloud)
    assert set(cloud.records["saml_used"]) == {"idp _3"}
