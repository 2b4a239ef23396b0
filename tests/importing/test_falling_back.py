"""Where it is not proven that classes mean the same, nothing of them is written."""

import pytest

from rolecall.importing import express as module
from rolecall.importing.express import express
from rolecall.importing.home import Home
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Comparison, Undecided
from rolecall.trust import TrustContext
from tests.importing.corpus import CASES, OWN, RAW, YOURS

HOME = TrustContext(OWN, region="eu-central-1", own_accounts=frozenset({YOURS}))
POLICY = PolicyDocument.parse(CASES["users and roles in one statement"].policy)


def test_a_comparison_that_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def undecided(old: PolicyDocument, new: PolicyDocument, **more: object) -> Comparison:
        if old == new:
            return Comparison((), (), ())
        return Comparison((), (), (Undecided("somebody", gain=False, why="it took too long"),))

    monkeypatch.setattr("rolecall.importing.proof.compare", undecided)
    found = express(POLICY, Home(HOME))
    assert [each.call.name for each in found.entities] == [RAW]
    assert found.fell is not None
    assert "it took too long" in found.fell
    assert found.unproven is None


def test_not_even_the_raw_statement_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "why_not_same", lambda *_, **__: "nothing is certain")
    found = express(POLICY, Home(HOME))
    assert [each.call.name for each in found.entities] == [RAW]
    assert found.unproven == "nothing is certain"
