"""A report for a terminal."""

from collections.abc import Iterable, Iterator

from rolecall.policy.errors import printable
from rolecall.review import told
from rolecall.review.report import Change, Report, Severity

_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.NONE: "0",
}
_SIGNS = {"wider": "+", "both": "±", "narrower": "-", "undecided": "?", "same": "="}


def to_text(report: Report, *, color: bool = False) -> str:
    """The report; the verdict stands in the first line. color: with the terminal's colours."""
    lines = [_coloured(told.headline(report), report.severity, color), told.counted(report), ""]
    for change in report.changes:
        if change.state != "same":
            lines += _change(change, color)
    if report.notes:
        lines += ["Not read:", *_indented(report.notes), ""]
    if report.stale:
        lines += ["Acknowledgements that do not count:", *_indented(report.stale), ""]
    lines += ["Assumed:", *_indented(report.assumptions), ""]
    lines.append(f"Gate (fails on {report.fail_on}): {report.gate}")
    lines += _indented(report.gate_reasons)
    return "\n".join(lines) + "\n"


def _change(change: Change, color: bool) -> Iterator[str]:
    where = change.place.construct or change.place.address
    title = (
        f"{_SIGNS.get(change.verdict, '?')} {change.environment}: {change.kind} {change.name}  "
        f"{change.state}, {change.verdict}, {change.severity.word}"
    )
    yield _coloured(printable(title), change.severity, color)
    yield printable(f"    {where}  change {change.fingerprint}")
    if change.acknowledged is not None:
        by, reason = change.acknowledged.by, change.acknowledged.reason
        yield printable(f"    reviewed by {by}: {reason}")
    yield from _marked("+", told.gains(change))
    yield from _marked("-", told.losses(change))
    yield from _marked("?", told.opens(change))
    yield from _marked("*", told.others(change))
    for each in change.findings:
        new = "new, " if each.fresh else ""
        because = f" (suppressed: {each.suppressed})" if each.suppressed else ""
        yield printable(f"    ! {each.rule} {new}{each.severity.word}: {each.text}{because}")
    yield ""


def _marked(sign: str, items: Iterable[str]) -> Iterator[str]:
    for item in items:
        yield printable(f"    {sign} {item}")


def _indented(items: Iterable[str]) -> list[str]:
    return [printable(f"  {item}") for item in items]


def _coloured(text: str, severity: Severity, color: bool) -> str:
    code = _COLOURS[severity]
    return f"\x1b[{code}m{text}\x1b[0m" if color and code != "0" else text
