"""From a report to the page: one file that asks nothing of the network."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from rolecall.review.html import graph, matrix
from rolecall.review.html.changes import SIGNS, ChangeView, views
from rolecall.review.html.text import one_line
from rolecall.review.html.trusted import STATES, Trusted, trusted
from rolecall.review.report import Report, Severity

#: In this order one script; they share one scope.
_SCRIPTS = ("theme.js", "page.js", "matrix.js", "graph.js", "details.js", "filter.js")
#: A report with more is large: it shows at first what changed, all on demand.
_LARGE_CHANGES, _LARGE_EDGES = 40, 120

_HEADLINES = {
    "wider": "Somebody gains access",
    "both": "Somebody gains access, and somebody loses it",
    "undecided": "Whether somebody gains access is not decided",
    "narrower": "Nobody gains access, somebody loses it",
    "same": "Nobody gains or loses access",
}


def to_html(report: Report) -> str:
    """The report as one HTML file that needs no network; the same report, the same text."""
    changes = views(report)
    edges = trusted(report, changes)
    large = len(changes) > _LARGE_CHANGES or len(edges.edges) > _LARGE_EDGES
    style, script = _style(), _script()
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            report=report,
            headline=_HEADLINES.get(report.verdict, report.verdict),
            changes=changes,
            summary=_summary(changes, report.environments),
            options=_options(changes),
            trusted=edges,
            matrix=matrix.first_page(edges, unchanged=not large),
            drawings=graph.drawings(edges, unchanged=not large),
            large=large,
            signs=SIGNS,
            states=STATES,
            data=_data(edges),
            style=Markup(style),  # noqa: S704 - a file of ours
            script=Markup(script),  # noqa: S704 - a file of ours
            policy=_content_security_policy(style, script),
        )
    )


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("rolecall.review.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters["prose"] = _prose
    return made


def _shown(value: Any) -> Any:
    """What every `{{ … }}` goes through before it is escaped."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return one_line(value)


def _prose(text: str) -> Markup:
    """A sentence of ours, with `code` in it set as such."""
    line = one_line(text)
    parts = line.split("`")
    if len(parts) % 2 == 0:
        return escape(line)
    told = (
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
    return Markup("").join(told)


@cache
def _style() -> str:
    return _static("report.css")


@cache
def _script() -> str:
    return '(() => {\n"use strict";\n' + "".join(map(_static, _SCRIPTS)) + "})();\n"


def _static(name: str) -> str:
    return files("rolecall.review.html").joinpath("static", name).read_text("utf-8")


def _content_security_policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "img-src data:",  # the empty icon, so that no browser asks for one
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _data(edges: Trusted) -> Markup:
    """What the scripts need, as JSON that cannot end its own element."""
    text = json.dumps(
        {
            "entities": [[one_line(e.kind), one_line(e.words)] for e in edges.entities],
            "roles": [[one_line(r.environment), one_line(r.name), r.anchor] for r in edges.roles],
            "states": STATES,
            "edges": [[e.entity, e.role, e.state] for e in edges.edges],
        },
        ensure_ascii=True,
        separators=(",", ":"),
    )
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - no character of it means anything to HTML


def _summary(
    changes: Sequence[ChangeView], environments: Sequence[str]
) -> list[tuple[str, Counter[str]]]:
    """For each environment, how many changes have which verdict, and how many are agreed."""
    known = dict.fromkeys(environments) | dict.fromkeys(view.change.environment for view in changes)
    counts = {name: Counter[str]() for name in known}
    for view in changes:
        counts[view.change.environment][view.change.verdict] += 1
        if view.change.acknowledged:
            counts[view.change.environment]["acknowledged"] += 1
    return list(counts.items())


def _options(changes: Sequence[ChangeView]) -> dict[str, list[tuple[str, int]]]:
    """The values that each filter offers, with how many changes have them."""
    environments = Counter(view.change.environment for view in changes)
    verdicts = Counter(view.change.verdict for view in changes)
    severities = Counter(view.change.severity for view in changes)
    kinds = Counter(view.change.kind for view in changes)
    return {
        "environment": list(environments.items()),
        "verdict": [(name, verdicts[name]) for name in SIGNS if verdicts[name]],
        "severity": [
            (each.word, severities[each]) for each in reversed(Severity) if severities[each]
        ],
        "kind": sorted(kinds.items()),
    }
