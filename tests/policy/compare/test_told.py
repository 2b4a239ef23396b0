"""Who is let in by a policy where there was none: whom it is told of, and the request shown.

The table (`told.json`) was written out once and read line by line; it is what a reviewer sees.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy.compare import compare
from tests.policy.compare.labelled import policy

ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("told.json").read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["name"]))
def test_everybody_who_is_let_in_is_told_with_a_request(row: dict[str, Any]) -> None:
    found = compare([], policy(*row["statements"]), account=row["account"], tokens=TOKEN_KEYS)
    told = [[each.words(), *each.also] for each in found.gains]
    left_open = [[each.words(), *each.also] for each in found.undecided]
    assert [*told, *left_open] == row["told"]
    # What was let in and is not any more is told of the same people, by the same request.
    back = compare(policy(*row["statements"]), [], account=row["account"], tokens=TOKEN_KEYS)
    assert [each.witness for each in back.losses] == [each.witness for each in found.gains]
    assert not back.gains
