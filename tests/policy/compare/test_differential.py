"""Compare and the evaluator never disagree: what it proves, no enumerated request refutes."""

import random

import pytest

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import (
    AwsService,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    RoleSession,
    check_external_id,
    check_role_session_name,
    check_session_tags,
    check_source_identity,
)
from rolecall.policy.compare import Comparison, Outcome, compare
from tests.policy.compare.enumeration import first_gain
from tests.policy.compare.generated import ROLE, pair

PAIRS, AT_ONCE, REQUESTS = 240, 20, 120


def answer(old: PolicyDocument, new: PolicyDocument) -> Comparison:
    return compare(old, new, role_arn=ROLE, tokens=TOKEN_KEYS)


def check_witnesses(comparison: Comparison, old: CompiledPolicy, new: CompiledPolicy) -> None:
    for difference in (*comparison.gains, *comparison.losses):
        here, there = (new, old) if difference.gain else (old, new)
        assert difference.witness.under(here).allowed
        assert not difference.witness.under(there).allowed
        attempt = difference.witness.attempt
        check_role_session_name(attempt.session_name)
        check_session_tags(attempt.tags, attempt.transitive_tag_keys)
        if attempt.external_id is not None:
            check_external_id(attempt.external_id)
        if attempt.lasting_source_identity is not None:
            check_source_identity(attempt.lasting_source_identity)
        if not isinstance(attempt.caller, (IamUser, RoleSession, AwsService)):
            assert attempt.external_id is None


@pytest.mark.parametrize("first", range(0, PAIRS, AT_ONCE))
def test_what_is_proved_no_request_refutes(first: int) -> None:
    for number in range(first, first + AT_ONCE):
        old, new = pair(number)
        before, after = CompiledPolicy(old), CompiledPolicy(new)
        comparison = answer(old, new)
        check_witnesses(comparison, before, after)
        open_ways = {each.gain for each in comparison.undecided}
        for gain, found in ((True, comparison.gains), (False, comparison.losses)):
            if not found and gain not in open_ways:
                sides = (before, after) if gain else (after, before)
                assert first_gain(*sides, random.Random(number), REQUESTS) is None, number


def test_most_pairs_are_decided_and_every_answer_occurs() -> None:
    answers = [answer(*pair(number)).verdict for number in range(1000, 1200)]
    assert answers.count(Outcome.UNDECIDED) <= 2
    for outcome in (Outcome.SAME, Outcome.NARROWER, Outcome.WIDER, Outcome.BOTH):
        assert answers.count(outcome) >= 10


def test_the_other_way_round_is_the_other_answer() -> None:
    opposite = {Outcome.NARROWER: Outcome.WIDER, Outcome.WIDER: Outcome.NARROWER}
    for number in range(1200, 1260):
        old, new = pair(number)
        there, back = answer(old, new).verdict, answer(new, old).verdict
        if Outcome.UNDECIDED not in (there, back):
            assert back is opposite.get(there, there)
        assert answer(old, old).verdict is Outcome.SAME


def test_the_same_question_has_the_same_answer() -> None:
    for number in range(1300, 1320):
        once, again = (answer(*pair(number)) for _ in range(2))
        told = [
            [each.words() for each in (*one.gains, *one.losses, *one.undecided)]
            for one in (once, again)
        ]
        assert told[0] == told[1]
