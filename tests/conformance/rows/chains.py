"""Chains of roles: what is handed on, what is not, and how long they last"""

from typing import Any

from tests.conformance.assume_role import EVERYTHING, NAMING, TAGGING, AssumeRole, denied
from tests.conformance.case import ALLOWED, Case, Expected, invalid
from tests.conformance.documents import allow, given, policy, tags, trusts
from tests.conformance.later_use import LaterUse
from tests.conformance.pages import CHAIN, EXTERNAL, MFA, SESSION, SOURCE, STS_KEYS, TAGS
from tests.conformance.world import OTHER

ANY = (allow("*"),)
WHO: dict[str, Any] = {"service": "sts", "operation": "get_caller_identity", "params": {}}


def bound(seconds: int) -> dict[str, Any]:
    return {"DurationSeconds": seconds}


def team(value: str) -> dict[str, Any]:
    return given("StringEquals", aws__PrincipalTag___team=value)


TOO_LONG: Expected = (
    "ValidationError",
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
    "chaining.",
)


def next_role(name: str, page: str, expected: Expected = ALLOWED, **more: Any) -> Case:
    """A chained call by one of the world's sessions."""
    more.setdefault("caller", "red")
    more.setdefault("trust", trusts("@role-red", EVERYTHING))
    more.setdefault("role", {"MaxSessionDuration": 43200})
    return AssumeRole(name, page, expected, **more)


HANDED_ON = "One of the specified transitive tag keys can't be set because it conflicts with a "
CONFLICT: Expected = (
    "InvalidParameterValue",
    f"{HANDED_ON}transitive tag key from the calling session.",
)

ROWS: list[Case] = [
    next_role("no duration: an hour", CHAIN),
    next_role("3600 seconds", CHAIN, params=bound(3600)),
    next_role("900 seconds", CHAIN, params=bound(900)),
    next_role("899 seconds", CHAIN, invalid("899", "durationSeconds",
              "have value greater than or equal to 900"), params=bound(899)),
    next_role("3601 seconds, the next role allows 12 hours", CHAIN, TOO_LONG, params=bound(3601)),
    next_role("43200 seconds, the next role allows 12 hours", CHAIN, TOO_LONG,
              params=bound(43200)),
    next_role("3601 seconds, in another account", CHAIN, TOO_LONG, params=bound(3601),
              account=OTHER),
    next_role("3601 seconds by a session with session policies", CHAIN, TOO_LONG,
              caller="sessions", params=bound(3601)),
    next_role("7200 seconds with GetSessionToken's credentials of MFA", CHAIN, TOO_LONG,
              caller="alice-mfa", trust=trusts(), params=bound(7200)),
    next_role("7200 seconds with a key of long standing", CHAIN, caller="alice", trust=trusts(),
              params=bound(7200)),
    next_role("a handed-on tag set again to the same value", TAGS, CONFLICT, caller="tagged",
              params={"Tags": tags(team="blue")}),
    next_role("a handed-on tag set again in another case", TAGS, CONFLICT, caller="tagged",
              params={"Tags": tags(Team="blue")}),
    next_role("a tag that was not handed on, set again", TAGS, caller="tagged",
              params={"Tags": tags(shift="day")}),
    next_role("a handed-on tag and another one", TAGS, caller="tagged",
              params={"Tags": tags(other="1")},
              trust=trusts("@role-red", TAGGING, Condition={"StringEquals": {
                  "aws:RequestTag/team": "blue", "aws:RequestTag/other": "1"}})),
    next_role("a handed-on tag that the next role does not want", TAGS, denied(),
              caller="tagged", trust=trusts("@role-red", TAGGING, **given(
                  "ForAllValues:StringEquals", aws__TagKeys=["other"]))),
    next_role("a handed-on tag is among the transitive keys", TAGS, caller="tagged",
              trust=trusts("@role-red", TAGGING, **given(
                  "ForAnyValue:StringEquals", sts__TransitiveTagKeys=["team"]))),
    next_role("a handed-on tag may not be transitive again", TAGS, denied(), caller="tagged",
              trust=trusts("@role-red", TAGGING, **given("Null", sts__TransitiveTagKeys="true"))),
    next_role("a tag of the caller is a principal tag, not one of the request", TAGS, denied(),
              caller="tagged", trust=trusts("@role-red", TAGGING, **given(
                  "StringEquals", aws__RequestTag___shift="night"))),
    next_role("a source identity is handed on", SOURCE, caller="named",
              trust=trusts("@role-red", NAMING, **given(
                  "StringEquals", sts__SourceIdentity="alice"))),
    next_role("a source identity that the next role does not want", SOURCE, denied(),
              caller="named", trust=trusts("@role-red", NAMING, **given(
                  "StringEquals", sts__SourceIdentity="bob"))),
    next_role("a source identity set anew, in another case", SOURCE,
              denied("sts:SetSourceIdentity"), caller="named",
              params={"SourceIdentity": "Alice"}),
    next_role("a source identity where none was before", SOURCE, caller="red",
              params={"SourceIdentity": "alice"}),
    next_role("a source identity in a chain, the session policy does not allow it", SOURCE,
              ("AccessDenied", None), caller="limited", trust=trusts("@limited", NAMING),
              params={"SourceIdentity": "alice"}),
    next_role("a source identity in a chain, the role itself may nothing", SOURCE,
              denied("sts:SetSourceIdentity"), caller="poor", trust=trusts("@role-poor", NAMING),
              params={"SourceIdentity": "alice"}),
    next_role("no source identity where one must be", SOURCE, denied(), caller="red",
              trust=trusts("@role-red", NAMING, **given("Null", sts__SourceIdentity="false"))),
    next_role("an external ID is not handed on", EXTERNAL, denied(), trust=trusts(
        "@role-red", **given("StringLike", sts__ExternalId="*"))),
    next_role("MFA is not handed on", MFA, denied(), trust=trusts(
        "@role-red", **given("Bool", aws__MultiFactorAuthPresent="true"))),
    next_role("the session name is not handed on", STS_KEYS, denied(), trust=trusts(
        "@role-red", **given("StringEquals", sts__RoleSessionName="red-session"))),
    next_role("a session policy does not go along, but limits who goes", SESSION, denied(),
              caller="limited"),
    LaterUse("two roles further on, still somebody", CHAIN, policies=ANY, then=({}, {}), **WHO),
    LaterUse("a transitive tag, two roles further on", TAGS, policies=(
        allow("sts:*"), allow("iam:*", **team("blue"))), then=({}, {}),
        session={"Tags": tags(team="blue"), "TransitiveTagKeys": ["team"]}),
    LaterUse("a tag that is not transitive, one role further on", TAGS, ("AccessDenied", None),
             policies=(allow("sts:*"), allow("iam:*", **team("blue"))), then=({},),
             session={"Tags": tags(team="blue")}),
    LaterUse("a tag that becomes transitive in the second role", TAGS, policies=(
        allow("sts:*"), allow("iam:*", **team("blue"))),
        then=({"Tags": tags(team="blue"), "TransitiveTagKeys": ["team"]}, {})),
    LaterUse("a tag of the second role that is not transitive", TAGS, ("AccessDenied", None),
             policies=(allow("sts:*"), allow("iam:*", **team("blue"))),
             then=({"Tags": tags(team="blue")}, {})),
    LaterUse("a source identity, two roles further on", SOURCE, policies=(
        allow("sts:*"), allow("iam:*", **given("StringEquals", aws__SourceIdentity="alice"))),
        then=({}, {}), session={"SourceIdentity": "alice"}),
    LaterUse("a source identity that the second role sets", SOURCE, policies=(
        allow("sts:*"), allow("iam:*", **given("StringEquals", aws__SourceIdentity="alice"))),
        then=({"SourceIdentity": "alice"}, {})),
    LaterUse("a session policy of the first role does not limit the second", SESSION,
             policies=ANY, session={"Policy": policy(allow("sts:*"))}, then=({},)),
    LaterUse("a session policy of the second role limits it", SESSION, ("AccessDenied", None),
             policies=ANY, then=({"Policy": policy(allow("sts:*"))},)),
]  # fmt: skip
