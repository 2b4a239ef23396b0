"""Reports for the outputs: one as they are, one hostile, one huge."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from rolecall.review.judge import judge
from rolecall.review.model import CallerSide, Pair, Permissions, Place, Unread
from rolecall.review.report import Acknowledgement, Finding, Report, Sentence, Severity
from tests.review.made import (
    ADMIN,
    PRD,
    pair,
    place,
    role,
    snapshot,
    trust,
    user,
    web,
)

ALICE, BOB = user("alice"), user("bob")
HOSTILE: tuple[str, ...] = (
    "a|b",
    "`code`",
    "```",
    "</details>",
    "</summary><script>alert(1)</script>",
    "@team",
    "@acme/owners",
    '"]',
    '"] --> evil["x',
    "one\ntwo",
    "one\r\n\n# heading",
    "👩‍🚀 rocket",
    "שלום | עולם",
    "\u202egnirts",
    "<!-- rolecall review -->",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "https://evil.example",
    "www.evil.example",
    "#1 acme/infra#2 GH-3 !4",
    "$x^2$ :rocket: ~~gone~~ **bold** _it_",
    "%%{init: {'theme': 'dark'}}%%",
    "fa:fa-car end subgraph click",
    "\\|",
    "\\`",
    "&#64;team &lt;b&gt;",
    "1. one",
    "- one",
    "\x1b[31mred",
)


@pytest.fixture(params=range(len(HOSTILE)), ids=[ascii(text) for text in HOSTILE])
def hostile(request: pytest.FixtureRequest) -> str:
    """One text that wants to be more than text."""
    return HOSTILE[request.param]


@pytest.fixture(scope="session")
def ordinary() -> Report:
    """Two environments, most of what can happen."""
    alice = CallerSide("user", "alice", ALICE, Permissions())
    admin = replace(alice, permissions=Permissions(managed=frozenset({ADMIN})))
    tes = snapshot(
        pair(role("tes-deployer", trust(ALICE)), role("tes-deployer", trust(ALICE, BOB))),
        pair(role("tes-ci", web("repo:acme/*")), role("tes-ci", web("repo:acme*"))),
        pair(role("tes-same", trust(ALICE)), role("tes-same", trust(ALICE))),
        pair(role("tes-words", trust(ALICE, BOB)), role("tes-words", trust(BOB, ALICE))),
        pair(role("tes-gone", trust(ALICE)), None),
        callers=(Pair(place("aws_iam_user.alice"), alice, admin),),
    )
    prd = snapshot(
        pair(
            role("prd-deployer", trust(ALICE, BOB), account=PRD),
            role("prd-deployer", trust(ALICE), account=PRD),
        ),
        pair(
            role("prd-later", trust(ALICE), account=PRD),
            role("prd-later", Unread("it refers to aws_iam_role.x."), account=PRD),
        ),
        environment="prd",
        account=PRD,
        notes=("module.x could not be read.",),
    )
    report = judge([tes, prd])
    changes = list(report.changes)
    changes[-2] = replace(changes[-2], acknowledged=Acknowledgement("alice", "It is right."))
    return replace(report, changes=tuple(changes))


@pytest.fixture(scope="session")
def named() -> Callable[[str], Report]:
    """A report in which every name, account of a person and reason is this text."""

    def made(text: str) -> Report:
        one = snapshot(
            pair(role("tes-deployer", trust(ALICE)), role("tes-deployer", trust(ALICE, BOB)))
        )
        report = judge([one])
        (change,) = report.changes
        sentences = (
            Sentence(text, Severity.HIGH, wider=True),
            Sentence(text, Severity.LOW, narrower=True),
            Sentence(text, Severity.MEDIUM, open=True),
            Sentence(text),
        )
        finding = Finding("RC001", text, text, Severity.HIGH, fresh=True, suppressed=text)
        change = replace(
            change,
            name=text,
            environment=text,
            place=Place(text, text, text),
            who_after=(text,),
            sentences=sentences,
            findings=(finding,),
            acknowledged=Acknowledgement(text, text),
            trust_before=text,
            trust_after=text + text,
        )
        edges = tuple(
            replace(edge, environment=text, role=text, entity=text) for edge in report.edges
        )
        return replace(
            report,
            changes=(change,),
            edges=edges,
            gate_reasons=(text,),
            notes=(text,),
            stale=(text,),
            sources=(text,),
            assumptions=(text,),
            environments=(text,),
        )

    return made


@pytest.fixture(scope="session")
def huge() -> Report:
    """2,000 changed roles, half of them harmless."""
    old, new = role("x", trust(ALICE)), role("x", trust(ALICE, BOB))
    narrower, wider = judge([snapshot(pair(new, old))]), judge([snapshot(pair(old, new))])
    changes, edges = [], []
    for number in range(2000):
        name, report = f"tes-role-{number:04}", wider if number % 2 else narrower
        fingerprint = f"{number:016x}"
        changes += [replace(c, name=name, fingerprint=fingerprint) for c in report.changes]
        edges += [replace(edge, role=name) for edge in report.edges]
    changes.sort(key=lambda c: (-c.severity, c.name))
    reasons = tuple(f"role {c.name} (tes) is wider (high)." for c in changes[:1000])
    return replace(
        wider, changes=tuple(changes), edges=tuple(edges), verdict="both", gate_reasons=reasons
    )
