"""However a pattern is spelt, it must tell some users and roles of the account from others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy import IamUser, PolicyDocument, RoleSession
from rolecall.trust import AwsService, TrustContext, TrustError, WholeAccount, trust_policy
from tests.trust.test_meaning import admitted

OWN, PEOPLE = "111111111111", "999999999999"
CONTEXT = TrustContext(OWN, own_accounts=frozenset({PEOPLE}))
IAM = f"arn:aws:iam::{PEOPLE}:"
# Whatever a pattern of these tests names, it names neither of them.
ORDINARY = [
    caller
    for path in ("/", "/elsewhere/", "/elsewhere/far/")
    for caller in (
        RoleSession(PEOPLE, "somebody", "x1", role_path=path),
        IamUser(PEOPLE, "somebody", path=path),
        RoleSession(PEOPLE, "q", "x1", role_path=path),
        IamUser(PEOPLE, "q", path=path),
    )
]
PIECES = ["role/", "user/", "*", "?", "/", ":", "**", "?*", "team", "alice", "${aws:username}", "$"]
tails = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
patterns = st.tuples(st.sampled_from(["role/", "user/", ""]), tails).map("".join)


def accepted(arns: list[str]) -> PolicyDocument | None:
    try:
        return trust_policy([WholeAccount(PEOPLE, principal_arns=arns)], CONTEXT)
    except TrustError:
        return None


@given(st.lists(patterns, min_size=1, max_size=3))
def test_an_accepted_pattern_leaves_ordinary_users_and_roles_out(resources: list[str]) -> None:
    policy = accepted([IAM + resource for resource in resources])
    if policy is not None:
        assert [caller for caller in ORDINARY if admitted(policy, caller)] == []


@pytest.mark.parametrize("kind", ["role", "user"])
@pytest.mark.parametrize(
    "spelling",
    ["*", "**", "***", "?*", "*?", "??", "?", "*/*", "*/?*", "?*/*/*", "/*", "*:*", "", "/", "*/"],
)
def test_every_spelling_of_everybody_is_refused_with_the_fix(kind: str, spelling: str) -> None:
    fix = rf'names nobody and no path.*AnyPrincipalOf\("{PEOPLE}"\)'
    with pytest.raises(TrustError, match=fix):
        WholeAccount(PEOPLE, principal_arns=[f"{IAM}{kind}/{spelling}"])


@pytest.mark.parametrize("resource", ["role/team/*", "role/*/deployer", "user/a/?*/c", "role/ci"])
def test_a_path_or_a_name_is_enough(resource: str) -> None:
    assert accepted([IAM + resource])


@pytest.mark.parametrize(
    "resource", ["user/${aws:username}", "role/team/${aws:PrincipalTag/x}", "role/${*}", "role/a$b"]
)
def test_policy_variables_are_refused_with_the_fix(resource: str) -> None:
    # ${aws:username} is whoever calls: it admits every user.
    with pytest.raises(TrustError, match=r"holds a policy variable.*write it out"):
        WholeAccount(PEOPLE, principal_arns=[IAM + resource])


def test_policy_variables_are_refused_in_a_source_too() -> None:
    arn = f"arn:aws:scheduler:eu-central-1:{OWN}:schedule/${{aws:username}}/x"
    with pytest.raises(TrustError, match=r"source_arn.*holds a policy variable.*write it out"):
        AwsService("scheduler", source_arn=arn)


def test_a_region_in_the_arn_of_a_user_matches_nobody() -> None:
    with pytest.raises(TrustError, match="has no region"):
        WholeAccount(PEOPLE, principal_arns=[f"arn:aws:iam:eu-central-1:{PEOPLE}:user/bob"])


def test_an_empty_list_does_not_fall_back_to_the_whole_organization() -> None:
    with pytest.raises(TrustError, match="principal_arns is empty"):
        WholeAccount(PEOPLE, principal_arns=[], organization_id="o-a1b2c3d4e5")
