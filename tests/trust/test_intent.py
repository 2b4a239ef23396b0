"""No entity can be built that lets in somebody its author did not mean.

For every kind: arguments are drawn, the entity is built, and callers that come close are tried on
the evaluator. Whoever it lets in must be one whom the author means, by a predicate that knows
nothing of the entity's conditions; and the one who is meant does come in.
"""

import importlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall import trust
from tests.trust.intent import Written, gate

KINDS: dict[type, st.SearchStrategy[Written] | list[st.SearchStrategy[Written]]] = {}
for _file in sorted(Path(__file__).parent.glob("intent_*.py")):
    KINDS |= importlib.import_module(f"tests.trust.{_file.stem}").KINDS
WAYS = [
    pytest.param(kind, way, id=kind.__name__)
    for kind, ways in KINDS.items()
    for way in (ways if isinstance(ways, list) else [ways])
]


def test_every_kind_is_held_to_its_authors_intent() -> None:
    kinds = {name for name in trust.__all__ if hasattr(getattr(trust, name), "statements")}
    assert kinds - {"TrustedEntity"} == {kind.__name__ for kind in KINDS}


@pytest.mark.parametrize(("kind", "way"), WAYS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nobody_else_comes_in(
    kind: type, way: st.SearchStrategy[Written], data: st.DataObject
) -> None:
    written = data.draw(way)
    assert isinstance(written.entity, kind)
    assert written.intended(written.insider)
    admits = gate(written.entity)
    assert admits(written.insider)
    for asked in [*written.close, *data.draw(st.lists(written.attempts, max_size=8))]:
        if admits(asked):
            assert written.intended(asked), asked.facts
