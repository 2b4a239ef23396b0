"""Principals in trust policies are the very user or role that bore the ARN when it was saved."""

import json
from typing import Any

import pytest

from rolecall.local.cloud import new_key_id
from rolecall.local.iam import documents, principal_ids
from tests.local.iam.conftest import HOME, OTHER, Iam, trust

TABLE = "trust_principals"


def listed_in(role: Any) -> Any:
    return json.loads(role.assume_role_policy_document)["Statement"][0]["Principal"]["AWS"]


def both(first: Any, second: Any) -> str:
    return trust({"AWS": [first, second]})


def test_what_is_remembered_of_a_saved_policy(here: Iam) -> None:
    user, other = here.user(), here.role("other")
    session = f"arn:aws:sts::{HOME}:assumed-role/other/name"
    saved = here.saved
    names = [user.arn, other.arn, session, HOME, f"arn:aws:iam::{HOME}:root", user.id]
    role = here.role(AssumeRolePolicyDocument=trust({"AWS": names}))
    assert here.cloud.records[TABLE] == {
        role.id: {user.arn: user.id, other.arn: other.id, session: other.id}
    }
    assert here.saved > saved
    here.ask("UpdateAssumeRolePolicy", RoleName="deploy", PolicyDocument=trust(user.arn))
    assert here.cloud.records[TABLE] == {role.id: {user.arn: user.id}}
    here.ask("UpdateAssumeRolePolicy", RoleName="deploy", PolicyDocument=trust())
    assert here.cloud.records[TABLE] == {}


def test_one_who_vanished_meanwhile_is_nobody_for_ever(here: Iam) -> None:
    arn = f"arn:aws:iam::{HOME}:user/gone"
    principal_ids.remember(here.cloud, "AROAX", documents.parse(trust(arn)))
    assert here.cloud.records[TABLE] == {"AROAX": {arn: "gone"}}


def test_a_federated_user_is_no_user_or_role(here: Iam) -> None:
    here.role(AssumeRolePolicyDocument=trust(f"arn:aws:sts::{HOME}:federated-user/anybody"))
    assert here.cloud.records[TABLE] == {}


def test_a_deleted_user_is_shown_by_id_and_a_namesake_is_another(here: Iam) -> None:
    user, other = here.user(), here.user("other")
    role = here.role(AssumeRolePolicyDocument=both(user.arn, other.arn))
    saved = here.saved
    here.ask("DeleteUser", UserName="ada")
    assert here.saved > saved
    assert listed_in(role) == [user.id, other.arn]
    assert here.cloud.records[TABLE] == {role.id: {other.arn: other.id}}
    here.user()
    assert listed_in(role) == [user.id, other.arn]


def test_a_deleted_role_is_shown_by_id(here: Iam) -> None:
    other = here.role("other")
    session = f"arn:aws:sts::{HOME}:assumed-role/other/name"
    role = here.role(AssumeRolePolicyDocument=both(other.arn, session))
    here.ask("DeleteRole", RoleName="other")
    assert listed_in(role) == [other.id, other.id]
    assert here.cloud.records[TABLE] == {role.id: {}}


def test_a_renamed_user_is_shown_by_the_new_arn(here: Iam) -> None:
    user = here.user()
    role = here.role(AssumeRolePolicyDocument=trust(user.arn))
    here.ask("UpdateUser", UserName="ada", NewUserName="ben", NewPath="/m/")
    assert listed_in(role) == f"arn:aws:iam::{HOME}:user/m/ben"
    assert here.cloud.records[TABLE] == {role.id: {f"arn:aws:iam::{HOME}:user/m/ben": user.id}}
    here.ask("UpdateUser", UserName="ben", NewPath="/n/")
    assert listed_in(role) == f"arn:aws:iam::{HOME}:user/n/ben"
    here.ask("DeleteUser", UserName="ben")
    assert listed_in(role) == user.id


def test_who_is_not_concerned_stays_as_it_is(here: Iam) -> None:
    user = here.user()
    role = here.role(AssumeRolePolicyDocument=trust(user.arn))
    text = role.assume_role_policy_document
    for account, name in ((HOME, "ad"), (OTHER, "ada"), (HOME, "user"), (HOME, "ada")):
        principal_ids.principal_changed(here.cloud, account, name)
    assert role.assume_role_policy_document is text
    # The table may know more than there is.
    here.cloud.records[TABLE]["AROAUNKNOWN"] = {f"arn:aws:iam::{HOME}:user/gone": "x"}
    elsewhere = new_key_id("AROA", "000000000011")
    here.cloud.records[TABLE][elsewhere] = {f"arn:aws:iam::{HOME}:user/gone": "x"}
    strange = f"{here.role('other').id[:-1]}-"
    here.cloud.records[TABLE][strange] = {f"arn:aws:iam::{HOME}:user/gone": "x"}
    principal_ids.principal_changed(here.cloud, HOME, "gone")
    assert role.assume_role_policy_document is text
    assert not here.cloud.directory.account_known("000000000011")


def test_every_principal_of_every_role_is_looked_at(here: Iam) -> None:
    first, second = here.user("first"), here.user()
    roles = [
        here.role(f"r{n}", AssumeRolePolicyDocument=both(*arns))
        for n, arns in enumerate([(first.arn, second.arn), (second.arn, first.arn)])
    ]
    here.ask("DeleteUser", UserName="ada")
    assert listed_in(roles[0]) == [first.arn, second.id]
    assert listed_in(roles[1]) == [second.id, first.arn]


def test_every_form_of_a_document_is_rewritten(here: Iam) -> None:
    user = here.user()
    role = here.role()
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    principals: list[Any] = [
        {"Principal": {"AWS": user.arn, "Service": "ec2.amazonaws.com"}},
        {"NotPrincipal": {"AWS": [HOME, user.arn]}},
        {"Principal": {"Service": "ec2.amazonaws.com"}},
        {"Principal": "*"},
        {},
    ]
    changed: list[Any] = [
        {"Principal": {"AWS": user.id, "Service": "ec2.amazonaws.com"}},
        {"NotPrincipal": {"AWS": [HOME, user.id]}},
        *principals[2:],
    ]
    for given, expected in (
        ([{**statement, **each} for each in principals], [{**statement, **e} for e in changed]),
        ({**statement, **principals[0]}, {**statement, **changed[0]}),
    ):
        role.assume_role_policy_document = json.dumps({"Statement": given, "Version": "2012-10-17"})
        here.cloud.records[TABLE] = {role.id: {user.arn: user.id}}
        del here.home.users["ada"]
        principal_ids.principal_changed(here.cloud, HOME, "ada")
        found = json.loads(role.assume_role_policy_document)
        assert found == {"Statement": expected, "Version": "2012-10-17"}
        here.home.users["ada"] = user
    role.assume_role_policy_document = "{}"
    here.cloud.records[TABLE] = {role.id: {user.arn: user.id}}
    del here.home.users["ada"]
    principal_ids.principal_changed(here.cloud, HOME, "ada")
    assert role.assume_role_policy_document == "{}"


def test_a_deleted_role_leaves_nothing_in_the_table(here: Iam) -> None:
    user = here.user()
    first = here.role("first", AssumeRolePolicyDocument=trust(user.arn))
    second = here.role("second", AssumeRolePolicyDocument=trust(user.arn))
    elsewhere = here.cloud.records[TABLE]["AROAQAAAAAAAA"] = {user.arn: user.id}
    assert set(here.cloud.records[TABLE]) == {first.id, second.id, "AROAQAAAAAAAA"}
    here.ask("DeleteRole", RoleName="first")
    assert here.cloud.records[TABLE] == {
        second.id: {user.arn: user.id},
        "AROAQAAAAAAAA": elsewhere,
    }


def test_a_cloud_where_no_role_trusted_anybody(here: Iam) -> None:
    here.user()
    principal_ids.principal_changed(here.cloud, HOME, "ada")
    principal_ids.forget_role(here.cloud, HOME)
    assert here.cloud.records[TABLE] == {}


@pytest.mark.parametrize("path", ["/", "/ada/"])
def test_a_path_is_no_name_but_harmless(here: Iam, path: str) -> None:
    user = here.user("ben", Path=path)
    role = here.role(AssumeRolePolicyDocument=trust(user.arn))
    principal_ids.principal_changed(here.cloud, HOME, "ada")
    assert listed_in(role) == user.arn
