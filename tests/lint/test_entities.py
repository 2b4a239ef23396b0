"""What Rolecall's own trusted entities render is clean, but for what is wide by its name."""

import importlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rolecall.lint import Facts, at_least, lint
from rolecall.trust import trust_policy
from tests.trust.intent import CONTEXT, OWN, PEOPLE, Written

FOLDER = Path(__file__).resolve().parents[1] / "trust"
KINDS: dict[type, st.SearchStrategy[Written] | list[st.SearchStrategy[Written]]] = {}
for _file in sorted(FOLDER.glob("intent_*.py")):
    KINDS |= importlib.import_module(f"tests.trust.{_file.stem}").KINDS
WAYS = [
    pytest.param(kind, way, id=kind.__name__)
    for kind, ways in KINDS.items()
    for way in (ways if isinstance(ways, list) else [ways])
]
FACTS = Facts(account=OWN, own_accounts=frozenset({PEOPLE}))
#: Wide, and called so: the rule that says it, and how loudly.
WIDE = {
    "AnyCallerOfService": {("RC013", "medium")},
    "AnyRepositoryOfWorkspace": {("RC002", "high")},
    "AnyProjectOfOrganization": {("RC002", "high")},
    "AnySubjectOf": {("RC002", "high")},
    "AnyGoogleAccount": {("RC002", "critical")},
    "UnauthenticatedOf": {("RC024", "medium")},
}


@pytest.mark.parametrize(("kind", "way"), WAYS)
@settings(max_examples=6, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_entities_are_clean(
    kind: type, way: st.SearchStrategy[Written], data: st.DataObject
) -> None:
    document = trust_policy([data.draw(way).entity], CONTEXT, size_limit=4096)
    found = {
        (each.rule.id, each.severity) for each in lint(document, FACTS) if each.rule.id != "RC018"
    }
    assert found == WIDE.get(kind.__name__, set())


def test_what_is_wide_by_its_name_is_a_kind() -> None:
    assert set(WIDE) <= {kind.__name__ for kind in KINDS}
    assert all(at_least(severity, "medium") for rules in WIDE.values() for _, severity in rules)
