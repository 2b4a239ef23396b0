"""Which policies decide for a caller: his own, his groups', his boundary, his session's."""

from typing import Any

import pytest

from rolecall.local.api import Identity, SessionGrant
from rolecall.local.directory import CallerPolicies
from rolecall.local.documents import (
    ALLOW_EVERYTHING,
    DENY_EVERYTHING,
)
from rolecall.policy import (
    FederatedUserSession,
    IamUser,
    PolicyDocument,
    RoleSession,
    RootUser,
)
from tests.local.enforcement.conftest import policy, trust
from tests.local.enforcement.principals.conftest import HOME, OTHER, TEXTS, Principals

INLINE, ATTACHED, GROUP, GROUP_ATTACHED, SESSION = TEXTS
ALICE = IamUser(account=HOME, name="alice")
READER = RoleSession(account=HOME, role_name="reader", session_name="work")
GUEST = FederatedUserSession(account=HOME, name="guest")
BROKEN = "{"

Documents = tuple[list[Any], Any, list[Any] | None]


def read(text: str) -> PolicyDocument:
    return PolicyDocument.parse(text)


def found(there: Principals, caller: Any, grant: SessionGrant | None = None) -> Documents:
    """The documents of identity, boundary and session, in the order in which they came."""
    policies = there.directory.policies_of(Identity(caller, "AKIA", grant))
    session = policies.session
    return (
        [each.document for each in policies.identity],
        policies.boundary and policies.boundary.document,
        None if session is None else [each.document for each in session],
    )


def texts(*wanted: str) -> list[PolicyDocument]:
    return [read(text) for text in wanted]


EVERYTHING = [ALLOW_EVERYTHING.document]
NOTHING = [DENY_EVERYTHING.document]


@pytest.fixture
def alice(there: Principals) -> Any:
    """A user with four policies."""
    user, backend = there.user("alice"), there.backend()
    backend.put_user_policy("alice", "own", INLINE)
    backend.attach_user_policy(there.policy("attached", ATTACHED), "alice")
    for name in ("staff", "others"):
        backend.create_group(name)
    backend.put_group_policy("staff", "own", GROUP)
    backend.attach_group_policy(there.policy("of-staff", GROUP_ATTACHED), "staff")
    backend.put_group_policy("others", "own", SESSION)
    backend.add_user_to_group("staff", "alice")
    return user


ALL_OF_ALICE = (INLINE, ATTACHED, GROUP, GROUP_ATTACHED)


# -- root and users -------------------------------------------------------------------------


def test_a_root_user_may_do_everything(there: Principals) -> None:
    root = RootUser(account=HOME)
    for grant in (None, there.grant(), there.grant(session_policies=(SESSION,))):
        assert found(there, root, grant) == (EVERYTHING, None, None)


def test_a_user_has_his_own_policies_and_those_of_his_groups(there: Principals, alice: Any) -> None:
    assert found(there, ALICE) == (texts(*ALL_OF_ALICE), None, None)
    boundary = there.policy("boundary", SESSION)
    alice.permissions_boundary = {"PermissionsBoundaryArn": boundary}
    assert found(there, ALICE) == (texts(*ALL_OF_ALICE), read(SESSION), None)
    there.backend().managed_policies.pop(boundary)
    assert found(there, ALICE) == (texts(*ALL_OF_ALICE), DENY_EVERYTHING.document, None)


def test_who_is_not_there_has_none(there: Principals, alice: Any) -> None:
    for caller in (
        IamUser(account=HOME, name="bob"),
        IamUser(account=OTHER, name="alice"),
        IamUser(account="777788889999", name="alice"),
        READER,
        GUEST,
    ):
        assert found(there, caller) == ([], None, None)
    assert CallerPolicies() == CallerPolicies((), None, None)


def test_a_document_that_cannot_be_read_denies_everything(there: Principals, alice: Any) -> None:
    alice.policies["own"] = BROKEN
    assert found(there, ALICE)[0] == [*NOTHING, *texts(*ALL_OF_ALICE[1:])]


def test_of_a_managed_policy_the_default_version_counts(there: Principals, alice: Any) -> None:
    arn = next(iter(alice.managed_policies))
    there.backend().create_policy_version(arn, SESSION, False)
    assert found(there, ALICE)[0] == texts(*ALL_OF_ALICE)
    assert there.directory.managed_policy(HOME, arn) == ATTACHED
    made = there.backend().managed_policies[arn]
    made.default_version_id = "v2"
    assert found(there, ALICE)[0] == texts(INLINE, SESSION, GROUP, GROUP_ATTACHED)
    assert there.directory.managed_policy(HOME, arn) == SESSION
    made.default_version_id = "v9"
    assert there.directory.managed_policy(HOME, arn) == ""
    assert found(there, ALICE)[0] == [read(INLINE), *NOTHING, *texts(GROUP, GROUP_ATTACHED)]
    assert there.directory.managed_policy(HOME, arn + "x") is None
    assert there.directory.managed_policy(OTHER, arn) is None


# -- sessions of users ----------------------------------------------------------------------


def test_a_session_of_a_user_has_what_he_has(there: Principals, alice: Any) -> None:
    grant = there.token_of(alice)
    assert found(there, ALICE, grant) == (texts(*ALL_OF_ALICE), None, None)
    there.renamed(alice, "ally")
    assert found(there, ALICE, grant)[0] == texts(*ALL_OF_ALICE)
    there.user("alice")  # somebody else, who has nothing
    assert found(there, ALICE, grant)[0] == texts(*ALL_OF_ALICE)
    assert found(there, ALICE, there.token_of(alice, user_name="", user_id=""))[0] == []


def test_a_federated_user_has_what_both_allow(there: Principals, alice: Any) -> None:
    grant = there.token_of(alice, "federated-user")
    assert found(there, GUEST, grant) == (texts(*ALL_OF_ALICE), None, [])
    limited = there.token_of(alice, "federated-user", session_policies=(SESSION,))
    alice.permissions_boundary = {"PermissionsBoundaryArn": there.policy("boundary", SESSION)}
    assert found(there, GUEST, limited) == (
        texts(*ALL_OF_ALICE),
        read(SESSION),
        texts(SESSION),
    )
    of_root = there.grant(kind="federated-user", session_policies=(SESSION,))
    assert found(there, GUEST, of_root) == (EVERYTHING, None, texts(SESSION))
    assert found(there, GUEST, there.grant(kind="federated-user")) == (EVERYTHING, None, [])


# -- sessions of roles ----------------------------------------------------------------------


@pytest.fixture
def reader(there: Principals) -> Any:
    """A role with two policies and a boundary."""
    role = there.role(path="/a/b/", boundary=there.policy("boundary", GROUP))
    backend = there.backend()
    backend.put_role_policy("reader", "own", INLINE)
    backend.attach_role_policy(there.policy("attached", ATTACHED), "reader")
    return role


def test_a_session_of_a_role_has_what_the_role_has_now(there: Principals, reader: Any) -> None:
    grant = there.session_of(reader)
    assert found(there, READER, grant) == (texts(INLINE, ATTACHED), read(GROUP), None)
    reader.policies["own"] = SESSION
    reader.permissions_boundary_arn = None
    assert found(there, READER, grant) == (texts(SESSION, ATTACHED), None, None)
    reader.permissions_boundary_arn = ""
    assert found(there, READER, grant)[1] is None


def test_a_session_of_another_role_of_that_name_has_nothing(there: Principals, reader: Any) -> None:
    grant = there.session_of(reader)
    assert found(there, READER, there.session_of(reader, role_id="AROA")) == (NOTHING, None, None)
    there.backend().roles.pop(reader.id)
    assert found(there, READER, grant) == (NOTHING, None, None)
    there.role(path="/a/b/")
    assert found(there, READER, grant) == (NOTHING, None, None)


@pytest.mark.parametrize(
    ("documents", "attached", "expected"),
    [
        (None, None, None),
        ((), None, []),
        (None, (), []),
        ((SESSION,), None, [SESSION]),
        ((SESSION, GROUP), (), [SESSION, GROUP]),
        (None, ("there",), [GROUP_ATTACHED]),
        ((SESSION,), ("there", "gone"), [SESSION, GROUP_ATTACHED, None]),
        ((BROKEN,), None, [None]),
    ],
)
def test_a_session_has_the_policies_that_it_began_with(
    there: Principals,
    reader: Any,
    documents: tuple[str, ...] | None,
    attached: tuple[str, ...] | None,
    expected: list[str | None] | None,
) -> None:
    arns = {"there": there.policy("there", GROUP_ATTACHED), "gone": "arn:aws:iam::aws:policy/gone"}
    given = None if attached is None else tuple(arns[name] for name in attached)
    grant = there.session_of(reader, session_policies=documents, session_policy_arns=given)
    wanted = None if expected is None else [
        DENY_EVERYTHING.document if text is None else read(text) for text in expected
    ]  # fmt: skip
    assert found(there, READER, grant)[2] == wanted
    with_policies = there.grant(session_policies=documents, session_policy_arns=given)
    assert found(there, ALICE, with_policies)[2] == wanted


# -- trust policies -------------------------------------------------------------------------


def test_a_trust_policy_means_whom_it_was_saved_with(there: Principals) -> None:
    user, other = there.user("alice"), there.user("bob")
    gone = f"arn:aws:iam::{HOME}:user/gone"
    text = policy(trust([user.arn, other.arn, gone]))
    role = there.role(trust=text)

    def principals() -> tuple[str, ...]:
        record = there.directory.role(role.arn)
        assert record is not None
        statement = there.directory.trust_of(record).document.statements[0]
        assert statement.principals is not None
        return statement.principals.aws

    assert principals() == (user.arn, other.arn, gone)
    saved = {user.arn: user.id, other.arn: "AIDAOLDBOB", gone: "AIDAGONE"}
    there.records["trust_principals"] = {role.id: saved}
    assert principals() == (user.arn, "AIDAOLDBOB", "AIDAGONE")
    there.records["trust_principals"] = {"AROAOTHER": saved}
    assert principals() == (user.arn, other.arn, gone)
