"""The table of who gains and who loses, one row a change."""

from collections.abc import Iterable

from rolecall.review import told
from rolecall.review.markdown.escape import code, text
from rolecall.review.report import Change

HEAD = (
    "| Severity | Environment | What | Verdict | Gains | Loses |\n"
    "| --- | --- | --- | --- | --- | --- |"
)
_MOST = 3


def row(change: Change) -> str:
    """One row; on one line whatever the names are."""
    what = f"{text(change.kind, 40)} {code(change.name, 130)}"
    verdict = change.verdict if change.state == "changed" else f"{change.state}, {change.verdict}"
    if change.acknowledged is not None:
        verdict += f", reviewed by {change.acknowledged.by}"
    gained = [*told.gains(change), *(f"Not decided: {words}" for words in told.opens(change))]
    cells = (
        change.severity.word if change.severity < 3 else f"**{change.severity.word}**",
        text(change.environment, 80),
        what,
        text(verdict, 160),
        _cell(gained),
        _cell(told.losses(change)),
    )
    return "| " + " | ".join(cells) + " |"


def _cell(items: Iterable[str]) -> str:
    found = list(items)
    shown = [text(item, 360) for item in found[:_MOST]]
    if len(found) > _MOST:
        shown.append(f"and {len(found) - _MOST} more")
    return "<br>".join(shown) or "-"
