"""Fingerprints, acknowledgements and the gate."""

from datetime import date

import pytest

from rolecall.policy import PolicyDocument
from rolecall.problems import Exit, Problem
from rolecall.review.judge import exit_of, judge, read_reviewed
from rolecall.review.model import Snapshot, Unread
from rolecall.review.report import Report
from tests.review.made import STRANGER, pair, role, snapshot, trust, user

ALICE, BOB = user("alice"), user("bob")
TODAY = date(2027, 1, 15)


def change(before: PolicyDocument, after: PolicyDocument | Unread) -> Snapshot:
    return snapshot(pair(role("tes-deployer", before), role("tes-deployer", after)))


WIDER = change(trust(ALICE), trust(ALICE, BOB))
OPEN = change(trust(ALICE), Unread("it refers to x."))
NARROWER = change(trust(ALICE, BOB), trust(ALICE))
CRITICAL = change(trust(ALICE), trust("*"))


@pytest.mark.parametrize(
    ("one", "wider", "critical"),
    [
        (WIDER, Exit.WIDER, Exit.OK),
        (CRITICAL, Exit.WIDER, Exit.WIDER),
        (OPEN, Exit.UNDECIDED, Exit.UNDECIDED),
        (NARROWER, Exit.OK, Exit.OK),
    ],
)
def test_the_gates(one: Snapshot, wider: Exit, critical: Exit) -> None:
    assert exit_of(judge([one])) is wider
    assert exit_of(judge([one], fail_on="critical")) is critical
    never = judge([one], fail_on="never")
    assert (exit_of(never), never.gate) == (Exit.OK, "passed")


def test_wider_wins_over_undecided() -> None:
    report = judge([WIDER, OPEN])
    assert exit_of(report) is Exit.WIDER
    assert report.verdict == "wider"
    assert len(report.gate_reasons) == 2


def test_what_could_not_be_read_fails_with_its_reason() -> None:
    report = judge([snapshot(notes=("module.x could not be read.",))])
    assert exit_of(report) is Exit.UNDECIDED
    assert "module.x could not be read" in report.gate_reasons[0]
    assert report.verdict == "undecided"


def fingerprint(one: Snapshot) -> str:
    return judge([one]).changes[0].fingerprint


def test_a_fingerprint_is_of_exactly_this_change() -> None:
    assert fingerprint(WIDER) == fingerprint(change(trust(ALICE), trust(ALICE, BOB)))
    others = [OPEN, NARROWER, CRITICAL, change(trust(ALICE), trust(ALICE, user("bo"))),
              change(trust(BOB), trust(ALICE, BOB))]  # fmt: skip
    assert len({fingerprint(each) for each in (WIDER, *others)}) == 6


def reviewed(fingerprint: str, *, until: str = "", role: str = "tes-deployer") -> Report:
    text = f"reviewed:\n  - change: {fingerprint}\n    role: {role}\n"
    text += "    by: alice\n    reason: Bob joins\n"
    if until:
        text += f"    until: {until}\n"
    return judge([WIDER], acknowledgements=read_reviewed(text), today=TODAY)


def test_an_acknowledged_change_passes_and_stays_visible() -> None:
    report = reviewed(fingerprint(WIDER), until="2027-01-15")
    assert exit_of(report) is Exit.OK
    assert report.verdict == "wider"
    acknowledged = report.changes[0].acknowledged
    assert acknowledged is not None
    assert (acknowledged.by, acknowledged.reason) == ("alice", "Bob joins")
    assert report.stale == ()


def test_acknowledgements_that_do_not_count_are_reported() -> None:
    for report, why in (
        (reviewed(fingerprint(WIDER), until="2027-01-14"), "is over"),
        (reviewed("0123456789abcdef"), "fits no change"),
        (reviewed(fingerprint(WIDER), role="tes-other"), "names tes-other"),
    ):
        assert exit_of(report) is Exit.WIDER
        assert why in report.stale[0]


def test_a_change_that_goes_on_after_the_review_is_another_one() -> None:
    entries = read_reviewed(
        f"reviewed: [{{change: '{fingerprint(WIDER)}', role: tes-deployer, by: a, reason: b}}]"
    )
    further = change(trust(ALICE), trust(ALICE, BOB, STRANGER))
    assert exit_of(judge([further], acknowledgements=entries, today=TODAY)) is Exit.WIDER


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{change: '0123456789abcdef', role: x, by: a}", "reason"),
        ("{change: '0123456789abcdef', role: x, reason: b}", '"by"'),
        ("{change: '0123456789abcdef', role: x, by: a, reason: ' '}", "reason"),
        ("{change: '0123', role: x, by: a, reason: b}", "fingerprint"),
        ("{change: '0123456789abcdef', role: x, by: a, reason: b, untill: 2027-01-01}", "untill"),
        ("{change: '0123456789abcdef', role: x, by: a, reason: b, until: soon}", "until"),
        ("x", "mapping"),
    ],
)
def test_an_entry_that_is_written_wrongly_is_refused_with_its_line(entry: str, told: str) -> None:
    with pytest.raises(Problem, match="line 2") as caught:
        read_reviewed(f"reviewed:\n  - {entry}\n")
    assert told in str(caught.value)


def test_the_same_change_twice_is_refused() -> None:
    entry = "  - {change: '0123456789abcdef', role: x, by: a, reason: b}\n"
    with pytest.raises(Problem, match="twice"):
        read_reviewed("reviewed:\n" + entry + entry)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "reviewed:\n", "reviewed: []\n"])
def test_a_file_without_entries(text: str) -> None:
    assert read_reviewed(text) == ()


def test_digits_alone_are_a_fingerprint_too() -> None:
    (entry,) = read_reviewed(
        "reviewed:\n  - {change: 0123456789012345, role: x, by: a, reason: b}\n"
    )
    assert entry.change == "0123456789012345"
