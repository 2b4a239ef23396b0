"""What a failure says: who, by which statement, why, and who would come in."""

import pytest

from rolecall.problems import Problem
from rolecall.testing import (
    TestedRole,
    assert_admits,
    assert_denies,
    assert_only_admits,
    github_token,
    iam_user,
    oidc_token,
    roles_anywhere,
    saml_assertion,
    trust_of,
)
from rolecall.trust import IamUsers, TrustContext, trust_policy

PEOPLE = "999999999999"
HERE = TrustContext("111111111111")


@pytest.fixture
def role() -> TestedRole:
    entity = IamUsers(PEOPLE, ["alice"], external_id="acme-4711", mfa=True)
    return trust_of(trust_policy([entity], HERE), "deployer", account="111111111111")


def test_who_is_refused_and_who_would_come_in(role: TestedRole) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_admits(role, iam_user("alice", account=PEOPLE, mfa=True))
    assert str(caught.value) == (
        "The role deployer of account 111111111111 does not let in IAM user alice of account "
        "999999999999, with MFA.\n"
        "  Why: The trust policy does not allow sts:AssumeRole (trust statement "
        "UsersOf999999999999: StringEquals sts:ExternalId is not met, the request has no "
        "sts:ExternalId).\n"
        "  Who may assume it:\n"
        "    User alice of account 999999999999 may assume it, if MFA was used, and the agreed "
        "external ID acme-4711 is presented (external IDs are not secret).\n"
        "    Callers of another account than the role's also need the permission of their own "
        "account.\n"
        "  The nearest caller who comes in: IAM user alice of account 999999999999, external ID "
        "'acme-4711', with MFA"
    )


def test_who_is_let_in_by_which_statement(role: TestedRole) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_denies(role, iam_user("alice", account=PEOPLE, external_id="acme-4711", mfa=True))
    told = str(caught.value).splitlines()
    assert told[0] == (
        "The role deployer of account 111111111111 lets in IAM user alice of account "
        "999999999999, external ID 'acme-4711', with MFA by statement UsersOf999999999999."
    )
    assert told[1].strip() == (
        "Why: sts:AssumeRole is allowed by the trust policy, statement UsersOf999999999999."
    )
    assert told[3].strip().startswith("User alice of account 999999999999 may assume it")


def test_a_refusal_for_another_reason_is_none(role: TestedRole) -> None:
    alice = iam_user("alice", account=PEOPLE, mfa=True)
    assert_denies(role, alice, because="sts:ExternalId")
    with pytest.raises(AssertionError, match="but not because of 'aws:MultiFactorAuthPresent'"):
        assert_denies(role, alice, because="aws:MultiFactorAuthPresent")


def test_a_caller_is_told_apart_from_a_name(role: TestedRole) -> None:
    for check in (assert_admits, assert_denies):
        with pytest.raises(TypeError, match="no caller; write iam_user"):
            check(role, "alice")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="name at least one"):
            check(role)
    with pytest.raises(TypeError, match="write \\['a stranger'\\]"):
        assert_only_admits(role, [iam_user("alice", account=PEOPLE)], meant="a stranger")


def test_impossible_callers_are_refused_where_they_are_written() -> None:
    for make in (
        lambda: github_token("infra"),
        lambda: github_token("acme/infra", branch="main", tag="v1"),
        lambda: oidc_token("https://id.example.com", {"aud": "x"}),
        lambda: oidc_token("https://id.example.com", {"sub": "x"}),
        lambda: saml_assertion("sso", {"department": "it"}),
        lambda: roles_anywhere("arn:aws:rolesanywhere:eu-central-1:111111111111:trust-anchor/x"),
    ):
        with pytest.raises(Problem):
            make()


def test_a_policy_is_read_strictly() -> None:
    with pytest.raises(Problem):
        trust_of('{"Version": "2012-10-17"}')
