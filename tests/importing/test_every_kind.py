"""What an entity renders to comes back as the entity: every kind, whatever its arguments."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.importing.existing import ExistingRole
from rolecall.importing.home import Home
from rolecall.importing.imported import Imported, import_roles
from rolecall.trust import RawStatement, trust_policy
from tests.trust.intent import CONTEXT, OWN, Written

KINDS: dict[type, Any] = {}
for _file in sorted((Path(__file__).parent.parent / "trust").glob("intent_*.py")):
    KINDS |= importlib.import_module(f"tests.trust.{_file.stem}").KINDS
WAYS = [
    pytest.param(kind, way, id=kind.__name__)
    for kind, ways in KINDS.items()
    for way in (ways if isinstance(ways, list) else [ways])
]
#: A policy does not tell that these were meant; they come back as what says the same.
ALSO: dict[str, set[str]] = {
    "RawStatement": {"IamUsers"},
    "AnyCallerOfService": {"AwsService"},
}


def imported(entity: Any) -> Imported:
    document = trust_policy([entity], CONTEXT, size_limit=4096)
    role = ExistingRole(
        trust=document,
        text=json.dumps(document.to_dict()),
        name="tes-x",
        arn=f"arn:aws:iam::{OWN}:role/tes-x",
        account_id=OWN,
    )
    home = Home(CONTEXT, "tes")
    return import_roles([role], home, names={}, environment_tags={}, imports_inside=False)


@pytest.mark.parametrize(("kind", "way"), WAYS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_there_and_back(kind: type, way: st.SearchStrategy[Written], data: st.DataObject) -> None:
    entity = data.draw(way).entity
    found = imported(entity)
    assert found.proven
    assert not found.refused
    kinds = {each.call.name for each in found.declared[0].expressed.entities}
    assert kinds <= {kind.__name__} | ALSO.get(kind.__name__, set()), found.text


def test_every_kind_is_there() -> None:
    assert len(KINDS) == 39
    assert RawStatement in KINDS
