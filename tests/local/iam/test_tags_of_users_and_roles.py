"""Tags of users and roles: what IAM refuses, and one value for a key whatever its case."""

import pytest

from rolecall.local import iam
from tests.local.iam.conftest import HOME, Iam, listed, tag_params, trust

WRONG = [
    ({"": "x"}, "ValidationError", "1 to 128"),
    ({"k" * 129: "x"}, "ValidationError", "1 to 128"),
    ({"k": "v" * 257}, "ValidationError", "up to 256"),
    ({"k!": "x"}, "ValidationError", "Value 'k!' at 'tags.1.member.key'"),
    ({"k": "!"}, "ValidationError", "Value '!' at 'tags.1.member.value'"),
    ({"aws:k": "x"}, "InvalidInput", "reserved for AWS"),
    ({"AWS:k": "x"}, "InvalidInput", "reserved for AWS"),
    ({"team": "x", "TEAM": "y"}, "InvalidInput", "Duplicate tag keys"),
    ({"strasse": "x", "\u017ftrasse": "y"}, "", ""),
    ({"k" * 128: "v" * 256}, "", ""),
    ({"awsome": ""}, "", ""),
    ({f"k{n}": "" for n in range(50)}, "", ""),
    ({f"k{n}": "" for n in range(51)}, "ValidationError", "less than or equal to 50"),
]


@pytest.mark.parametrize(("tags", "code", "told"), WRONG)
@pytest.mark.parametrize(
    ("action", "who"),
    [
        ("CreateUser", {"UserName": "new"}),
        ("CreateRole", {"RoleName": "new", "AssumeRolePolicyDocument": trust()}),
        ("TagUser", {"UserName": "ada"}),
        ("TagRole", {"RoleName": "deploy"}),
    ],
)
def test_tags_that_iam_refuses(
    here: Iam, action: str, who: dict[str, str], tags: dict[str, str], code: str, told: str
) -> None:
    here.home.create_user("us-east-1", "ada")
    here.home.create_role("deploy", trust(), "/", None, "", [], 3600)
    params = {**who, **tag_params(tags)}
    if not code:
        assert here.code(action, params) == ""
        return
    refused = here.refused(action, params)
    assert (refused[0], told in refused[1]) == (code, True)


def test_a_tag_has_a_key_and_a_value(here: Iam) -> None:
    here.user()
    first = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "", "UserName": "ada"}
    for half, missing in (("Value", "key"), ("Key", "value")):
        code, message, _ = here.refused("TagUser", {**first, f"Tags.member.2.{half}": "b"})
        told = f"Value null at 'tags.2.member.{missing}'"
        assert (code, told in message) == ("ValidationError", True)


def test_a_key_in_another_case_is_replaced(here: Iam) -> None:
    here.user(**tag_params({"Team": "web", "cost": "1"}))
    here.role(**tag_params({"Team": "web", "cost": "1"}))
    for action, who in (("TagUser", {"UserName": "ada"}), ("TagRole", {"RoleName": "deploy"})):
        here.ask(action, {**who, **tag_params({"TEAM": "sales"})})
    assert tags_of_user(here) == tags_of_role(here) == {"cost": "1", "TEAM": "sales"}


def test_keys_are_removed_in_whatever_case_they_are_spelled(here: Iam) -> None:
    here.user(**tag_params({"Team": "web", "cost": "1", "Left": "x"}))
    here.role(**tag_params({"Team": "web", "cost": "1", "Left": "x"}))
    gone = listed("TagKeys", ["unknown", "COST", "team"])
    here.ask("UntagUser", gone, UserName="ada")
    here.ask("UntagRole", gone, RoleName="deploy")
    assert tags_of_user(here) == tags_of_role(here) == {"Left": "x"}


def test_a_tag_stays_until_moto_took_the_call(here: Iam) -> None:
    here.user(**tag_params({"Team": "web"}))
    here.role(**tag_params({"Team": "web"}))
    here.before("UntagUser", listed("TagKeys", ["team"]), UserName="ada")
    here.before("UntagRole", listed("TagKeys", ["team"]), RoleName="deploy")
    assert tags_of_user(here) == tags_of_role(here) == {"Team": "web"}


def test_keys_are_handed_on_as_they_are_spelled_where_they_stand(here: Iam) -> None:
    here.role(**tag_params({"Team": "web"}))
    call = here.call("UntagRole", listed("TagKeys", ["unknown", "TEAM"]), RoleName="deploy")
    assert iam.before(call, here.root, here.cloud) is None
    assert (call.params["TagKeys.member.1"], call.params["TagKeys.member.2"]) == (
        "unknown",
        "Team",
    )


def test_50_tags_in_all_and_no_more(here: Iam) -> None:
    forty_nine = tag_params({f"k{n}": "" for n in range(49)})
    here.user(**forty_nine)
    here.role(**forty_nine)
    for action, who in (("TagUser", {"UserName": "ada"}), ("TagRole", {"RoleName": "deploy"})):
        two = {**who, **tag_params({"one": "", "two": ""})}
        assert here.refused(action, two) == (
            "LimitExceeded",
            "Cannot exceed quota for TagsPerResource: 50",
            409,
        )
        # One that takes another's place is not one more.
        assert here.code(action, {**who, **tag_params({"one": "", "K0": ""})}) == ""


@pytest.mark.parametrize("action", ["TagUser", "UntagUser"])
def test_tagging_a_user_who_is_not_there(here: Iam, action: str) -> None:
    here.role("ada")
    assert here.refused(action, UserName="ada") == (
        "NoSuchEntity",
        "The user with name ada cannot be found.",
        404,
    )
    assert "Value null at 'userName'" in here.refused(action, RoleName="ada")[1]


@pytest.mark.parametrize("action", ["TagRole", "UntagRole"])
def test_tagging_a_role_that_is_not_there(here: Iam, action: str) -> None:
    here.user("deploy")
    assert here.refused(action, RoleName="deploy") == (
        "NoSuchEntity",
        "The role with name deploy cannot be found.",
        404,
    )
    assert "Value null at 'roleName'" in here.refused(action, UserName="deploy")[1]


def test_what_is_refused_takes_no_tag_away(here: Iam) -> None:
    here.user(**tag_params({"Team": "web"}))
    here.refused("TagUser", tag_params({"TEAM": "x", "aws:b": ""}), UserName="ada")
    here.refused("TagUser", tag_params({"team": "x", "b!": ""}), UserName="ada")
    assert tags_of_user(here) == {"Team": "web"}


def tags_of_user(here: Iam) -> dict[str, str]:
    record = here.cloud.directory.user(HOME, "ada")
    assert record is not None
    return dict(record.tags)


def tags_of_role(here: Iam) -> dict[str, str]:
    record = here.cloud.directory.role_named(HOME, "deploy")
    assert record is not None
    return dict(record.tags)
