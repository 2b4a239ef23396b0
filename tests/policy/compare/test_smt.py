"""An SMT solver, given the policies as formulas of its own, finds what compare finds."""

import pytest

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import compare
from tests.policy.compare.generated import ROLE, pair

smt = pytest.importorskip("tests.policy.compare.smt")
# Those that the solver answers at once, of both answers.
PAIRS = range(100, 130)


def test_the_solver_agrees() -> None:
    decided = 0
    for number in PAIRS:
        old, new = pair(number)
        if old == new:
            continue
        try:
            found = smt.gains(old, new, milliseconds=100)
        except smt.Unsupported:
            continue
        comparison = compare(old, new, role_arn=ROLE, tokens=TOKEN_KEYS)
        if found is None or any(each.gain for each in comparison.undecided):
            continue
        decided += 1
        assert found is bool(comparison.gains), number
    assert decided >= 10


def test_the_solver_is_asked_the_right_thing() -> None:
    def policy(external_id: str) -> PolicyDocument:
        return PolicyDocument.parse(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": "444455556666"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringLike": {"sts:ExternalId": external_id}},
                },
            }
        )

    assert smt.gains(policy("ab"), policy("a*"), milliseconds=5000) is True
    assert smt.gains(policy("a*"), policy("ab"), milliseconds=5000) is False
