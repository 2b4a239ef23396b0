"""Who calls with a key or a session, and whether that session's principal is still the same."""

from typing import Any

import pytest

from rolecall.local.api import LongLivedKey
from rolecall.policy import FederatedUserSession, IamUser, RoleSession, RootUser
from tests.local.enforcement.principals.conftest import HOME, OTHER, Principals


def test_who_signs_with_a_key(there: Principals) -> None:
    user = there.user("alice", path="/a/", tags={"Team": "red"})
    key = LongLivedKey("AKIA", "secret", HOME, "alice")
    assert there.directory.caller_of_key(key) == IamUser(
        account=HOME, name="alice", path="/a/", unique_id=user.id, tags={"Team": "red"}
    )
    gone = LongLivedKey("AKIA", "secret", OTHER, "alice")
    assert there.directory.caller_of_key(gone) == IamUser(account=OTHER, name="alice")
    root = LongLivedKey("AKIA", "secret", OTHER, "")
    assert there.directory.caller_of_key(root) == RootUser(account=OTHER)


# -- sessions of roles ----------------------------------------------------------------------


def test_who_a_session_of_a_role_is(there: Principals) -> None:
    role = there.role("reader", path="/a/b/", tags={"Team": "red", "Cost": "1"})
    grant = there.session_of(
        role, session_name="work", tags={"team": "blue"}, source_identity="alice", partition="aws-x"
    )
    expected: dict[str, Any] = {
        "account": HOME,
        "role_name": "reader",
        "session_name": "work",
        "role_path": "/a/b/",
        "role_id": role.id,
        "tags": {"team": "blue", "Cost": "1"},
        "source_identity": "alice",
        "partition": "aws-x",
    }
    caller = there.directory.caller_of_session(grant)
    assert caller == RoleSession(**expected)
    assert isinstance(caller, RoleSession)
    assert caller.tags == expected["tags"]
    there.backend().roles.pop(role.id)
    caller = there.directory.caller_of_session(grant)
    assert isinstance(caller, RoleSession)
    assert (caller.role_id, caller.tags) == (role.id, {"team": "blue"})


@pytest.mark.parametrize("path", ["/", "/a/", "/a/b:c/", "/role/"])
def test_the_path_of_a_role_is_in_its_arn(there: Principals, path: str) -> None:
    caller = there.directory.caller_of_session(there.session_of(there.role(path=path)))
    assert isinstance(caller, RoleSession)
    assert (caller.role_name, caller.role_path) == ("reader", path)


def test_a_session_lives_as_long_as_its_role(there: Principals) -> None:
    role = there.role("reader", path="/a/")
    grant, alive = there.session_of(role), there.directory.session_alive
    assert alive(grant)
    assert not alive(there.session_of(role, role_id="AROAOTHER"))
    assert not alive(there.grant(kind="assumed-role", role_id=role.id))
    there.backend().roles.pop(role.id)
    assert not alive(grant)
    again = there.role("reader", path="/a/")
    assert not alive(grant)
    assert alive(there.session_of(again))


# -- sessions of users ----------------------------------------------------------------------


def test_who_a_session_of_a_user_is(there: Principals) -> None:
    user = there.user("alice", path="/a/", tags={"Team": "red"})
    grant = there.token_of(user)
    expected = IamUser(
        account=HOME, name="alice", path="/a/", unique_id=user.id, tags={"Team": "red"}
    )
    caller = there.directory.caller_of_session(grant)
    assert caller == expected
    assert isinstance(caller, IamUser)
    assert caller.tags == {"Team": "red"}
    there.renamed(user, "ally")
    caller = there.directory.caller_of_session(grant)
    assert isinstance(caller, IamUser)
    assert (caller.name, caller.unique_id) == ("ally", user.id)
    # Another one with the old name is not he.
    there.user("alice")
    caller = there.directory.caller_of_session(grant)
    assert isinstance(caller, IamUser)
    assert (caller.name, caller.unique_id) == ("ally", user.id)
    there.backend().users.pop("ally")
    caller = there.directory.caller_of_session(grant)
    assert isinstance(caller, IamUser)
    assert caller.name == "alice"


def test_a_session_of_nobody_is_the_accounts_root(there: Principals) -> None:
    there.user()
    grant = there.grant(partition="aws-x")
    assert there.directory.caller_of_session(grant) == RootUser(account=HOME, partition="aws-x")
    assert there.directory.session_alive(grant)
    assert there.directory.session_alive(there.grant(kind="federated-user"))


@pytest.mark.parametrize("kind", ["session-token", "federated-user"])
def test_a_session_lives_as_long_as_its_user(there: Principals, kind: str) -> None:
    user = there.user("alice")
    there.user("bob")
    grant, alive = there.token_of(user, kind), there.directory.session_alive
    assert alive(grant)
    assert not alive(there.token_of(user, kind, user_id="AIDAOTHER"))
    there.renamed(user, "ally")
    assert alive(grant)
    again = there.user("alice")
    assert alive(grant)
    there.backend().users.pop("ally")
    assert not alive(grant)
    assert alive(there.token_of(again, kind))
    there.backend().users.pop("alice")
    assert not alive(grant)


def test_who_a_federated_user_is(there: Principals) -> None:
    user = there.user("alice", tags={"Team": "red", "Cost": "1"})
    grant = there.token_of(
        user, "federated-user", session_name="guest", tags={"team": "blue"}, partition="aws-x"
    )
    caller = there.directory.caller_of_session(grant)
    assert caller == FederatedUserSession(
        account=HOME, name="guest", partition="aws-x", tags={"team": "blue", "Cost": "1"}
    )
    assert isinstance(caller, FederatedUserSession)
    assert caller.tags == {"team": "blue", "Cost": "1"}
    there.renamed(user, "ally")
    caller = there.directory.caller_of_session(grant)
    assert isinstance(caller, FederatedUserSession)
    assert caller.tags == {"team": "blue", "Cost": "1"}
    there.backend().users.pop("ally")
    for gone in (grant, there.grant(kind="federated-user", session_name="guest", tags=grant.tags)):
        caller = there.directory.caller_of_session(gone)
        assert isinstance(caller, FederatedUserSession)
        assert (caller.name, caller.tags) == ("guest", {"team": "blue"})


def test_a_session_is_of_its_account(there: Principals) -> None:
    there.user("alice", OTHER)
    user = there.user("alice")
    caller = there.directory.caller_of_session(there.token_of(user))
    assert isinstance(caller, IamUser)
    assert (caller.account, caller.unique_id) == (HOME, user.id)
    foreign = there.token_of(user, account=OTHER)
    assert not there.directory.session_alive(foreign)
