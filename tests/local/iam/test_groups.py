"""Groups: made, renamed, deleted when empty."""

from typing import Any

from tests.local.iam.conftest import HOME, Iam, policy

MISSING = ("NoSuchEntity", "The group with name gone cannot be found.", 404)


def test_a_new_group_has_an_id_as_aws_makes_them(here: Iam) -> None:
    saved = here.saved
    shown = here.ask("CreateGroup", GroupName="team", Path="/x/")["Group"]
    group = here.home.groups["team"]
    assert (shown["GroupId"], shown["Arn"]) == (group.id, f"arn:aws:iam::{HOME}:group/x/team")
    assert (group.id[:4], len(group.id), here.saved > saved) == ("AGPA", 21, True)


def test_a_renamed_group_keeps_members_and_policies(here: Iam) -> None:
    group = here.group(Path="/old/")
    here.user()
    here.home.add_user_to_group("team", "ada")
    group.put_policy("p", policy())
    saved = here.saved
    assert here.ask("UpdateGroup", GroupName="team", NewGroupName="crew") == {}
    assert here.saved > saved
    assert here.home.groups == {"crew": group}
    assert (group.name, group.path, [u.name for u in group.users]) == ("crew", "/old/", ["ada"])
    assert group.policies == {"p": policy()}


def test_another_path_alone_and_nothing(here: Iam) -> None:
    group = here.group(Path="/old/")
    here.ask("UpdateGroup", GroupName="team", NewPath="/new/")
    assert (here.home.groups, group.name, group.path) == ({"team": group}, "team", "/new/")
    here.ask("UpdateGroup", GroupName="team")
    here.ask("UpdateGroup", GroupName="team", NewGroupName="team")
    assert (here.home.groups, group.name, group.path) == ({"team": group}, "team", "/new/")


def test_what_a_group_cannot_be_renamed_to(here: Iam) -> None:
    here.group()
    here.group("Crew")
    assert here.refused("UpdateGroup", GroupName="team", NewGroupName="cREW") == (
        "EntityAlreadyExists",
        "Group with name cREW already exists.",
        409,
    )
    long = here.refused("UpdateGroup", GroupName="team", NewGroupName="x" * 129)
    assert "less than or equal to 128" in long[1]
    assert here.code("UpdateGroup", GroupName="team", NewPath="no") == "ValidationError"
    assert here.refused("UpdateGroup", GroupName="gone") == MISSING
    assert "Value null at 'groupName'" in here.refused("UpdateGroup", NewPath="/x/")[1]
    assert here.code("UpdateGroup", GroupName="team", NewGroupName="TEAM") == ""
    assert here.code("UpdateGroup", GroupName="TEAM", NewGroupName="x" * 128) == ""


def test_only_an_empty_group_is_deleted(here: Iam) -> None:
    group: Any = here.group()
    here.user()
    steps: list[tuple[str, Any, Any]] = [
        ("delete policies", lambda: group.put_policy("p", policy()), group.policies.clear),
        (
            "detach all policies",
            lambda: here.home.attach_group_policy(here.managed(), "team"),
            group.managed_policies.clear,
        ),
        (
            "remove users from group",
            lambda: here.home.add_user_to_group("team", "ada"),
            group.users.clear,
        ),
    ]
    for what, give, take in steps:
        give()
        message = f"Cannot delete entity, must {what} first."
        assert here.refused("DeleteGroup", GroupName="team") == ("DeleteConflict", message, 409)
        take()
        assert here.code("DeleteGroup", GroupName="team") == ""
    here.ask("DeleteGroup", GroupName="team")
    assert here.home.groups == {}
    # That there is none is moto's to say.
    assert here.before("DeleteGroup", GroupName="team") is None
    assert "Value null at 'groupName'" in here.refused("DeleteGroup")[1]
