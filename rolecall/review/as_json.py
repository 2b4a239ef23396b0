"""A report as JSON; its schema is `schema/review-1.schema.json`."""

from importlib.resources import files
from json import loads
from typing import Any

from rolecall.policy.compare import Comparison, Difference, Undecided
from rolecall.review.report import Change, Finding, Report, Sentence, TrustEdge

#: Grows where something is taken away or means something else; what is new may come any time.
VERSION = 1
SCHEMA = "review-1.schema.json"


def schema() -> dict[str, Any]:
    """The schema, JSON Schema 2020-12."""
    text = files("rolecall.review").joinpath("schema", SCHEMA).read_text(encoding="utf-8")
    found: dict[str, Any] = loads(text)
    return found


def to_json(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "version": VERSION,
        "verdict": report.verdict,
        "severity": report.severity.word,
        "gate": {
            "result": report.gate,
            "failOn": report.fail_on,
            "reasons": list(report.gate_reasons),
        },
        "environments": list(report.environments),
        "sources": list(report.sources),
        "changes": [_change(each) for each in report.changes],
        "edges": [_edge(each) for each in report.edges],
        "assumptions": list(report.assumptions),
        "notes": list(report.notes),
        "staleAcknowledgements": list(report.stale),
    }


def _change(change: Change) -> dict[str, Any]:
    acknowledged = change.acknowledged
    return {
        "kind": change.kind,
        "name": change.name,
        "arn": change.arn,
        "environment": change.environment,
        "place": {
            "stack": change.place.stack,
            "address": change.place.address,
            "construct": change.place.construct,
        },
        "state": change.state,
        "verdict": change.verdict,
        "severity": change.severity.word,
        "fingerprint": change.fingerprint,
        "comparison": None if change.comparison is None else comparison_json(change.comparison),
        "whoBefore": list(change.who_before),
        "whoAfter": list(change.who_after),
        "sentences": [_sentence(each) for each in change.sentences],
        "findings": [_finding(each) for each in change.findings],
        "acknowledged": None
        if acknowledged is None
        else {"by": acknowledged.by, "reason": acknowledged.reason},
        "trustBefore": change.trust_before,
        "trustAfter": change.trust_after,
    }


def _sentence(each: Sentence) -> dict[str, Any]:
    return {
        "text": each.text,
        "severity": each.severity.word,
        "wider": each.wider,
        "narrower": each.narrower,
        "open": each.open,
    }


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "title": each.title,
        "text": each.text,
        "severity": each.severity.word,
        "fresh": each.fresh,
        "suppressed": each.suppressed,
    }


def _edge(each: TrustEdge) -> dict[str, Any]:
    return {
        "environment": each.environment,
        "role": each.role,
        "entity": each.entity,
        "entityKind": each.entity_kind,
        "state": each.state,
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison, as `rolecall compare --json` prints it."""
    return {
        "verdict": comparison.verdict.value,
        "gains": [_difference(each) for each in comparison.gains],
        "losses": [_difference(each) for each in comparison.losses],
        "undecided": [_undecided(each) for each in comparison.undecided],
        "assumptions": list(comparison.assumptions),
    }


def _difference(each: Difference) -> dict[str, Any]:
    attempt = each.witness.attempt
    return {
        "who": [each.who, *each.also],
        "words": each.words(),
        "statement": each.statement,
        "sid": each.sid,
        "withoutOwnPermission": each.level > 1,
        "request": {
            "caller": attempt.caller.arn,
            "action": each.witness.action,
            "role": attempt.role_arn,
            "context": {**attempt.caller.context(), **attempt.keys()},
        },
        "refusedBecause": each.refused.explain(),
    }


def _undecided(each: Undecided) -> dict[str, Any]:
    direction = "gain" if each.gain else "loss"
    return {"who": [each.who, *each.also], "direction": direction, "why": each.why}
