"""Session tags and source identity that an OpenID Connect token brings along."""

from typing import Any

import pytest

from rolecall.local.sts.session_tags import SessionTags
from rolecall.local.sts.token_session import source_identity_of, tags_of
from tests.local.sts.conftest import Refusal, refusal

TAGS = "https://aws.amazon.com/tags"
FLAT = f"{TAGS}/principal_tags/"
FLAT_KEYS = f"{TAGS}/transitive_tag_keys"
IDENTITY = "https://aws.amazon.com/source_identity"


def no_jwt(reason: str) -> Refusal:
    return Refusal(
        "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
        "Token)",
        400,
        reason,
    )


def test_a_token_without_tags() -> None:
    assert tags_of({}) == SessionTags(all={}, transitive=())
    assert tags_of({TAGS: {}}) == SessionTags(all={}, transitive=())
    assert tags_of({f"x{FLAT}a": "b", TAGS + "/other": 1}) == SessionTags(all={}, transitive=())


def test_tags_in_one_claim() -> None:
    """As the documentation's example writes them, each value a list of one."""
    claim = {
        "principal_tags": {"Project": ["Automation"], "Team": "red"},
        "transitive_tag_keys": ["Project"],
    }
    assert tags_of({TAGS: claim}) == SessionTags(
        all={"Project": "Automation", "Team": "red"}, transitive=("Project",)
    )


def test_tags_in_claims_of_their_own() -> None:
    claims = {f"{FLAT}Project": "Automation", f"{FLAT}Team": ["red"], FLAT_KEYS: ["Team"]}
    assert tags_of(claims) == SessionTags(
        all={"Project": "Automation", "Team": "red"}, transitive=("Team",)
    )


def test_tags_written_both_ways() -> None:
    claims = {
        TAGS: {"principal_tags": {"a": "1"}, "transitive_tag_keys": ["a"]},
        f"{FLAT}b": "2",
        f"{FLAT}c": "",
        FLAT_KEYS: ["c"],
    }
    assert tags_of(claims) == SessionTags(all={"a": "1", "b": "2", "c": ""}, transitive=("a", "c"))


@pytest.mark.parametrize("claim", [None, [], "x", {"principal_tags": {}, "other": 1}])
def test_a_claim_of_another_form(claim: Any) -> None:
    assert refusal(tags_of, {TAGS: claim}) == no_jwt(
        f"the claim {TAGS} is not an object of principal_tags, transitive_tag_keys"
    )


@pytest.mark.parametrize("tags", [None, [], "x", [["a", "b"]]])
def test_tags_that_are_no_object(tags: Any) -> None:
    assert refusal(tags_of, {TAGS: {"principal_tags": tags}}) == no_jwt(
        f"principal_tags in the claim {TAGS} is not an object"
    )


@pytest.mark.parametrize("keys", [None, "a", {"a": "b"}, [1], ["a", None]])
def test_transitive_keys_that_are_no_list_of_texts(keys: Any) -> None:
    told = no_jwt("the transitive tag keys of the token are not a list of texts")
    nested = {TAGS: {"principal_tags": {"a": "b"}, "transitive_tag_keys": keys}}
    assert refusal(tags_of, nested) == told
    assert refusal(tags_of, {f"{FLAT}a": "b", FLAT_KEYS: keys}) == told


@pytest.mark.parametrize("value", [None, 1, True, {}, [], ["a", "b"], [1], [["a"]]])
def test_a_tag_has_one_text(value: Any) -> None:
    assert refusal(tags_of, {f"{FLAT}a": value}) == no_jwt(
        "a session tag of the token has not exactly one text for its value"
    )


def test_one_key_written_both_ways_is_given_twice() -> None:
    claims = {TAGS: {"principal_tags": {"a": "1"}}, f"{FLAT}A": "1"}
    assert refusal(tags_of, claims).code == "InvalidParameterValue"


def test_what_no_session_can_have_as_a_tag() -> None:
    assert refusal(tags_of, {f"{FLAT}a": "!"}) == Refusal(
        "ValidationError",
        "1 validation error detected: Value at 'tags' failed to satisfy constraint: at most 256 "
        "letters, digits, spaces or _.:/=+-@",
        400,
        "the token's tags are not what a session can have: at most 256 letters, digits, spaces or "
        "_.:/=+-@",
    )
    many = {f"{FLAT}k{n}": "v" for n in range(51)}
    assert "at most 50" in refusal(tags_of, many).message
    many.popitem()
    assert len(tags_of(many).all) == 50


def test_a_source_identity() -> None:
    assert source_identity_of({}) is None
    assert source_identity_of({IDENTITY: None}) is None
    assert source_identity_of({IDENTITY: "alice@acme"}) == "alice@acme"


@pytest.mark.parametrize("value", [1, ["alice"], True, {}])
def test_a_source_identity_that_is_no_text(value: Any) -> None:
    assert refusal(source_identity_of, {IDENTITY: value}) == no_jwt(
        f"the claim {IDENTITY} is not a text"
    )


@pytest.mark.parametrize("value", ["", "a", "a b", "s" * 65])
def test_a_source_identity_that_no_session_can_have(value: str) -> None:
    assert refusal(source_identity_of, {IDENTITY: value}) == Refusal(
        "ValidationError",
        "1 validation error detected: Value at 'sourceIdentity' failed to satisfy constraint: 2 "
        "to 64 letters, digits or _+=,.@-",
        400,
        "the token's sourceIdentity are not what a session can have: 2 to 64 letters, digits or "
        "_+=,.@-",
    )
