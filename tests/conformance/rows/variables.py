"""Policy variables in trust policies"""

from typing import Any

from tests.conformance.assume_role import NAMING, AssumeRole, denied
from tests.conformance.case import ALLOWED, Case, Expected
from tests.conformance.documents import given, refuses, trusts
from tests.conformance.pages import SOURCE, VARIABLES, VERSION
from tests.conformance.world import HOME, OTHER

ROOT_OF_HOME = f"arn:aws:iam::{HOME}:root"


def named(
    name: str, page: str, expected: Expected, pattern: str, session: str, **more: Any
) -> Case:
    """A session name that must be as the pattern says."""
    operator = more.pop("operator", "StringLike")
    more.setdefault("trust", trusts(**given(operator, sts__RoleSessionName=pattern)))
    return AssumeRole(name, page, expected, params={"RoleSessionName": session}, **more)


ROWS: list[Case] = [
    named("the user's name and a suffix", VARIABLES, ALLOWED, "${aws:username}-*", "alice-1"),
    named("another user's name and a suffix", VARIABLES, denied(), "${aws:username}-*", "bob-1"),
    named("a longer name that begins with the user's", VARIABLES, denied(), "${aws:username}",
          "alice2"),
    named("the user's name in another case", VARIABLES, denied(), "${aws:username}", "Alice"),
    named("the variable's name in another case", VARIABLES, ALLOWED, "${AWS:UserName}", "alice"),
    named("the variable's name with a space around it", VARIABLES, ALLOWED, "${ aws:username }",
          "alice"),
    named("the variable's own text as the session name", VARIABLES, denied(), "${aws:username}",
          "aws.username"),
    named("by StringEquals", VARIABLES, ALLOWED, "${aws:username}", "alice",
          operator="StringEquals"),
    named("by StringEqualsIgnoreCase", VARIABLES, ALLOWED, "${aws:username}", "ALICE",
          operator="StringEqualsIgnoreCase"),
    named("StringNotEquals of one's own name", VARIABLES, denied(), "${aws:username}", "alice",
          operator="StringNotEquals"),
    named("an unknown variable", VARIABLES, denied(), "${aws:nothing}", "alice"),
    named("an unknown variable with a default", VARIABLES, ALLOWED, "${aws:nothing, 'guest'}",
          "guest"),
    named("a default where the key has a value", VARIABLES, denied(), "${aws:username, 'guest'}",
          "guest"),
    named("a tag of the caller", VARIABLES, ALLOWED, "${aws:PrincipalTag/department}", "red"),
    named("a tag of the caller, in another case of the key", VARIABLES, ALLOWED,
          "${aws:principaltag/Department}", "red"),
    named("a tag that the caller has not", VARIABLES, denied(), "x${aws:PrincipalTag/none}", "x1"),
    named("the user's unique id", VARIABLES, denied(), "${aws:userid}", "alice"),
    named("two variables", VARIABLES, ALLOWED, "${aws:PrincipalTag/department}-${aws:username}",
          "red-alice"),
    named("two variables in the other order", VARIABLES, denied(),
          "${aws:PrincipalTag/department}-${aws:username}", "alice-red"),
    named("a wildcard that is a character", VARIABLES, denied(), "alice${*}", "alice-1"),
    named("a wildcard beside a plain dollar sign", VARIABLES, denied(), "${$}{aws:username}*",
          "alice"),
    named("a session of a role has no user name", VARIABLES, denied(), "${aws:username}", "red",
          caller="red", trust=trusts("@role-red", **given(
              "StringLike", sts__RoleSessionName="${aws:username}"))),
    named("the session name before, in aws:userid", VARIABLES, ALLOWED, "*", "red-session",
          caller="red", trust=trusts("@role-red", **given(
              "StringLike", aws__userid="*:${sts:RoleSessionName}"))),
    named("another session name than before", VARIABLES, denied(), "*", "other-session",
          caller="red", trust=trusts("@role-red", **given(
              "StringLike", aws__userid="*:${sts:RoleSessionName}"))),
    named("a tag of one sign is no wildcard", VARIABLES, denied(),
          "${aws:username}", "anything", caller="star",
          trust=trusts("@star", **given(
              "StringLike", sts__RoleSessionName="${aws:PrincipalTag/p}"))),
    AssumeRole("the source identity must be the user's name", SOURCE, ALLOWED,
               params={"SourceIdentity": "alice"}, trust=trusts(action=NAMING, **given(
                   "StringEquals", sts__SourceIdentity="${aws:username}"))),
    AssumeRole("the source identity must be the user's name, and is another", SOURCE, denied(),
               params={"SourceIdentity": "bob"}, trust=trusts(action=NAMING, **given(
                   "StringEquals", sts__SourceIdentity="${aws:username}"))),
    AssumeRole("the source identity must be the user's name, and is missing", SOURCE, denied(),
               trust=trusts(action=NAMING, **given(
                   "StringEquals", sts__SourceIdentity="${aws:username}"))),
    AssumeRole("the external ID must be the caller's account", VARIABLES, ALLOWED,
               params={"ExternalId": HOME}, trust=trusts(**given(
                   "StringEquals", sts__ExternalId="${aws:PrincipalAccount}"))),
    AssumeRole("the caller's account must be the role's", VARIABLES, denied(), account=OTHER,
               trust=trusts(**given(
                   "StringEquals", aws__ResourceAccount="${aws:PrincipalAccount}"))),
    AssumeRole("a Deny of all whose name is not the session's, in it", VARIABLES, ALLOWED,
               params={"RoleSessionName": "alice"}, trust=[trusts(), refuses("*", **given(
                   "StringNotEquals", sts__RoleSessionName="${aws:username}"))]),
    AssumeRole("a Deny of all whose name is not the session's, a role session", VARIABLES,
               denied(), caller="red", trust=[trusts("@role-red"), refuses("*", **given(
                   "StringNotEquals", sts__RoleSessionName="${aws:username}"))]),
    AssumeRole("a variable in a policy of the version 2008-10-17 is plain text", VERSION,
               denied(), params={"RoleSessionName": "alice"}, role={"version": "2008-10-17"},
               trust=trusts(**given("StringEquals", sts__RoleSessionName="${aws:username}"))),
    AssumeRole("a variable in a policy without version is plain text", VERSION,
               denied(), params={"RoleSessionName": "alice"}, role={"version": None},
               trust=trusts(**given("StringEquals", sts__RoleSessionName="${aws:username}"))),
    AssumeRole("a Deny with a variable in a policy without version", VERSION, ALLOWED,
               params={"RoleSessionName": "alice"}, role={"version": None},
               trust=[trusts(), refuses("*", **given(
                   "StringEquals", sts__RoleSessionName="${aws:username}"))]),
]  # fmt: skip
