"""Policy variables: of a caller who is known they are texts, of any other they are bound to him."""

from typing import Any

import pytest

from rolecall.policy.compare import Outcome, compare
from tests.policy.compare.labelled import OTHER, OWN, aws, policy

BOB = f"arn:aws:iam::{OTHER}:user/bob"
HOP = f"arn:aws:iam::{OTHER}:role/hop"
ANY_ARN = {"ArnLike": {"k:v": "arn:*:*:*:*:*"}}
NOBODY: list[dict[str, Any]] = []


def only(who: str, *blocks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**aws(who), "Condition": block} for block in blocks]


@pytest.mark.parametrize(
    ("block", "alike"),
    [
        ({"StringEquals": {"sts:ExternalId": "${aws:username}-x"}},
         [{"StringEquals": {"sts:ExternalId": "bob-x"}}]),
        ({"StringLike": {"sts:ExternalId": "${aws:username}-*"}},
         [{"StringLike": {"sts:ExternalId": "bob-*"}}]),
        ({"StringNotLike": {"sts:ExternalId": "${aws:username}-*"}},
         [{"StringNotLike": {"sts:ExternalId": "bob-*"}}]),
        ({"StringEqualsIgnoreCase": {"sts:ExternalId": "${aws:username}"}},
         [{"StringEqualsIgnoreCase": {"sts:ExternalId": "BOB"}}]),
        ({"StringEquals": {"sts:ExternalId": ["xx", "${aws:username}"]}},
         [{"StringEquals": {"sts:ExternalId": ["bob", "xx"]}}]),
        ({"StringEquals": {"sts:ExternalId": "${AWS:PrincipalAccount}"}},
         [{"StringEquals": {"sts:ExternalId": OTHER}}]),
        ({"StringEquals": {"sts:ExternalId": "${aws:FederatedProvider, 'bob'}"}},
         [{"StringEquals": {"sts:ExternalId": "bob"}}]),
        # What the variable stands for is text, not a pattern.
        ({"StringLike": {"k:v": "a${*}"}}, [{"StringEquals": {"k:v": "a*"}}]),
        ({"StringLike": {"k:v": "${$}{a}"}}, [{"StringEquals": {"k:v": "${$}{a}"}}]),
        # A variable without a value matches nothing.
        ({"StringEqualsIgnoreCase": {"k:v": "${aws:FederatedProvider}"}}, NOBODY),
        ({"Bool": {"k:v": "${aws:PrincipalIsAWSService}"}}, [{"Bool": {"k:v": "false"}}]),
        ({"Bool": {"k:v": "${aws:username}"}}, NOBODY),
        ({"Bool": {"k:v": ["${aws:FederatedProvider}", "true"]}}, [{"Bool": {"k:v": "true"}}]),
        ({"ArnLike": {"k:v": "arn:aws:iam::${aws:PrincipalAccount}:user/*"}},
         [{"ArnLike": {"k:v": f"arn:aws:iam::{OTHER}:user/*"}}]),
        ({"ArnLike": {"k:v": "arn:aws:iam::1:user/${aws:FederatedProvider}"}}, NOBODY),
        ({"ArnLike": {"k:v": ["arn:aws:iam::1:user/${aws:FederatedProvider}",
                              "arn:aws:iam::1:role/*"]}},
         [{"ArnLike": {"k:v": "arn:aws:iam::1:role/*"}}]),
        ({"ArnNotLike": {"k:v": "arn:aws:iam::1:user/${aws:FederatedProvider}"}},
         [{"Null": {"k:v": "true"}}, ANY_ARN]),
    ],
)  # fmt: skip
def test_of_a_caller_who_is_known(block: dict[str, Any], alike: list[dict[str, Any]]) -> None:
    one = policy(*only(BOB, block))
    other = [policy(*only(BOB, *alike))] if alike else []
    assert compare(one, other, account=OWN).verdict is Outcome.SAME
    assert compare(other, one, account=OWN).verdict is Outcome.SAME


@pytest.mark.parametrize(
    ("block", "alike"),
    [
        ({"StringEquals": {"k:v": "${aws:FederatedProvider}"}}, NOBODY),
        ({"StringLike": {"k:v": "${aws:FederatedProvider}*"}}, NOBODY),
        ({"StringNotEquals": {"k:v": "${aws:FederatedProvider}"}}, [{}]),
        ({"StringEquals": {"k:v": ["${aws:FederatedProvider}", "a"]}},
         [{"StringEquals": {"k:v": "a"}}]),
    ],
)  # fmt: skip
def test_a_text_with_a_variable_without_value_is_the_same_or_left_open(
    block: dict[str, Any], alike: list[dict[str, Any]]
) -> None:
    one = policy(*only(BOB, block))
    other = [policy(*only(BOB, *alike))] if alike else []
    for sides in ((one, other), (other, one)):
        assert compare(*sides, account=OWN).verdict in (Outcome.SAME, Outcome.UNDECIDED)


@pytest.mark.parametrize(
    ("block", "holds"),
    [
        ({"StringEquals": {"sts:ExternalId": "${aws:PrincipalTag/id}"}},
         lambda a: a.external_id == a.caller.tags["id"]),
        ({"StringLike": {"sts:ExternalId": "x-${aws:PrincipalTag/id}-*"}},
         lambda a: a.external_id.startswith(f"x-{a.caller.tags['id']}-")),
        ({"StringEquals": {"sts:RoleSessionName": "${aws:PrincipalTag/id, 'review-1'}"}},
         lambda a: a.session_name == a.caller.tags.get("id", "review-1")),
        ({"StringEquals": {"sts:ExternalId": "${aws:PrincipalTag/a}-${aws:PrincipalTag/b}"}},
         lambda a: a.external_id == f"{a.caller.tags['a']}-{a.caller.tags['b']}"),
        ({"StringEquals": {"sts:RoleSessionName": "${sts:ExternalId}"}},
         lambda a: a.session_name == a.external_id),
        ({"StringNotEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"},
          "Null": {"aws:PrincipalTag/a": "false", "aws:PrincipalTag/b": "false"}},
         lambda a: a.caller.tags["a"] != a.caller.tags["b"]),
    ],
)  # fmt: skip
def test_of_any_other_caller_the_witness_has_both(block: dict[str, Any], holds: Any) -> None:
    for who in (BOB, HOP, OTHER):
        found = compare([], policy(*only(who, block)), account=OWN)
        assert found.verdict is Outcome.WIDER
        assert all(holds(each.witness.attempt) for each in found.gains)


def test_two_variables_that_need_not_be_alike_are_not_taken_for_it() -> None:
    one = policy(*only(HOP, {"StringEquals": {"sts:ExternalId": "${aws:PrincipalTag/a}"}}))
    other = policy(*only(HOP, {"StringEquals": {"sts:ExternalId": "${aws:PrincipalTag/b}"}}))
    assert compare(one, other, account=OWN).verdict is Outcome.BOTH
    assert compare(one, one, account=OWN).verdict is Outcome.SAME
    reworded = policy(*only(HOP, {"StringEquals": {"sts:ExternalId": "${AWS:principaltag/A}"}}))
    assert compare(one, reworded, account=OWN).verdict in (Outcome.SAME, Outcome.UNDECIDED)


@pytest.mark.parametrize("variable", ["aws:RequestTag/name", "sts:SourceIdentity"])
def test_what_only_some_calls_bring_is_looked_for_in_those(variable: str) -> None:
    """A variable of a tag or a source identity has a value only where the call has it."""

    def sts(**condition: Any) -> dict[str, Any]:
        return aws(HOP, "sts:*", **condition)

    alike = {"sts:RoleSessionName": f"${{{variable}}}"}
    found = compare([], policy(sts(StringEquals=alike)), account=OWN)
    assert found.verdict is Outcome.WIDER
    for each in found.gains:
        attempt = each.witness.attempt
        assert attempt.session_name in (attempt.source_identity, *attempt.tags.values(),
                                        attempt.lasting_source_identity)  # fmt: skip
    # Without such a condition those whose name is the same get in as well.
    but = policy(sts(StringNotEquals=alike))
    assert compare(but, policy(sts()), account=OWN).verdict is Outcome.WIDER
