"""Rolecall tells every labelled change right, and shows a request for each difference."""

from collections import Counter

import pytest

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import CompiledPolicy, PolicyDocument
from rolecall.policy.compare import compare
from tests.policy.compare.changes.reading import LABELS, Change, changes

CHANGES = changes()
_BACK = {"wider": "narrower", "narrower": "wider"}


def test_about_half_of_the_changes_are_harmless() -> None:
    assert {change.label for change in CHANGES} == set(LABELS)
    assert len(CHANGES) >= 80
    assert 0.4 <= sum(change.wider for change in CHANGES) / len(CHANGES) <= 0.6


def test_every_change_is_told_apart_and_says_why() -> None:
    assert max(Counter((change.topic, change.name) for change in CHANGES).values()) == 1
    assert all(change.page and change.why.endswith(".") for change in CHANGES)
    assert all(change.old != change.new for change in CHANGES)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.topic}: {change.name}")
def test_the_answer_is_right_and_shown(change: Change) -> None:
    old, new = PolicyDocument.parse(change.old), PolicyDocument.parse(change.new)
    found = compare(old, new, account=change.account, tokens=TOKEN_KEYS)
    told = [each.words() for each in (*found.gains, *found.losses, *found.undecided)]
    assert (found.verdict, found.undecided) == (change.label, ()), told
    before, after = CompiledPolicy(old), CompiledPolicy(new)
    for gained in found.gains:
        assert gained.witness.under(after).allowed
        assert not gained.witness.under(before).allowed
    for lost in found.losses:
        assert lost.witness.under(before).allowed
        assert not lost.witness.under(after).allowed
    back = compare(new, old, account=change.account, tokens=TOKEN_KEYS)
    assert back.verdict == _BACK.get(change.label, change.label)
