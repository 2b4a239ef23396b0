"""The answers as Markdown: one line for each tool, then one for each change."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from benchmarks.review_peers.tool import Answers
from tests.policy.compare.changes.reading import Change


def totals(changes: Sequence[Change], answers: Sequence[Answers]) -> Iterator[str]:
    """How many each tool gets right, and in which way it is wrong."""
    wider = sum(change.wider for change in changes)
    harmless = len(changes) - wider
    yield f"{len(changes)} changes: {wider} wider, {harmless} harmless."
    yield ""
    yield (
        "| tool | version | right | false alarms | wider, missed | gave up "
        "| median, ms a change | flags the new policy at all |"
    )
    yield "|---|---|---:|---:|---:|---:|---:|---|"
    for each in answers:
        marks = [mark(change, said) for change, said in zip(changes, each.wider, strict=True)]
        share = f"{marks.count('right')} ({100 * marks.count('right') / len(changes):.0f} %)"
        yield (
            f"| {each.tool} | {each.version} | {share} "
            f"| {marks.count('false alarm')} of {harmless} "
            f"| {marks.count('missed')} of {wider} | {marks.count('gave up')} "
            f"| {_time(each)} | {_flagged(changes, each)} |"
        )


def every_change(changes: Sequence[Change], answers: Sequence[Answers]) -> Iterator[str]:
    """What each tool makes of each change, topic by topic."""
    rows = list(zip(changes, *(each.wider for each in answers), strict=True))
    for topic, group in groupby(rows, key=lambda row: row[0].topic):
        yield f"#### {topic.replace('_', ' ').capitalize()}"
        yield ""
        yield f"| change | is | {' | '.join(each.tool for each in answers)} |"
        yield "|---|---|" + "---|" * len(answers)
        for change, *said in group:
            told = [mark(change, one) for one in said]
            cells = " | ".join("" if one == "right" else one for one in told)
            yield f"| {change.name} ({change.page}) | {change.label} | {cells} |"
        yield ""


def mark(change: Change, said: bool | None) -> str:
    """How one answer is judged."""
    if said is None:
        return "gave up"
    if said is change.wider:
        return "right"
    return "missed" if change.wider else "false alarm"


def _time(answers: Answers) -> str:
    if answers.milliseconds is None:
        return "—"
    digits = 0 if answers.milliseconds >= 10 else 2
    return f"{answers.milliseconds:.{digits}f}" + (" (one run, divided)" if answers.batch else "")


def _flagged(changes: Sequence[Change], answers: Answers) -> str:
    if answers.flagged is None:
        return "—"
    pairs = list(zip(changes, answers.flagged, strict=True))
    wider = sum(flag for change, flag in pairs if change.wider)
    harmless = sum(flag for change, flag in pairs if not change.wider)
    return f"{wider} of the wider, {harmless} of the harmless"
