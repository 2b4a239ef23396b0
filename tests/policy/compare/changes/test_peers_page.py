"""docs/peers.md lists the changes as they are; benchmarks/review_peers.py --write renews it."""

from pathlib import Path

from tests.policy.compare.changes.reading import FOLDER, changes

_PAGE = Path(FOLDER).parents[3] / "docs" / "peers.md"


def test_the_page_lists_every_change_with_its_label() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    _, _, told = page.partition("### Every change")
    rows = [line.split(" | ")[:3] for line in told.splitlines() if line.startswith("| ")]
    listed = [row for row in rows if row[0] != "| change"]
    assert listed == [
        [f"| {change.name} ({change.page})", change.label, ""] for change in changes()
    ], "run `python benchmarks/review_peers.py --write`"
