"""The embedded AWS against the table of documented behaviours, over HTTP."""

from pathlib import Path

import pytest

from tests.conformance.case import Case
from tests.conformance.table import TOPICS, rows_of, title_of
from tests.conformance.world import World

ROWS = [pytest.param(case, id=f"{topic}: {case}") for topic in TOPICS for case in rows_of(topic)]


@pytest.mark.parametrize("case", ROWS)
def test_documented_behaviour(case: Case, world: World) -> None:
    case.check(world)


def test_the_table_is_whole() -> None:
    files = {path.stem for path in (Path(__file__).parent / "rows").glob("*.py")}
    assert files == set(TOPICS)
    assert len(ROWS) >= 1200
    assert len({row.id for row in ROWS}) == len(ROWS)
    for topic in TOPICS:
        assert title_of(topic)
        assert all(case.page and case.name for case in rows_of(topic))
