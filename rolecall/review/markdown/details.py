"""One change in full, folded away."""

from collections.abc import Iterable

from rolecall.review import told
from rolecall.review.judge.acknowledgements import FILE
from rolecall.review.markdown.escape import code, fenced, shortened, text
from rolecall.review.report import Change

_MOST_LINES = 120


def details(change: Change) -> str:
    """A collapsible block: what became of it, the policy's difference, how to acknowledge it."""
    summary = (
        f"{text(change.environment, 80)}: {text(change.kind, 60)} {text(change.name, 120)}, "
        f"{text(change.state)}, {text(change.verdict)}, {change.severity.word}"
    )
    where = change.place.construct or change.place.address
    parts = [f"Declared at {code(where)} in {code(change.place.stack)}."]
    parts += _list("Gains", told.gains(change))
    parts += _list("Why not before", _refusals(change))
    parts += _list("Loses", told.losses(change))
    parts += _list("Not decided", told.opens(change))
    parts += _list("Also", told.others(change))
    parts += _list("Who may assume it now", change.who_after)
    parts += _findings(change)
    difference = told.difference(change)
    if difference:
        lines = difference.split("\n")
        shown = [shortened(line, 400) for line in lines[:_MOST_LINES]]
        if len(lines) > _MOST_LINES:
            shown.append(f"… {len(lines) - _MOST_LINES} more lines")
        parts.append(fenced("\n".join(shown), "diff"))
    parts.append(_acknowledging(change))
    body = "\n\n".join(parts)
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _refusals(change: Change) -> list[str]:
    """What the old policy says to the examples, each once."""
    found = change.comparison
    return [] if found is None else list(dict.fromkeys(g.refused.explain() for g in found.gains))


def _list(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {text(item)}" for item in items]
    return [f"**{title}**\n\n" + "\n".join(lines)] if lines else []


def _findings(change: Change) -> list[str]:
    lines: list[str] = []
    for each in change.findings:
        mark = "new, " if each.fresh else ""
        note = f" (suppressed: {text(each.suppressed, 300)})" if each.suppressed else ""
        lines.append(f"- {code(each.rule)} {mark}{each.severity.word}: {text(each.text)}{note}")
    return ["**Rules**\n\n" + "\n".join(lines)] if lines else []


def _acknowledging(change: Change) -> str:
    if change.acknowledged is not None:
        by, why = change.acknowledged.by, change.acknowledged.reason
        return f"Reviewed by {text(by, 100)}: {text(why, 600)}"
    return f"To acknowledge exactly this change, add to {code(FILE)}: {code(change.fingerprint)}"
