"""Accounts, keys, users, roles and unique ids, as the directory finds them."""

from dataclasses import asdict
from typing import Any

import pytest
from moto.iam.models import iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id

from rolecall.local.access_keys import account_of_access_key
from rolecall.local.api import LongLivedKey
from rolecall.local.directory import Directory, overlay_tags
from tests.local.enforcement.principals.conftest import HOME, NOBODY, OTHER, Principals

# -- accounts -------------------------------------------------------------------------------


def test_an_account_is_known_once_it_holds_anything(there: Principals) -> None:
    directory = there.directory
    assert directory.accounts() == ()
    there.user()
    there.user(account=OTHER)
    assert directory.accounts() == (HOME, OTHER)
    assert directory.account_known(HOME)
    assert not directory.account_known(NOBODY)


def test_a_question_makes_no_account(there: Principals) -> None:
    directory, role = there.directory, there.role()
    for account in (NOBODY, ""):
        assert directory.user(account, "alice") is None
        assert directory.role_named(account, "reader") is None
        assert directory.moto_role(account, "reader") is None
        assert directory.managed_policy(account, "arn:aws:iam::aws:policy/ReadOnlyAccess") is None
        assert directory.role(role.arn.replace(HOME, account)) is None
        assert directory.unique_id(f"arn:aws:iam::{account}:user/alice") is None
    assert directory.long_lived_key(generate_access_key_id_from_account_id(NOBODY, "AKIA")) is None
    assert not directory.bearer_of(generate_access_key_id_from_account_id(NOBODY, "AROA", 21))
    assert directory.accounts() == (HOME,)


def test_side_tables_are_those_that_were_given() -> None:
    records: dict[str, dict[str, object]] = {}
    assert Directory(records).records is records
    assert Directory().records == {}
    assert Directory().records is not Directory().records


# -- the account in a key id ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("access_key_id", "account"),
    [
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
        ("AKIAQAAAAAAAA", "000000000000"),
        ("AKIAQAAAAAAAP", "000000000000"),
        ("AKIAQAAAAAAAQ", "000000000001"),
        ("AKIAQAAAAAAA7", "000000000001"),
        ("AKIAQAAAAAABA", "000000000002"),
        ("AKIA6RVFFB77P", "999999999998"),
        ("AKIA6RVFFB77Q", "999999999999"),
        ("AKIA6RVFFCAAA", None),
        ("AKIA77777777A", None),
        ("AKIAP7777777A", None),
        ("AKIAAAAAAAAAA", None),
        ("AKIAQAAAAAAA", None),
        ("", None),
        ("AKIAQAAAAAA1A", None),
        ("AKIAqaaaaaaaA", None),
        ("AKIAQAAAAAA=A", None),
        ("AKIA\u0131AAAAAAAA", None),
    ],
)
def test_an_account_is_written_in_a_key_id(access_key_id: str, account: str | None) -> None:
    assert account_of_access_key(access_key_id) == account


@pytest.mark.parametrize("last", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
def test_one_character_says_whether_the_account_is_odd(last: str) -> None:
    odd = last >= "Q" or last.isdigit()
    assert account_of_access_key(f"AKIAQAAAAAAA{last}") == f"{int(odd):012d}"


# -- keys -----------------------------------------------------------------------------------


def test_a_key_is_found_with_all_that_signing_needs(there: Principals) -> None:
    for account in (HOME, OTHER):
        user = there.user("alice", account)
        key = there.key(user, account)
        found = there.directory.long_lived_key(key.access_key_id)
        assert found == LongLivedKey(
            access_key_id=key.access_key_id,
            secret_access_key=key.secret_access_key,
            account=account,
            user_name="alice",
            active=True,
        )
        key.status = "Inactive"
        found = there.directory.long_lived_key(key.access_key_id)
        assert found is not None
        assert not found.active


def test_a_key_may_stand_in_an_account_that_its_id_does_not_name(there: Principals) -> None:
    there.user("bob", OTHER)
    user = there.user("alice")
    key = there.key(user)
    for other in ("AKIAIOSFODNN7EXAMPLE", generate_access_key_id_from_account_id(OTHER, "AKIA")):
        key.access_key_id = other
        there.backend().access_keys[other] = key
        found = there.directory.long_lived_key(other)
        assert found is not None
        assert (found.account, found.user_name) == (HOME, "alice")


def test_a_key_that_nobody_has_is_none(there: Principals) -> None:
    user = there.user()
    key = there.key(user)
    backend, find = there.backend(), there.directory.long_lived_key
    assert find(key.access_key_id + "X") is None
    assert find("") is None
    assert find(generate_access_key_id_from_account_id(HOME, "AKIA")) is None
    assert find(key.access_key_id) is not None
    backend.users.pop("alice")
    assert find(key.access_key_id) is None
    there.user("alice")  # made again: the old key stays dead
    assert find(key.access_key_id) is None
    backend.access_keys.pop(key.access_key_id)
    assert find(key.access_key_id) is None


def test_a_key_without_a_user_is_none(there: Principals) -> None:
    user = there.user()
    key = there.key(user)
    for name in (None, ""):
        key.user_name = name
        assert there.directory.long_lived_key(key.access_key_id) is None


# -- users ----------------------------------------------------------------------------------


def test_a_user_is_as_he_is_now(there: Principals) -> None:
    user = there.user("alice", path="/a/b/", tags={"Team": "red", "Cost": "1"})
    there.user("bob")
    expected = {
        "account": HOME,
        "name": "alice",
        "path": "/a/b/",
        "unique_id": user.id,
        "arn": f"arn:aws:iam::{HOME}:user/a/b/alice",
        "tags": {"Team": "red", "Cost": "1"},
        "boundary_arn": None,
        "mfa_serials": (),
    }
    found = there.directory.user(HOME, "alice")
    assert found is not None
    assert asdict(found) == expected
    serial = f"arn:aws:iam::{HOME}:mfa/alice"
    user.mfa_devices[serial] = object()
    user.permissions_boundary = {"PermissionsBoundaryArn": "arn:x", "PermissionsBoundaryType": "y"}
    there.backend().tagger.untag_resource_using_names(user.arn, ["Team"])
    found = there.directory.user(HOME, "alice")
    assert found is not None
    assert asdict(found) == {
        **expected,
        "tags": {"Cost": "1"},
        "boundary_arn": "arn:x",
        "mfa_serials": (serial,),
    }
    user.permissions_boundary = None
    found = there.directory.user(HOME, "alice")
    assert found is not None
    assert found.boundary_arn is None


def test_a_user_is_of_his_account(there: Principals) -> None:
    there.user("alice")
    there.user("bob", OTHER)
    assert there.directory.user(OTHER, "alice") is None
    assert there.directory.user(HOME, "bob") is None
    assert there.directory.user(HOME, "") is None


# -- roles ----------------------------------------------------------------------------------


def test_a_role_is_as_it_is_now(there: Principals) -> None:
    role: Any = there.role("reader", path="/a/", trust='{"x": 1}', tags={"Team": "red"})
    expected = {
        "account": HOME,
        "name": "reader",
        "path": "/a/",
        "unique_id": role.id,
        "arn": f"arn:aws:iam::{HOME}:role/a/reader",
        "trust_text": '{"x": 1}',
        "max_session": 3600,
        "tags": {"Team": "red"},
        "boundary_arn": None,
    }
    for found in (
        there.directory.role(role.arn),
        there.directory.role_named(HOME, "reader"),
        there.directory.role_named(HOME, "READER"),
    ):
        assert found is not None
        assert asdict(found) == expected
    assert (there.directory.moto_role(HOME, "Reader") is role) is True
    role.max_session_duration = "7200"
    role.tags = None
    role.assume_role_policy_document = None
    role.permissions_boundary_arn = "arn:x"
    found = there.directory.role(role.arn)
    assert found is not None
    changed = {"max_session": 7200, "tags": {}, "trust_text": "", "boundary_arn": "arn:x"}
    assert asdict(found) == {**expected, **changed}


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "reader",
        "arn:aws:iam::111122223333:role",
        "arn:aws:iam::111122223333",
        "arn:aws:iam::111122223333:role/reader",
        "arn:aws:iam::111122223333:role/a/reader/",
        "arn:aws:iam::111122223333:role/a/Reader",
        "arn:aws:iam::111122223333:role/a/other",
        "arn:aws:iam::111122223333:user/a/reader",
        "arn:aws:iam::111122223333:x/role/a/reader",
        "arn:aws:iam::444455556666:role/a/reader",
        "arn:aws:iam:us-east-1:111122223333:role/a/reader",
        "arn:aws:sts::111122223333:role/a/reader",
        "arn:aws-cn:iam::111122223333:role/a/reader",
        "xrn:aws:iam::111122223333:role/a/reader",
        "arn:aws:iam::111122223333:role/a/reader:x",
    ],
)
def test_a_role_is_found_by_exactly_its_arn(there: Principals, arn: str) -> None:
    role = there.role("reader", path="/a/")
    there.role("other", OTHER)
    assert role.arn == f"arn:aws:iam::{HOME}:role/a/reader"
    assert there.directory.role(role.arn) is not None
    assert there.directory.role(arn) is None
    assert there.directory.unique_id(arn) is None


# -- unique ids -----------------------------------------------------------------------------


def test_a_unique_id_stands_behind_an_arn(there: Principals) -> None:
    role, user = there.role("reader", path="/a/"), there.user("alice", path="/b/")
    find = there.directory.unique_id
    assert find(role.arn) == role.id
    assert find(user.arn) == user.id
    session = f"arn:aws:sts::{HOME}:assumed-role/reader"
    assert find(f"{session}/work") == role.id
    assert find(f"{session}/else") == role.id
    there.backend().roles.pop(role.id)
    assert find(role.arn) is None
    assert find(f"{session}/work") is None
    there.backend().users.pop("alice")
    assert find(user.arn) is None


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "alice",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333",
        "xrn:aws:iam::111122223333:user/b/alice",
        "arn:aws-cn:iam::111122223333:user/b/alice",
        "arn:aws:sts::111122223333:user/b/alice",
        "arn:aws:iam:us-east-1:111122223333:user/b/alice",
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:iam::111122223333:user/b/bob",
        "arn:aws:iam::111122223333:group/b/alice",
        "arn:aws:iam::444455556666:user/b/alice",
        "arn:aws:iam::777788889999:user/b/alice",
        "arn:aws:iam::111122223333:assumed-role/reader/work",
        "arn:aws:sts::111122223333:assumed-role/other/work",
        "arn:aws:sts::111122223333:federated-user/reader",
        "arn:aws:sts::444455556666:assumed-role/reader/work",
        "arn:aws:sts:us-east-1:111122223333:assumed-role/reader/work",
        "arn:aws-cn:sts::111122223333:assumed-role/reader/work",
        "xrn:aws:sts::111122223333:assumed-role/reader/work",
    ],
)
def test_behind_another_arn_stands_nobody(there: Principals, arn: str) -> None:
    there.role("reader")
    there.user("alice", path="/b/")
    there.user("alice", OTHER, path="/c/")
    assert there.directory.unique_id(arn) is None


def test_a_path_may_hold_a_colon(there: Principals) -> None:
    role, user = there.role(path="/a:b/c:/"), there.user(path="/a:b:c/")
    found = there.directory.role(role.arn)
    assert found is not None
    assert found.unique_id == role.id
    assert there.directory.unique_id(role.arn) == role.id
    assert there.directory.unique_id(user.arn) == user.id


def test_a_unique_id_has_a_bearer_or_none(there: Principals) -> None:
    role, user = there.role(), there.user("alice", OTHER)
    bears = there.directory.bearer_of
    assert bears(role.id)
    assert bears(user.id)
    there.backend(OTHER).roles[f"{role.id[:-1]}x"] = role
    for other in ("", role.id[:-1] + "x", user.id[:-1], generate_access_key_id_from_account_id(
        HOME, "AROA", 21), "AROA", "AIDA"):  # fmt: skip
        assert not bears(other)
    there.user("odd").id = "AROAODD"
    assert bears("AROAODD")  # the account is not in it, so all are looked through
    there.backend().roles.pop(role.id)
    there.backend(OTHER).users.pop("alice")
    assert not bears(role.id)
    assert not bears(user.id)
    assert NOBODY not in iam_backends


# -- tags -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("below", "above", "both"),
    [
        ({}, {}, {}),
        ({"a": "1"}, {}, {"a": "1"}),
        ({}, {"a": "1"}, {"a": "1"}),
        ({"a": "1", "b": "2"}, {"b": "3"}, {"a": "1", "b": "3"}),
        ({"TEAM": "red"}, {"team": "blue"}, {"team": "blue"}),
        ({"team": "red"}, {"TEAM": "blue", "x": "1"}, {"TEAM": "blue", "x": "1"}),
    ],
)
def test_tags_of_a_session_win_whatever_their_case(
    below: dict[str, str], above: dict[str, str], both: dict[str, str]
) -> None:
    assert overlay_tags(below, above) == both
