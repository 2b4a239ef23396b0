"""Verdict, state and severity of one change, everything considered."""

from collections.abc import Iterable
from typing import Any

from rolecall.policy.compare import Comparison, Outcome
from rolecall.review.model import Pair, RoleSide
from rolecall.review.report import Finding, Sentence, Severity


def verdict_of(comparison: Comparison | None, sentences: Iterable[Sentence]) -> str:
    """`wider` and `both` beat `undecided`: it is known already that somebody gains."""
    told = tuple(sentences)
    outcome = Outcome.SAME if comparison is None else comparison.verdict
    wider = outcome in (Outcome.WIDER, Outcome.BOTH) or any(s.wider for s in told)
    losses = comparison is not None and bool(comparison.losses)
    narrower = losses or any(s.narrower for s in told)
    if wider:
        return "both" if narrower else "wider"
    if outcome is Outcome.UNDECIDED or any(s.open for s in told):
        return "undecided"
    return "narrower" if narrower else "same"


def state_of(pair: Pair[Any], verdict: str) -> str:
    """`changed` also where only what surrounds the thing changed, and somebody gains by it."""
    if pair.before is None:
        return "created"
    if pair.after is None:
        return "deleted"
    if pair.replaced:
        return "replaced"
    return "same" if verdict == "same" and _alike(pair) else "changed"


def _alike(pair: Pair[Any]) -> bool:
    before, after = pair.before, pair.after
    if isinstance(before, RoleSide) and isinstance(after, RoleSide):
        return (before.name, before.path, before.trust, before.max_session_seconds) == (
            after.name,
            after.path,
            after.trust,
            after.max_session_seconds,
        ) and before.permissions == after.permissions
    return bool(before == after)


def worst(
    verdict: str,
    rated: Iterable[Severity],
    sentences: Iterable[Sentence],
    findings: Iterable[Finding] = (),
) -> Severity:
    """The worst of all: gains, sentences, and what the linter says newly if anything changed."""
    found = [*rated, *(s.severity for s in sentences)]
    if verdict == "narrower":
        found.append(Severity.LOW)
    if verdict in ("wider", "both", "undecided"):
        found.append(Severity.MEDIUM)
        found += [f.severity for f in findings if f.fresh and f.suppressed is None]
    return max(found, default=Severity.NONE)
