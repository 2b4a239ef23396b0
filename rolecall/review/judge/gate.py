"""The gate: whether a report lets a change through, and the exit code."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from rolecall.policy.errors import printable
from rolecall.problems import Exit
from rolecall.review.report import Change, Report, Severity

FailOn: TypeAlias = Literal["wider", "critical", "never"]
FAIL_ON: tuple[FailOn, ...] = ("wider", "critical", "never")
WIDER = ("wider", "both")


def gate_reasons(
    changes: Sequence[Change], notes: Sequence[str], fail_on: FailOn
) -> tuple[str, ...]:
    """Why the change does not pass, one sentence each; the worst first.

    `critical` lets through what is wider and not critical. What is not decided could be
    anything, so it fails both gates.
    """
    if fail_on == "never":
        return ()
    waiting = [change for change in changes if change.acknowledged is None]
    found = [
        f"{named(change)} is {_what(change, fail_on)}."
        for change in sorted(waiting, key=lambda c: -c.severity)
        if _fails(change, fail_on)
    ]
    found += [
        f"{named(change)} is undecided: {_open(change)}."
        for change in waiting
        if change.verdict == "undecided" and not _fails(change, fail_on)
    ]
    found += [f"Not everything could be read: {note.rstrip('.')}." for note in notes]
    return tuple(map(printable, found))


def named(change: Change) -> str:
    """What a change is about, for people."""
    return f"{change.kind} {change.name} ({change.environment})"


def _what(change: Change, fail_on: FailOn) -> str:
    if fail_on == "critical":
        return "critical"
    wider = "wider" if change.verdict == "wider" else "wider in one way and narrower in another"
    created = "new, and lets somebody in" if change.state == "created" else wider
    return f"{created} ({change.severity.word})"


def _fails(change: Change, fail_on: FailOn) -> bool:
    if fail_on == "critical":
        return change.severity is Severity.CRITICAL and change.verdict in (*WIDER, "undecided")
    return change.verdict in WIDER


def _open(change: Change) -> str:
    for sentence in change.sentences:
        if sentence.open:
            return sentence.text.rstrip(".")
    if change.comparison is not None and change.comparison.undecided:
        return change.comparison.undecided[0].words().rstrip(".")
    return "it could not be compared"


def verdict_of(changes: Sequence[Change], notes: Sequence[str]) -> str:
    """The verdict over all changes, acknowledged ones included."""
    found = {change.verdict for change in changes}
    wider = bool(found & {"wider", "both"})
    narrower = bool(found & {"narrower", "both"})
    if wider:
        return "both" if narrower else "wider"
    if "undecided" in found or notes:
        return "undecided"
    return "narrower" if narrower else "same"


def exit_of(report: Report) -> Exit:
    """0 passed; 3 failed because somebody gains; 4 failed because something is not decided."""
    if report.gate == "passed":
        return Exit.OK
    fail_on: FailOn = "critical" if report.fail_on == "critical" else "wider"
    wider = any(
        change.acknowledged is None and change.verdict in WIDER and _fails(change, fail_on)
        for change in report.changes
    )
    return Exit.WIDER if wider else Exit.UNDECIDED
