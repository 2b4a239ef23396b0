"""A session that assumes a further role: an hour, its tags, its source identity."""

import pytest

from rolecall.local.api import ApiReply, Identity
from rolecall.local.sts.assume_role import assume_role
from rolecall.local.sts.role_session import Session, check_duration, start_session
from rolecall.local.sts.session_policies import SessionPolicies
from rolecall.local.sts.session_tags import SessionTags
from rolecall.local.sts.session_token import get_session_token
from tests.local.sts.conftest import HOME, Here, Refusal, allow, call, refusal, trust

EVERYTHING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
TAGS = {
    "Tags.member.1.Key": "Team",
    "Tags.member.1.Value": "red",
    "TransitiveTagKeys.member.1": "Team",
}


def assume(here: Here, who: Identity, role: str, **more: str) -> ApiReply:
    params = {"RoleArn": role, "RoleSessionName": "a-session", **more}
    return assume_role(call("AssumeRole", params), who, here.cloud)


@pytest.fixture
def alice(here: Here) -> Identity:
    return here.user("alice")


@pytest.fixture
def first(here: Here, alice: Identity) -> str:
    made = here.role("first", trust(alice.caller.arn, EVERYTHING))
    here.role_policy("first", allow(EVERYTHING))
    return made


@pytest.fixture
def second(here: Here) -> str:
    return here.role("second", trust(f"arn:aws:iam::{HOME}:root", EVERYTHING), longest=43200)


def test_tags_and_source_identity_go_along(
    here: Here, alice: Identity, first: str, second: str
) -> None:
    holder = here.holder(assume(here, alice, first, SourceIdentity="alice", **TAGS))
    grant = here.grant(assume(here, holder, second))
    assert grant.chained
    assert (grant.source_identity, grant.tags) == ("alice", {"Team": "red"})
    assert grant.transitive_tag_keys == ("Team",)
    again = here.grant(assume(here, holder, second, SourceIdentity="alice"))
    assert again.source_identity == "alice"


def test_a_session_without_a_source_identity_may_set_one(
    here: Here, alice: Identity, first: str, second: str
) -> None:
    holder = here.holder(assume(here, alice, first))
    assert here.grant(assume(here, holder, second)).source_identity is None
    assert here.grant(assume(here, holder, second, SourceIdentity="bob")).source_identity == "bob"


def test_a_source_identity_cannot_be_changed(
    here: Here, alice: Identity, first: str, second: str
) -> None:
    holder = here.holder(assume(here, alice, first, SourceIdentity="alice"))
    assert refusal(assume, here, holder, second, SourceIdentity="bob") == Refusal(
        "AccessDenied",
        f"User: {holder.caller.arn} is not authorized to perform: sts:SetSourceIdentity on "
        f"resource: {second}",
        403,
        "the calling session's source identity is alice and cannot be changed",
    )


def test_a_transitive_tag_cannot_be_set_anew(
    here: Here, alice: Identity, first: str, second: str
) -> None:
    holder = here.holder(assume(here, alice, first, **TAGS))
    more = {"Tags.member.1.Key": "team", "Tags.member.1.Value": "blue"}
    assert refusal(assume, here, holder, second, **more).code == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("action", "more"),
    [("sts:TagSession", TAGS), ("sts:SetSourceIdentity", {"SourceIdentity": "alice"})],
)
def test_what_is_handed_on_needs_permission_of_the_next_role(
    here: Here, alice: Identity, first: str, action: str, more: dict[str, str]
) -> None:
    plain = here.role("plain", trust(f"arn:aws:iam::{HOME}:root"))
    holder = here.holder(assume(here, alice, first, **more))
    denied = refusal(assume, here, holder, plain)
    assert f"not authorized to perform: {action} on resource: {plain}" in denied.message


# -- how long --------------------------------------------------------------------------


def test_an_hour_in_a_chain(here: Here, alice: Identity, first: str, second: str) -> None:
    holder = here.holder(assume(here, alice, first))
    assert here.grant(assume(here, holder, second, DurationSeconds="3600")).chained
    assert refusal(assume, here, holder, second, DurationSeconds="3601") == Refusal(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining.",
        400,
        "3601 s were asked for with temporary credentials; at most 3600 s",
    )


def test_the_session_token_of_a_user_begins_a_chain(
    here: Here, alice: Identity, first: str, second: str
) -> None:
    """AWS's limit is that of temporary credentials; these are some."""
    holder = here.holder(get_session_token(call("GetSessionToken"), alice, here.cloud))
    assert here.grant(assume(here, holder, first)).chained
    assert not here.grant(assume(here, alice, first)).chained


def test_no_longer_than_the_role_allows(here: Here, alice: Identity) -> None:
    role = here.role("brief", trust(alice.caller.arn), longest=7200)
    assert assume(here, alice, role, DurationSeconds="7200").status == 200
    assert refusal(assume, here, alice, role, DurationSeconds="7201") == Refusal(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        400,
        f"7201 s were asked for; MaxSessionDuration of {role} is 7200 s",
    )


def test_durations_by_themselves(here: Here) -> None:
    arn = here.role("long", trust("*"), longest=43200)
    role = here.cloud.directory.role(arn)
    assert role is not None
    check_duration(43200, role)
    check_duration(3601, role, chained=False)
    check_duration(3600, role, chained=True)
    assert refusal(check_duration, 43201, role).message.endswith("set for this role.")
    assert refusal(check_duration, 43201, role, chained=True).message.endswith("by role chaining.")


def test_a_session_that_says_nothing_of_a_source_identity_has_none(here: Here) -> None:
    role = here.cloud.directory.role(here.role("plain", trust("*")))
    assert role is not None
    wanted = Session(
        name="ab", seconds=900, policies=SessionPolicies(None, None), tags=SessionTags({}, ())
    )
    assert start_session(here.cloud, role, wanted)["SourceIdentity"] is None
