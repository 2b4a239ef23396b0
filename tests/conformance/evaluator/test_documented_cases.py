"""Every documented case, decided as AWS documents it, and explained."""

import pytest

from rolecall.policy import Verdict
from tests.conformance.evaluator import (
    accounts,
    arns,
    elements,
    multivalued,
    principals,
    strings,
    typed_values,
    variables,
)
from tests.conformance.evaluator.case import Case

CASES: list[Case] = [
    case
    for theme in (
        strings,
        typed_values,
        arns,
        multivalued,
        variables,
        elements,
        principals,
        accounts,
    )
    for case in theme.CASES
]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{n}: {c.page}: {c.says}" for n, c in enumerate(CASES)]
)
def test_the_verdict_is_the_documented_one(case: Case) -> None:
    decision = case.decide()
    assert decision.verdict is case.verdict, decision.explain()
    assert decision.allowed is (case.verdict is Verdict.ALLOW)
    assert decision.explain().endswith(".")


def test_the_table_is_as_large_as_promised() -> None:
    assert len(CASES) >= 200
