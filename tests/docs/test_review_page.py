"""The page on reviewing: its tables are the command's, its example is read."""

import re

from rolecall.policy.compare import Outcome
from rolecall.problems import Exit
from rolecall.review.judge import FAIL_ON, read_reviewed
from rolecall.review.judge.ground import production
from rolecall.review.report import Severity
from tests.docs.blocks import DOCS

PAGE = (DOCS / "review.md").read_text(encoding="utf-8")


def test_every_verdict_and_its_exit_code_are_in_the_table() -> None:
    rows = dict(re.findall(r"^\| `([a-z]+)` \|[^|]*\| ([0-9]) \|$", PAGE, re.MULTILINE))
    assert set(rows) == {outcome.value for outcome in Outcome}
    assert {rows["same"], rows["narrower"]} == {"0"}
    assert {rows["wider"], rows["both"]} == {str(int(Exit.WIDER))}
    assert rows["undecided"] == str(int(Exit.UNDECIDED))


def test_every_severity_is_in_the_table() -> None:
    rows = re.findall(r"^\| `([a-z]+)` \|[^|]*\|$", PAGE, re.MULTILINE)
    assert rows == [severity.word for severity in reversed(Severity)]


def test_every_gate_is_told() -> None:
    assert [f"--fail-on {name}" in PAGE for name in FAIL_ON] == [True] * len(FAIL_ON)


def test_the_acknowledgement_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (entry,) = read_reviewed(text)
    assert (entry.role, entry.by, str(entry.until)) == ("tes-deployer", "alice", "2027-01-31")


def test_what_counts_as_production() -> None:
    assert all(map(production, ("prd", "prod", "production", "live", "eu-prd", "prd-eu")))
    assert not any(map(production, ("tes", "stg", "preprd", "product", "identity", "delivery")))
