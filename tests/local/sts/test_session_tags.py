"""Session tags: how many, how long, of which characters, and which go along a chain."""

from datetime import timedelta

import pytest

from rolecall.local.api import SessionGrant
from rolecall.local.sts.parameters import Parameters
from rolecall.local.sts.session_tags import SessionTags, combine, read
from tests.local.sts.conftest import HOME, NOW, Refusal, refusal

KEY_PATTERN = r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"
VALUE_PATTERN = r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*"


def tagged(*tags: tuple[str, str]) -> dict[str, str]:
    return {
        f"Tags.member.{n}.{name}": text
        for n, tag in enumerate(tags, 1)
        for name, text in zip(("Key", "Value"), tag, strict=True)
    }


def violation(params: dict[str, str]) -> str:
    """What is wrong with the only wrong thing in a call."""
    parameters = Parameters(params)
    read(parameters)
    told = refusal(parameters.finish)
    assert told.code == "ValidationError"
    assert told.message.startswith("1 validation error detected: ")
    return told.message.partition(": ")[2]


def test_tags_and_transitive_keys_as_they_were_sent() -> None:
    parameters = Parameters(
        {
            **tagged(("Team", "red"), ("Größe", "5 m")),
            "TransitiveTagKeys.member.1": "team",
            "TransitiveTagKeys.member.2": "x",
        }
    )
    assert read(parameters) == ([("Team", "red"), ("Größe", "5 m")], ["team", "x"])
    parameters.finish()


def test_no_tags() -> None:
    assert read(Parameters({})) == ([], [])


def test_the_longest_tags_and_the_most_of_them() -> None:
    longest = [(f"{n:03}" + "k" * 125, "v" * 256) for n in range(50)]
    keys = {f"TransitiveTagKeys.member.{n}": "k" * 128 for n in range(1, 51)}
    parameters = Parameters({**tagged(*longest), **keys, "Other": ""})
    assert read(parameters) == (longest, ["k" * 128] * 50)
    parameters.finish()
    parameters = Parameters(tagged(("k", "")))
    read(parameters)
    parameters.finish()


@pytest.mark.parametrize("count", [51, 60])
def test_a_tag_too_many(count: int) -> None:
    assert violation(tagged(*((f"k{n}", "v") for n in range(count)))) == (
        f"Value '[{count} tags]' at 'tags' failed to satisfy constraint: Member must have length "
        "less than or equal to 50"
    )


def test_a_transitive_key_too_many() -> None:
    keys = {f"TransitiveTagKeys.member.{n}": f"k{n}" for n in range(1, 52)}
    assert violation(keys) == (
        "Value '[51 keys]' at 'transitiveTagKeys' failed to satisfy constraint: Member must have "
        "length less than or equal to 50"
    )


@pytest.mark.parametrize(
    ("tag", "where", "constraint"),
    [
        (("", "v"), "key", "Member must have length greater than or equal to 1"),
        (("k" * 129, "v"), "key", "Member must have length less than or equal to 128"),
        (("k", "v" * 257), "value", "Member must have length less than or equal to 256"),
        (("k!", "v"), "key", KEY_PATTERN),
        (("k", "v!"), "value", VALUE_PATTERN),
        (("k", "\n"), "value", VALUE_PATTERN),
    ],
)
def test_a_tag_that_no_session_has(tag: tuple[str, str], where: str, constraint: str) -> None:
    shown = tag[0] if where == "key" else tag[1]
    assert violation(tagged(("good", "one"), tag)) == (
        f"Value '{shown}' at 'tags.2.member.{where}' failed to satisfy constraint: {constraint}"
    )


@pytest.mark.parametrize(
    ("key", "constraint"),
    [
        ("", "Member must have length greater than or equal to 1"),
        ("k" * 129, "Member must have length less than or equal to 128"),
    ],
)
def test_the_length_of_a_transitive_key(key: str, constraint: str) -> None:
    sent = {"TransitiveTagKeys.member.1": "k", "TransitiveTagKeys.member.2": key}
    assert violation(sent) == (
        f"Value '{key}' at 'transitiveTagKeys.2.member' failed to satisfy constraint: {constraint}"
    )


def test_a_list_with_a_gap_is_refused() -> None:
    for params in ({"Tags.member.2.Key": "a"}, {"TransitiveTagKeys.member.2": "a"}):
        parameters = Parameters(params)
        read(parameters)
        assert refusal(parameters.finish).code == "MalformedInput"


# -- which tags the new session has ----------------------------------------------------


def calling(tags: dict[str, str], *transitive: str) -> SessionGrant:
    return SessionGrant(
        kind="assumed-role",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        tags=tags,
        transitive_tag_keys=transitive,
    )


def wrong(message: str) -> Refusal:
    return Refusal("InvalidParameterValue", message, 400, "")


def test_the_tags_of_a_session_that_begins_a_chain() -> None:
    made = combine([("Team", "red"), ("Unit", "b"), ("Cost", "1")], ["unit", "TEAM"], None)
    assert made == SessionTags(
        all={"Team": "red", "Unit": "b", "Cost": "1"}, transitive=("Team", "Unit")
    )


def test_no_tags_make_none() -> None:
    assert combine([], [], None) == SessionTags(all={}, transitive=())


def test_transitive_tags_are_inherited_and_stay_transitive() -> None:
    made = combine(
        [("Cost", "1"), ("Unit", "b")], ["Unit"], calling({"Team": "red", "Own": "x"}, "TEAM")
    )
    assert made == SessionTags(
        all={"Team": "red", "Cost": "1", "Unit": "b"}, transitive=("Team", "Unit")
    )


def test_what_is_not_transitive_ends_with_its_session() -> None:
    assert combine([], [], calling({"Team": "red"})) == SessionTags(all={}, transitive=())
    assert combine([("team", "blue")], [], calling({"Team": "red"}, "Other")) == SessionTags(
        all={"team": "blue"}, transitive=()
    )


def test_a_key_is_given_once_whatever_its_case() -> None:
    assert refusal(combine, [("Team", "red"), ("tEAM", "blue")], [], None) == wrong(
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    )


@pytest.mark.parametrize("key", ["aws:Team", "AWS:", "aws:"])
def test_keys_of_aws_are_reserved(key: str) -> None:
    assert refusal(combine, [("a", "b"), (key, "x")], [], None) == wrong(
        "Tag keys that start with aws: are reserved for AWS."
    )
    assert combine([("awsome", "x"), ("x:aws:", "y")], [], None).all == {
        "awsome": "x",
        "x:aws:": "y",
    }


def test_a_transitive_key_is_that_of_a_tag() -> None:
    assert refusal(combine, [("a", "b")], ["a", "c"], None) == wrong(
        "The specified transitive tag key must be included in the requested tags."
    )
    assert refusal(combine, [], ["Team"], calling({"Team": "red"}, "Team")).code == (
        "InvalidParameterValue"
    )


def test_an_inherited_tag_cannot_be_set_anew() -> None:
    taken = calling({"Team": "red", "Unit": "b"}, "Team", "unit")
    assert refusal(combine, [("x", "y"), ("uNIT", "b")], [], taken) == wrong(
        "One of the specified transitive tag keys can't be set because it conflicts with a "
        "transitive tag key from the calling session."
    )
