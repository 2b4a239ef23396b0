"""Whatever entity is accepted admits its own callers, and refuses everybody else's."""

from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    Principals,
    RoleSession,
    Statement,
    check_trust_document,
    may_assume,
)
from rolecall.policy import (
    AwsService as ServiceCaller,
)
from rolecall.trust import AwsService, IamUsers, TrustContext, WholeAccount, trust_policy

OWN, PEOPLE, STRANGER = "111111111111", "999999999999", "444444444444"
ROLE = f"arn:aws:iam::{OWN}:role/tes-deployer"
CONTEXT = TrustContext(OWN, own_accounts=frozenset({PEOPLE}))
# A caller whose own policies allow everything: only the trust policy decides.
EVERYTHING = CompiledPolicy(
    PolicyDocument(statements=(Statement(actions=("*",), resources=("*",)),))
)

names = st.text("abcXYZ019+=,.@_-", min_size=1, max_size=12)
external_ids = st.text("abcXYZ019+=,.@:/_-", min_size=2, max_size=20)


def admitted(policy: PolicyDocument, caller: object, **attempt: object) -> bool:
    trust = CompiledPolicy(policy)
    asked = AssumeRoleAttempt(caller=caller, role_arn=ROLE, **attempt)  # type: ignore[arg-type]
    return may_assume(asked, trust=trust, identity=[EVERYTHING]).allowed


@given(st.lists(names, min_size=1, max_size=4, unique=True), names, external_ids, external_ids)
def test_users_with_external_id(
    trusted: list[str], other: str, external_id: str, wrong: str
) -> None:
    policy = trust_policy([IamUsers(STRANGER, trusted, external_id=external_id)], CONTEXT)
    check_trust_document(policy)
    for name in trusted:
        assert admitted(policy, IamUser(STRANGER, name), external_id=external_id)
        assert not admitted(policy, IamUser(STRANGER, name))
        assert not admitted(policy, IamUser(PEOPLE, name), external_id=external_id)
        assert not admitted(policy, RoleSession(STRANGER, name, "x1"), external_id=external_id)
        if wrong != external_id:
            assert not admitted(policy, IamUser(STRANGER, name), external_id=wrong)
    if other not in trusted:
        assert not admitted(policy, IamUser(STRANGER, other), external_id=external_id)


@given(names, st.integers(1, 100_000), st.integers(0, 200_000))
def test_age_of_mfa(name: str, oldest: int, age: int) -> None:
    from datetime import timedelta

    entity = IamUsers(PEOPLE, [name], mfa_max_age=timedelta(seconds=oldest))
    policy = trust_policy([entity], CONTEXT)
    check_trust_document(policy)
    fresh = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": str(age)}
    assert admitted(policy, IamUser(PEOPLE, name), context=fresh) == (age < oldest)
    assert not admitted(policy, IamUser(PEOPLE, name), context={})


@given(names, names)
def test_tags_and_source_identity(name: str, other: str) -> None:
    entity = IamUsers(PEOPLE, [name], session_tags={"team": "red"}, source_identity="alice")
    policy = trust_policy([entity], CONTEXT)
    check_trust_document(policy)
    caller = IamUser(PEOPLE, name)
    assert admitted(policy, caller, tags={"team": "red"}, source_identity="alice")
    assert not admitted(policy, caller, tags={"team": "red"})
    assert not admitted(policy, caller, source_identity="alice")
    assert not admitted(policy, caller, tags={"team": "blue"}, source_identity="alice")
    assert not admitted(policy, caller, tags={"team": "red", "x": "1"}, source_identity="alice")
    assert not admitted(policy, caller, tags={"team": "red"}, source_identity="mallory")


@given(names, names, names)
def test_whole_account_by_path(team: str, name: str, other: str) -> None:
    pattern = f"arn:aws:iam::{PEOPLE}:role/{team}/*"
    policy = trust_policy([WholeAccount(PEOPLE, principal_arns=[pattern])], CONTEXT)
    check_trust_document(policy)
    inside = RoleSession(PEOPLE, name, "x1", role_path=f"/{team}/")
    assert admitted(policy, inside)
    assert not admitted(policy, RoleSession(PEOPLE, name, "x1", role_path=f"/{team}{other}/"))
    assert not admitted(policy, RoleSession(STRANGER, name, "x1", role_path=f"/{team}/"))
    assert not admitted(policy, IamUser(PEOPLE, name, path=f"/{team}/"))


def test_service_for_another_customer() -> None:
    policy = trust_policy([AwsService("scheduler", source_account=OWN)], CONTEXT)
    ours = ServiceCaller("scheduler.amazonaws.com", source_account=OWN)
    theirs = ServiceCaller("scheduler.amazonaws.com", source_account=STRANGER)
    nobody = ServiceCaller("scheduler.amazonaws.com")
    other = ServiceCaller("lambda.amazonaws.com", source_account=OWN)
    assert [admitted(policy, each) for each in (ours, theirs, nobody, other)] == [
        True,
        False,
        False,
        False,
    ]


def test_principals_of_a_document_are_exactly_those_written() -> None:
    policy = trust_policy([IamUsers(PEOPLE, ["alice"])], CONTEXT)
    assert policy.statements[0].principals == Principals(aws=(f"arn:aws:iam::{PEOPLE}:user/alice",))
