"""Users: made, renamed, bounded and deleted; what must be removed before."""

from typing import Any

import pytest

from rolecall.local import iam
from rolecall.local.api import ApiReply
from rolecall.local.directory import user_boundary
from tests.local.iam.conftest import HOME, OTHER, Iam, policy, tag_params

GONE = ("NoSuchEntity", "The user with name gone cannot be found.", 404)


def test_a_new_user_has_an_id_as_aws_makes_them(here: Iam) -> None:
    shown = here.ask("CreateUser", UserName="ada", Path="/team/")["User"]
    user = here.home.users["ada"]
    assert (shown["UserId"], shown["Arn"]) == (user.id, f"arn:aws:iam::{HOME}:user/team/ada")
    assert (user.id[:4], len(user.id)) == ("AIDA", 21)
    assert "PermissionsBoundary" not in shown
    assert user_boundary(user) is None
    assert here.ask("CreateUser", UserName="ben")["User"]["UserId"] != user.id


def test_a_new_user_has_the_boundary_that_was_asked_for(here: Iam) -> None:
    boundary = here.managed()
    shown = here.ask("CreateUser", UserName="ada", PermissionsBoundary=boundary)["User"]
    expected = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    assert shown["PermissionsBoundary"] == expected
    assert user_boundary(here.home.users["ada"]) == boundary


def test_making_a_user_is_kept(here: Iam) -> None:
    saved = here.saved
    here.user()
    assert here.saved > saved


def test_boundaries_are_set_and_removed(here: Iam) -> None:
    user, boundary = here.user(), here.managed()
    put = {"UserName": "ada", "PermissionsBoundary": boundary}
    saved = here.saved
    assert here.ask("PutUserPermissionsBoundary", put) == {}
    shown = here.ask("GetUser", UserName="ada")["User"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == boundary
    assert (user_boundary(user), here.saved > saved) == (boundary, True)
    saved = here.saved
    assert here.ask("DeleteUserPermissionsBoundary", UserName="ada") == {}
    assert (user_boundary(user), here.saved > saved) == (None, True)
    assert "PermissionsBoundary" not in here.ask("GetUser", UserName="ada")["User"]


@pytest.mark.parametrize(
    "action",
    [
        "DeleteUser",
        "DeleteUserPermissionsBoundary",
        "PutUserPermissionsBoundary",
        "UpdateUser",
        "DeactivateMFADevice",
        "EnableMFADevice",
        "ResyncMFADevice",
    ],
)
def test_a_user_who_is_not_there(here: Iam, action: str) -> None:
    assert here.refused(action, UserName="gone") == GONE
    assert "Value null at 'userName'" in here.refused(action)[1]


def test_one_who_has_nothing_can_be_deleted(here: Iam) -> None:
    here.user()
    here.group()
    here.user("other")
    here.ask("AddUserToGroup", GroupName="team", UserName="other")
    assert here.code("DeleteUser", UserName="ada") == ""
    here.ask("DeleteUser", UserName="ada")
    assert list(here.home.users) == ["other"]


def test_what_must_be_removed_first(here: Iam) -> None:
    user: Any = here.user()
    here.group()
    steps: list[tuple[str, Any, Any]] = [
        (
            "detach all policies",
            lambda: here.home.attach_user_policy(here.managed(), "ada"),
            lambda: user.managed_policies.clear(),
        ),
        ("delete policies", lambda: user.put_policy("p", policy()), lambda: user.policies.clear()),
        (
            "remove users from group",
            lambda: here.home.add_user_to_group("team", "ada"),
            lambda: here.home.remove_user_from_group("team", "ada"),
        ),
        (
            "delete signing certificates",
            lambda: user.signing_certificates.update(one=object()),
            lambda: user.signing_certificates.clear(),
        ),
        (
            "delete the SSH public keys",
            lambda: user.ssh_public_keys.append(object()),
            lambda: user.ssh_public_keys.clear(),
        ),
        (
            "delete login profile",
            lambda: here.home.create_login_profile("ada", "a-Pass-word-1"),
            lambda: setattr(user, "password", None),
        ),
        (
            "delete MFA device",
            lambda: user.enable_mfa_device("arn", "000000", "111111"),
            lambda: user.mfa_devices.clear(),
        ),
        (
            "delete access keys",
            lambda: user.create_access_key("AKIA"),
            lambda: user.access_keys.clear(),
        ),
    ]
    for what, give, take in steps:
        give()
        message = f"Cannot delete entity, must {what} first."
        assert here.refused("DeleteUser", UserName="ada") == ("DeleteConflict", message, 409)
        take()
        assert here.code("DeleteUser", UserName="ada") == ""


def test_a_renamed_user_keeps_keys_tags_and_groups(here: Iam) -> None:
    user = here.user(**tag_params({"team": "web"}))
    here.group()
    here.home.add_user_to_group("team", "ada")
    key = user.create_access_key("AKIA")
    here.home.access_keys[key.access_key_id] = key
    saved = here.saved
    assert here.ask("UpdateUser", UserName="ada", NewUserName="lovelace", NewPath="/m/") == {}
    assert here.saved > saved
    found = here.cloud.directory.user(HOME, "lovelace")
    assert found is not None
    assert (found.arn, found.tags, found.unique_id) == (
        f"arn:aws:iam::{HOME}:user/m/lovelace",
        {"team": "web"},
        user.id,
    )
    known = here.cloud.directory.long_lived_key(key.access_key_id)
    assert known is not None
    assert known.user_name == "lovelace"
    assert here.cloud.directory.user(HOME, "ada") is None
    assert here.home.get_groups_for_user("lovelace")[0].name == "team"
    # Whoever bears the old name next does not have the tags of this one.
    assert here.home.tagger.list_tags_for_resource(f"arn:aws:iam::{HOME}:user/ada")["Tags"] == []


def test_another_path_alone(here: Iam) -> None:
    here.user(Path="/old/", **tag_params({"team": "web"}))
    here.ask("UpdateUser", UserName="ada", NewPath="/new/")
    found = here.cloud.directory.user(HOME, "ada")
    assert found is not None
    assert (found.arn, found.tags) == (f"arn:aws:iam::{HOME}:user/new/ada", {"team": "web"})
    here.ask("UpdateUser", UserName="ada", NewUserName="ben")
    found = here.cloud.directory.user(HOME, "ben")
    assert found is not None
    assert found.path == "/new/"


def test_an_update_that_changes_nothing(here: Iam) -> None:
    here.user(Path="/old/", **tag_params({"team": "web"}))
    here.ask("UpdateUser", UserName="ada")
    here.ask("UpdateUser", UserName="ada", NewUserName="ada", NewPath="/old/")
    found = here.cloud.directory.user(HOME, "ada")
    assert found is not None
    assert (found.arn, found.tags) == (f"arn:aws:iam::{HOME}:user/old/ada", {"team": "web"})


def test_what_a_user_cannot_be_renamed_to(here: Iam) -> None:
    here.user()
    here.user("Ben")
    taken = here.refused("UpdateUser", UserName="ada", NewUserName="bEN")
    assert taken == ("EntityAlreadyExists", "User with name bEN already exists.", 409)
    assert (
        "less than or equal to 64"
        in here.refused("UpdateUser", UserName="ada", NewUserName="x" * 65)[1]
    )
    assert here.code("UpdateUser", UserName="ada", NewPath="no") == "ValidationError"
    assert here.home.users["ada"].path == "/"
    # Another way to write the own name is free.
    assert here.code("UpdateUser", UserName="ada", NewUserName="ADA") == ""
    assert here.code("UpdateUser", UserName="ADA", NewUserName="x" * 64) == ""


def test_whose_access_key_was_used_last(here: Iam) -> None:
    user = here.user()
    key = user.create_access_key("AKIA")
    here.home.access_keys[key.access_key_id] = key
    assert here.before("GetAccessKeyLastUsed", AccessKeyId=key.access_key_id) is None
    code, message, status = here.refused("GetAccessKeyLastUsed", AccessKeyId="AKIAUNKNOWN")
    assert (code, status) == ("AccessDenied", 403)
    assert message.startswith(f"User: arn:aws:iam::{HOME}:root is not authorized to perform: iam:")
    assert "Value null at 'accessKeyId'" in here.refused("GetAccessKeyLastUsed")[1]
    from rolecall.policy import RootUser

    stranger = here.identity(RootUser(account=OTHER))
    told = here.refused("GetAccessKeyLastUsed", by=stranger, AccessKeyId=key.access_key_id)
    assert told[0] == "AccessDenied"


def test_what_is_finished_only_where_moto_made_it(here: Iam) -> None:
    # The answer of a call whose user is gone again, as another call may have deleted it.
    reply = ApiReply(200, b"<User/>")
    call = here.call("CreateUser", UserName="gone")
    assert iam.after(call, reply, here.cloud) is reply
    group = here.call("CreateGroup", GroupName="gone")
    assert iam.after(group, reply, here.cloud) is reply
