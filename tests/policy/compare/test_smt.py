"""An SMT solver, given the policies as formulas of its own, finds what compare finds."""

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import compare
from tests.policy.compare import smt
from tests.policy.compare.generated import ROLE, pair

# Pairs that the solver answers quickly; benchmarks/compare.py --differential takes them all.
PAIRS = (5, 19, 20, 53, 64, 75, 81, 86, 88, 92, 95, 106, 111, 126, 130,
         1, 6, 8, 10, 12, 14, 15, 22, 27, 29, 31, 36, 41, 45, 56, 66, 73, 90, 101, 110)  # fmt: skip

EFFORT = 1_000_000


def test_the_solver_agrees() -> None:
    decided = 0
    for number in PAIRS:
        old, new = pair(number)
        if old == new:
            continue
        try:
            found = smt.gains(old, new, effort=EFFORT)
        except smt.Unsupported:
            continue
        comparison = compare(old, new, role_arn=ROLE, tokens=TOKEN_KEYS)
        if found is None or any(each.gain for each in comparison.undecided):
            continue
        decided += 1
        assert found is bool(comparison.gains), number
    assert decided >= 30


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

    assert smt.gains(policy("ab"), policy("a*"), effort=2 * EFFORT) is True
    assert smt.gains(policy("a*"), policy("ab"), effort=2 * EFFORT) is False
