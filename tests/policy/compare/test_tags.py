"""Session tags hang together: what follows from that, and what is left open."""

from typing import Any

import pytest

from rolecall.policy.compare import Comparison, Outcome, compare
from tests.policy.compare.labelled import OTHER, OWN, aws, policy

HOP = f"arn:aws:iam::{OTHER}:role/hop"


def tagged(*blocks: dict[str, Any]) -> Comparison:
    """Who gets in with tags like these."""
    statements = [{**aws(HOP, "sts:*"), "Condition": block} for block in blocks]
    return compare([], policy(*statements), account=OWN)


def tags(comparison: Comparison) -> list[tuple[dict[str, str], tuple[str, ...]]]:
    found = [each.witness.attempt for each in comparison.gains]
    return [(dict(attempt.tags), attempt.transitive_tag_keys) for attempt in found]


def test_a_tag_that_is_asked_for_is_sent_with_its_key() -> None:
    block = {"StringEquals": {"aws:RequestTag/team": "red"}}
    for sent, transitive in tags(tagged(block)):
        assert list(map(str.lower, sent)) == ["team"]
        assert list(sent.values()) == ["red"]
        assert transitive == ()
    assert tags(tagged(block))
    named = {**block, "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}}
    assert {tuple(sent) for sent, _ in tags(tagged(named))} == {("team",)}


def test_a_transitive_tag_is_one_of_the_tags() -> None:
    block = {"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "team"}}
    for sent, transitive in tags(tagged(block)):
        assert transitive == ("team",)
        assert "team" in sent
    assert tags(tagged(block))
    elsewhere = {**block, "ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}}
    # Another spelling of the key would do for one of the two: that is not told apart.
    assert {each.why for each in tagged(elsewhere).undecided} == {
        "a transitive tag would be needed in two spellings"
    }
    both = {**block, "ForAnyValue:StringLike": {"aws:TagKeys": "cost"}}
    for sent, _ in tags(tagged(both)):
        assert set(sent) == {"team", "cost"}
    assert tags(tagged(both))


@pytest.mark.parametrize(
    "block",
    [
        # There are tags, and there is none of them.
        {"Null": {"aws:RequestTag/team": "false", "aws:TagKeys": "true"}},
        {"StringEquals": {"aws:RequestTag/team": "red"},
         "ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}},
        {"StringEquals": {"aws:RequestTag/team": "red"},
         "StringLike": {"aws:RequestTag/TEAM": "blue"}},
        {"Null": {"aws:RequestTag/team": "true"},
         "ForAnyValue:StringEquals": {"aws:TagKeys": ["TEAM"]}},
        {"StringEquals": {"aws:TagKeys": "team"}},
        {"Null": {"sts:TransitiveTagKeys": "false", "aws:TagKeys": "true"}},
        {"StringEquals": {"aws:RequestTag/team": "a" * 257}},
        {"StringEquals": {"aws:RequestTag/team": "a;b"}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "a" * 129}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "a;b"}},
    ],
)  # fmt: skip
def test_what_no_call_can_bring(block: dict[str, Any]) -> None:
    assert tagged(block).verdict is Outcome.SAME


@pytest.mark.parametrize(
    "block",
    [
        {"StringEquals": {"aws:RequestTag/team": "a" * 256}},
        {"StringEquals": {"aws:RequestTag/team": "größe 1"}},
        {"StringEquals": {"aws:RequestTag/team": ""}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "a" * 128}},
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "größe 1"}},
        {"Null": {"aws:RequestTag/team": "false"}},
        {"Null": {"aws:TagKeys": "false", "aws:RequestTag/team": "true"}},
        {"StringEquals": {"aws:RequestTag/team": "red"},
         "Null": {"aws:RequestTag/Team": "false"}},
    ],
)  # fmt: skip
def test_what_a_call_can_bring(block: dict[str, Any]) -> None:
    assert tagged(block).verdict is Outcome.WIDER


def test_what_is_too_entangled_is_left_open() -> None:
    spellings = {
        "ForAnyValue:StringEquals": {"aws:TagKeys": "team"},
        "ForAnyValue:StringLike": {"aws:TagKeys": "TEAM"},
    }
    many = {"Null": {f"aws:RequestTag/t{n}": "false" for n in range(7)}}
    for block, why in (
        (spellings, "the same tag would be needed in two spellings"),
        (many, "too many session tags are asked for at once"),
    ):
        found = tagged(block)
        assert found.verdict is Outcome.UNDECIDED
        assert {each.why for each in found.undecided} == {why}
    few = {"Null": {f"aws:RequestTag/t{n}": "false" for n in range(6)}}
    assert tagged(few).verdict is Outcome.WIDER
