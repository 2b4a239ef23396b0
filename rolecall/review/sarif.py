"""A report as SARIF 2.1.0, for code scanning: what a person has to look at, by line."""

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from rolecall import __version__
from rolecall.review import told
from rolecall.review.report import Change, Finding, Report, Severity
from rolecall.review.source_places import Sources

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: id -> (title, what it means)
ACCESS_RULES: dict[str, tuple[str, str]] = {
    "access-wider": (
        "Somebody gains access",
        "The change lets a caller assume a role, or gives power, that was not there before.",
    ),
    "access-undecided": (
        "Whether somebody gains access is not decided",
        "A policy is not known before apply, or the comparison could not decide.",
    ),
    "access-narrower": (
        "Somebody loses access",
        "The change takes access away, and gives none.",
    ),
    "access-changed": (
        "Access stays, something else changed",
        "Nobody gains or loses access; permissions or the length of sessions changed.",
    ),
}
_RULE_OF = {
    "wider": "access-wider",
    "both": "access-wider",
    "undecided": "access-undecided",
    "narrower": "access-narrower",
    "same": "access-changed",
}
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NONE: "note",
}
#: How code scanning sorts: "security-severity", a number from 0 to 10.
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "none": "0.0"}


def to_sarif(report: Report, sources: Sources | None = None) -> dict[str, Any]:
    """The log. sources: where constructs are made; without it everything is at cdktf.json.

    Acknowledged changes and suppressed findings stay in it, with their reasons.
    """
    known = sources or Sources()
    results: list[dict[str, Any]] = []
    rules: dict[str, dict[str, Any]] = {}
    for change in report.changes:
        for ident, rule, result in _results(change, known):
            rules.setdefault(ident, rule)
            results.append(result)
    order = {ident: number for number, ident in enumerate(rules)}
    for result in results:
        result["ruleIndex"] = order[result["ruleId"]]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Rolecall",
                        "semanticVersion": __version__,
                        "rules": list(rules.values()),
                    }
                },
                "automationDetails": {"id": "rolecall/review/"},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _results(
    change: Change, sources: Sources
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    if change.state != "same":
        ident = _RULE_OF[change.verdict]
        title, meaning = ACCESS_RULES[ident]
        result = _result(ident, change.severity, _message(change), change, sources)
        result["partialFingerprints"] = {"rolecallChange/v1": change.fingerprint}
        if change.acknowledged is not None:
            by, why = change.acknowledged.by, change.acknowledged.reason
            result["suppressions"] = [
                {"kind": "external", "status": "accepted", "justification": f"{by}: {why}"}
            ]
        yield ident, _rule(ident, title, meaning), result
    for finding in change.findings:
        result = _result(finding.rule, finding.severity, finding.text, change, sources)
        result["partialFingerprints"] = {"rolecallFinding/v1": _of_finding(change, finding)}
        if finding.suppressed is not None:
            result["suppressions"] = [
                {
                    "kind": "external",
                    "status": "accepted",
                    "justification": finding.suppressed,
                }
            ]
        result["properties"]["fresh"] = finding.fresh
        rule = _rule(finding.rule, finding.title, finding.title)
        rule["help"] = {"text": f"docs/rules/{finding.rule}.md says what to write instead."}
        yield finding.rule, rule, result


def _rule(ident: str, title: str, meaning: str) -> dict[str, Any]:
    return {
        "id": ident,
        "shortDescription": {"text": title},
        "fullDescription": {"text": meaning},
        "properties": {"tags": ["security", "iam"]},
    }


def _result(
    ident: str, severity: Severity, message: str, change: Change, sources: Sources
) -> dict[str, Any]:
    line = sources.line_of(change.place)
    return {
        "ruleId": ident,
        "level": _LEVELS[severity],
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(line.file), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": line.line},
                },
                "logicalLocations": [
                    {
                        "name": change.name,
                        "fullyQualifiedName": change.place.construct or change.place.address,
                        "kind": "resource",
                    }
                ],
            }
        ],
        "properties": {
            "severity": severity.word,
            "security-severity": _SCORES[severity.word],
            "environment": change.environment,
            "verdict": change.verdict,
            "state": change.state,
        },
    }


def _message(change: Change) -> str:
    head = f"{change.environment}: {change.kind} {change.name} is {change.state}, {change.verdict}."
    parts = [
        *(f"Gains: {each}" for each in told.gains(change)),
        *(f"Loses: {each}" for each in told.losses(change)),
        *(f"Not decided: {each}" for each in told.opens(change)),
        *told.others(change),
    ]
    return " ".join([head, *(part.rstrip(".") + "." for part in parts[:6])])


def _of_finding(change: Change, finding: Finding) -> str:
    text = "\n".join((change.environment, change.kind, change.name, finding.rule, finding.text))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
