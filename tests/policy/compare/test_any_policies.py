"""Whatever the policies are: an answer, and no witness that the evaluator does not confirm."""

from typing import Any

from hypothesis import given, settings

from rolecall.policy import CompiledPolicy, PolicyDocument
from rolecall.policy.compare import Outcome, compare
from tests.policy.strategies import OWN, policies


@settings(max_examples=120, deadline=None)
@given(policies(resource_policy=True), policies(resource_policy=True))
def test_any_two_policies_have_an_answer(one: dict[str, Any], other: dict[str, Any]) -> None:
    old, new = PolicyDocument.parse(one), PolicyDocument.parse(other)
    sides = CompiledPolicy(old), CompiledPolicy(new)
    for account in (None, OWN):
        comparison = compare(old, new, account=account)
        for each in (*comparison.gains, *comparison.losses):
            assert each.witness.under(sides[each.gain]).allowed
            assert not each.witness.under(sides[not each.gain]).allowed
            assert each.words().endswith(".")
            assert each.words().isprintable()
        for left_open in comparison.undecided:
            assert left_open.words().endswith(".")


@settings(max_examples=60, deadline=None)
@given(policies(resource_policy=True))
def test_the_order_of_statements_makes_no_difference(one: dict[str, Any]) -> None:
    turned = {**one, "Statement": [*reversed(one["Statement"])]}
    change = PolicyDocument.parse(one), PolicyDocument.parse(turned)
    assert compare(*change).verdict in (Outcome.SAME, Outcome.UNDECIDED)


def test_a_role_that_is_not_there_lets_in_nobody() -> None:
    document = PolicyDocument.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        }
    )
    assert compare([], document).verdict is Outcome.WIDER
    assert compare(document, []).verdict is Outcome.NARROWER
    assert compare([document], [document]).verdict is Outcome.SAME


def test_a_budget_that_is_too_small_leaves_it_open() -> None:
    def policy(pattern: str) -> PolicyDocument:
        return PolicyDocument.parse(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": "444455556666"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringLike": {"sts:ExternalId": pattern}},
                },
            }
        )

    change = policy("*a????????b*"), policy("*aa???????b*")
    assert compare(*change).verdict is Outcome.NARROWER
    comparison = compare(*change, budget=20)
    assert comparison.verdict is Outcome.UNDECIDED
    assert "budget" in comparison.undecided[0].why


def test_policies_that_mention_every_character_hide_nothing() -> None:
    """A text of letters that all stand elsewhere in the policies is found as well."""

    def policy(key: str, letters: str, *, wider: bool) -> PolicyDocument:
        allow = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/hop"},
                 "Action": "sts:*"}  # fmt: skip
        middle = len(letters) // 2
        listed = {
            **allow,
            "Condition": {"StringEquals": {key: [letters[:middle], letters[middle:]]}},
        }
        more = {"StringLike": {key: "??"}, "StringNotLike": {key: "*x*"}}
        statements = [listed, {**allow, "Condition": more}] if wider else [listed]
        return PolicyDocument.parse({"Version": "2012-10-17", "Statement": statements})

    name = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"
    for key, letters in (
        ("sts:ExternalId", f"{name}:/"),
        ("sts:RoleSessionName", name),
        ("aws:PrincipalTag/team", f"{name}:/ "),
        ("custom:thing", "".join(map(chr, range(0x21, 0x180)))),
    ):
        narrow, wide = (policy(key, letters, wider=wider) for wider in (False, True))
        assert compare(narrow, wide).verdict is Outcome.WIDER
        assert compare(wide, narrow).verdict is Outcome.NARROWER
