"""Names, paths and numbers of IAM calls: the last that is accepted, the first that is not."""

from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.iam import groups, parameters, policies, roles, users
from tests.local.iam.conftest import Iam, policy, trust


def refusal(check: Any, *given: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        check(*given)
    return caught.value


@pytest.mark.parametrize("params", [{}, {"UserName": ""}])
def test_a_parameter_that_is_missing_or_empty(params: dict[str, str]) -> None:
    error = refusal(parameters.required, params, "UserName")
    assert (error.code, error.status) == ("ValidationError", 400)
    assert "Value null at 'userName'" in error.message


def test_a_parameter_that_is_there() -> None:
    assert parameters.required({"UserName": "ada"}, "UserName") == "ada"


def test_every_character_of_a_name() -> None:
    whole = "AZaz09_+=,.@-"
    assert parameters.check_name({"Name": whole}, "Name", 64) == whole
    for letter in "/ *é:\n":
        assert (
            "must contain only"
            in refusal(parameters.check_name, {"Name": f"a{letter}"}, "Name", 64).message
        )
    assert "Value null at 'name'" in refusal(parameters.check_name, {}, "Name", 64).message


def test_a_name_is_as_long_as_it_may_be_and_no_longer() -> None:
    assert parameters.check_name({"Name": "x" * 64}, "Name", 64) == "x" * 64
    assert (
        "less than or equal to 64"
        in refusal(parameters.check_name, {"Name": "x" * 65}, "Name", 64).message
    )


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, "/"),
        ({"Path": ""}, "/"),
        ({"Path": "/"}, "/"),
        ({"Path": "/a/b/"}, "/a/b/"),
        ({"Path": "/!~/"}, "/!~/"),
        ({"Path": f"/{'x' * 510}/"}, f"/{'x' * 510}/"),
    ],
)
def test_paths(given: dict[str, str], path: str) -> None:
    assert parameters.check_path(given) == path


@pytest.mark.parametrize("path", ["a", "/a", "a/", "/a b/", "/\x7f/", "/é/", "/a/\n"])
def test_what_is_no_path(path: str) -> None:
    error = refusal(parameters.check_path, {"Path": path})
    assert (error.code, "must begin and end with /" in error.message) == ("ValidationError", True)


def test_a_path_that_is_too_long() -> None:
    message = refusal(parameters.check_path, {"Path": f"/{'x' * 511}/"}).message
    assert "less than or equal to 512" in message


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("9", 9), ("+7", 7), ("000000008", 8)])
def test_numbers_between_their_limits(text: str, number: int) -> None:
    assert parameters.check_number({"N": text}, "N", 5, 9) == number


@pytest.mark.parametrize(
    ("text", "told"),
    [("4", "greater than or equal to 5"), ("10", "less than or equal to 9"), ("-6", "greater")],
)
def test_numbers_beyond_them(text: str, told: str) -> None:
    error = refusal(parameters.check_number, {"N": text}, "N", 5, 9)
    assert (error.code, told in error.message, "at 'n'" in error.message) == (
        "ValidationError",
        True,
        True,
    )


@pytest.mark.parametrize("text", ["", "x", "1.0", "5s", " 5", "1" * 10, "\u0665"])
def test_what_is_no_number(text: str) -> None:
    assert refusal(parameters.check_number, {"N": text}, "N", 1, 9).code == "MalformedInput"


def test_a_number_that_is_not_given() -> None:
    assert parameters.check_number({}, "N", 5, 9) is None


def test_the_tags_of_a_call_end_where_one_is_missing() -> None:
    params = {
        "Tags.member.1.Key": "a",
        "Tags.member.1.Value": "1",
        "Tags.member.2.Key": "b",
        "Tags.member.4.Key": "d",
    }
    assert parameters.tags_of(params) == {"a": "1", "b": ""}
    assert parameters.tags_of({"Own.member.1.Key": "a", "Own.member.1.Value": "1"}, "Own") == {
        "a": "1"
    }
    assert parameters.tags_of({"Tags.member.0.Key": "a"}) == {}


def test_51_tags_are_read_so_that_too_many_are_seen() -> None:
    params = {f"Tags.member.{n}.Key": f"k{n}" for n in range(1, 60)}
    assert list(parameters.tags_of(params)) == [f"k{n}" for n in range(1, 52)]
    keys = {f"TagKeys.member.{n}": f"k{n}" for n in range(1, 60)}
    assert parameters.tag_keys_of(keys) == tuple(f"k{n}" for n in range(1, 52))


def test_tag_keys_end_where_one_is_missing() -> None:
    assert parameters.tag_keys_of({"TagKeys.member.1": "a", "TagKeys.member.3": "c"}) == ("a",)
    assert parameters.tag_keys_of({}) == ()


@pytest.mark.parametrize(
    ("action", "name", "longest", "more"),
    [
        ("CreateUser", "UserName", 64, {}),
        ("CreateRole", "RoleName", 64, {"AssumeRolePolicyDocument": trust()}),
        ("CreateGroup", "GroupName", 128, {}),
        ("CreatePolicy", "PolicyName", 128, {"PolicyDocument": policy()}),
    ],
)
def test_names_and_paths_of_what_is_made(
    here: Iam, action: str, name: str, longest: int, more: dict[str, str]
) -> None:
    assert f"equal to {longest}" in here.refused(action, {name: "x" * (longest + 1), **more})[1]
    assert here.code(action, {name: "x" * longest, **more}) == ""
    assert "must contain only" in here.refused(action, {name: "a/b", **more})[1]
    assert "must begin and end" in here.refused(action, {name: "a", "Path": "a", **more})[1]
    assert "Value null" in here.refused(action, more)[1]


def test_a_second_user_role_or_group_of_a_name_whatever_its_case(here: Iam) -> None:
    here.user("Ada")
    here.role("Deploy")
    here.group("Team")
    for action, name in (
        ("CreateUser", {"UserName": "aDA"}),
        ("CreateRole", {"RoleName": "dEPLOY", "AssumeRolePolicyDocument": trust()}),
        ("CreateGroup", {"GroupName": "tEAM"}),
    ):
        code, message, status = here.refused(action, name)
        assert (code, status, "already exists" in message) == ("EntityAlreadyExists", 409, True)


def test_lengths_without_the_service_model(here: Iam) -> None:
    """The rules keep to them by themselves too, in AWS's own words."""
    tries: list[tuple[Any, dict[str, str], str, int]] = [
        (users.create_user, {}, "UserName", 64),
        (roles.create_role, {"AssumeRolePolicyDocument": trust()}, "RoleName", 64),
        (groups.create_group, {}, "GroupName", 128),
        (policies.create_policy, {"PolicyDocument": policy()}, "PolicyName", 128),
    ]
    for rule, more, name, longest in tries:
        rule(here.call("", {name: "x" * longest, **more}), here.root, here.cloud)
        call = here.call("", {name: "x" * (longest + 1), **more})
        assert f"equal to {longest}" in refusal(rule, call, here.root, here.cloud).message
