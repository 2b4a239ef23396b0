"""A change as the page shows it: what the filters ask about, and its parts ready to print."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rolecall.policy.compare import Undecided
from rolecall.review.html import witness
from rolecall.review.html.difference import Line, lines_between
from rolecall.review.report import Change, Report

#: Signs beside the words, for who cannot tell the colours apart.
SIGNS = {"wider": "+", "both": "±", "undecided": "?", "narrower": "−", "same": "="}
_WORST_FIRST = ("wider", "both", "undecided", "narrower", "same")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
#: So many changes stand open when the page opens; more would bury the list.
_OPEN = 1


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of who may assume. state: `same`, `removed`, `added`."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change, with its anchor on the page.

    changed: False if all is as before. opened: its details stand open at first.
    """

    change: Change
    anchor: str
    changed: bool
    opened: bool
    gist: str
    gains: tuple[witness.Shown, ...]
    losses: tuple[witness.Shown, ...]
    undecided: tuple[Undecided, ...]
    before: tuple[Told, ...]
    after: tuple[Told, ...]
    lines: tuple[Line, ...]

    @property
    def sign(self) -> str:
        """The verdict as a sign."""
        return SIGNS.get(self.change.verdict, "")


def views(report: Report) -> tuple[ChangeView, ...]:
    """All changes, the worst first, what is as before last."""
    ordered = sorted(report.changes, key=_rank)
    waiting = {id(each) for each in list(filter(_waits, ordered))[:_OPEN]}
    anchors = _anchors(ordered)
    return tuple(
        _view(change, anchor, id(change) in waiting)
        for change, anchor in zip(ordered, anchors, strict=True)
    )


def is_changed(change: Change) -> bool:
    """Whether anything became of it."""
    return change.state != "same" or change.verdict != "same"


def _rank(change: Change) -> tuple[bool, bool, int, int, str, str, str]:
    verdict = change.verdict
    place = _WORST_FIRST.index(verdict) if verdict in _WORST_FIRST else 0
    return (
        not is_changed(change),
        change.acknowledged is not None,
        -change.severity,
        place,
        change.environment,
        change.name,
        change.kind,
    )


def _waits(change: Change) -> bool:
    """Somebody has to look at it."""
    return change.verdict in ("wider", "both", "undecided") and change.acknowledged is None


def _anchors(changes: Sequence[Change]) -> list[str]:
    """The fingerprint; of several changes with the same one, the first has it."""
    found: dict[str, None] = {}
    for number, change in enumerate(changes, 1):
        known = change.fingerprint
        free = known not in found and _FINGERPRINT.fullmatch(known)
        found[known if free else f"change-{number}"] = None
    return list(found)


def _view(change: Change, anchor: str, opened: bool) -> ChangeView:
    comparison = change.comparison
    gains = comparison.gains if comparison else ()
    losses = comparison.losses if comparison else ()
    open_ = comparison.undecided if comparison else ()
    return ChangeView(
        change=change,
        anchor=anchor,
        changed=is_changed(change),
        opened=opened,
        gist=_gist(change),
        gains=tuple(map(witness.shown, gains)),
        losses=tuple(map(witness.shown, losses)),
        undecided=open_,
        before=_told(change.who_before, change.who_after, "removed"),
        after=_told(change.who_after, change.who_before, "added"),
        lines=lines_between(change.trust_before, change.trust_after),
    )


def _told(sentences: Sequence[str], others: Sequence[str], else_: str) -> tuple[Told, ...]:
    return tuple(Told("same" if text in others else else_, text) for text in sentences)


def _gist(change: Change) -> str:
    """The most important thing about it, for the line that is always to be seen."""
    comparison = change.comparison
    if comparison and comparison.gains:
        gain = _counted([each.who for each in comparison.gains], "let in now")
        lost = [each.who for each in comparison.losses]
        return f"{gain}; {_counted(lost, 'not any more')}" if lost else gain
    wider = [each for each in change.sentences if each.wider or each.open]
    if wider:
        return max(wider, key=lambda each: each.severity).text
    if comparison and comparison.undecided:
        return comparison.undecided[0].words()
    if comparison and comparison.losses:
        return _counted([each.who for each in comparison.losses], "not let in any more")
    if change.sentences:
        return max(change.sentences, key=lambda each: each.severity).text
    return ""


def _counted(who: Sequence[str], told: str) -> str:
    more = f" and {len(who) - 1} more" if len(who) > 1 else ""
    return f"{who[0]}{more}: {told}"
