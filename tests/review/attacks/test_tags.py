"""A tag can be what lets a caller in, although no policy changes."""

import pytest

from tests.review import planned
from tests.review.planned import altered, kept

ASKING = planned.role(
    "asking",
    planned.trust({"AWS": planned.TES}, StringEquals={"aws:PrincipalTag/Team": "ops"}),
)
PLAIN = planned.role("plain")


@pytest.mark.parametrize("name", ["tags", "tags_all"])
@pytest.mark.parametrize("caller", ["aws_iam_role.c", "aws_iam_user.c"])
def test_another_tag_that_a_trust_policy_asks_for_is_a_note(caller: str, name: str) -> None:
    before = {**planned.role("c"), name: {"team": "dev"}}
    changed = altered(caller, before, **{name: {"team": "ops"}})
    report = planned.reviewed(kept("aws_iam_role.a", ASKING), changed)
    assert report.verdict == "undecided"
    assert "another tag team" in report.notes[0]


def test_other_tags_change_nothing() -> None:
    before = {**planned.role("c"), "tags": {"team": "ops", "cost": "1"}}
    cost = altered("aws_iam_role.c", before, tags={"team": "ops", "cost": "2"})
    assert planned.reviewed(kept("aws_iam_role.a", ASKING), cost).verdict == "same"
    team = altered("aws_iam_role.c", before, tags={"team": "dev"})
    assert planned.reviewed(kept("aws_iam_role.a", PLAIN), team).verdict == "same"
