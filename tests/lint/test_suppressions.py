"""A finding may stand if somebody says why; it stays to be seen, and not for ever."""

from dataclasses import replace
from datetime import date

import pytest

from rolecall.lint import Facts, Suppression, SuppressionProblem, idle, lint, read_suppressions
from rolecall.policy import PolicyDocument
from rolecall.problems import Exit

VENDOR = PolicyDocument.parse(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "Vendor",
            "Effect": "Allow",
            "Principal": {"AWS": "444455556666"},
            "Action": "sts:AssumeRole",
        },
    }
)
TODAY = date(2026, 6, 1)


def reasons(facts: Facts, *suppressions: Suppression, today: date | None = TODAY) -> list[object]:
    found = lint(VENDOR, facts, suppressions=suppressions, today=today)
    return [each.suppressed for each in found]


def test_the_reason_stays_with_the_finding(facts: Facts) -> None:
    assert reasons(facts) == [None]
    assert reasons(facts, Suppression("RC012", "ticket 42")) == ["ticket 42"]
    (found,) = lint(VENDOR, facts, suppressions=[Suppression("RC012", "ticket 42")])
    assert not found.counts("low")
    assert replace(found, suppressed=None).counts("high")


def test_only_what_is_meant_is_suppressed(facts: Facts) -> None:
    role = replace(facts, role="tes-backup")
    assert reasons(role, Suppression("RC012", "x", role="tes-backup")) == ["x"]
    assert reasons(role, Suppression("RC012", "x", role="other")) == [None]
    assert reasons(facts, Suppression("RC012", "x", role="tes-backup")) == [None]
    assert reasons(facts, Suppression("RC012", "x", statement="Vendor")) == ["x"]
    assert reasons(facts, Suppression("RC012", "x", statement="0")) == ["x"]
    assert reasons(facts, Suppression("RC012", "x", statement="Other")) == [None]
    assert reasons(facts, Suppression("RC001", "x")) == [None]


def test_it_expires(facts: Facts) -> None:
    until = Suppression("RC012", "x", until=TODAY)
    assert reasons(facts, until) == ["x"]
    assert reasons(facts, until, today=date(2026, 6, 2)) == [None]
    assert reasons(facts, until, today=None) == [None], "without a day nothing vouches for it"


def test_what_suppresses_nothing_is_told(facts: Facts) -> None:
    good = Suppression("RC012", "x")
    expired = Suppression("RC012", "x", until=date(2026, 5, 31))
    lost = Suppression("RC001", "x", role="gone")
    found = [(None, each) for each in lint(VENDOR, facts)]
    told = idle([good, expired, lost], found, TODAY)
    assert len(told) == 2
    assert "RC012 expired on 2026-05-31" in told[0]
    assert "RC001 of role gone matches no finding" in told[1]


def test_the_file() -> None:
    text = """
suppressions:
  - rule: RC012
    role: tes-backup
    statement: Vendor
    reason: "no external ID; ticket 42"
    until: 2027-01-01
  - {rule: RC013, reason: x, statement: 0}
"""
    assert read_suppressions(text) == (
        Suppression("RC012", "no external ID; ticket 42", "tes-backup", "Vendor", date(2027, 1, 1)),
        Suppression("RC013", "x", statement="0"),
    )
    assert read_suppressions("suppressions:") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("suppressions: [{rule: RC012}]", "suppression 1 (RC012) gives no reason"),
        ("suppressions: [{rule: RC012, reason: '  '}]", "gives no reason"),
        ("suppressions: [{rule: RC999, reason: x}]", "'RC999', of which none is known"),
        ("suppressions: [{rule: rc012, reason: x}]", "did you mean RC012"),
        ("suppressions: [{reason: x}]", "names no rule"),
        ("suppressions: [{rule: RC012, reason: x, util: 2027-01-01}]", "'util'"),
        ("suppressions: [{rule: RC012, reason: x, until: soon}]", "until is no day"),
        ("suppressions: [{rule: RC012, reason: x, until: 2027-01-01T10:00:00}]", "no day"),
        ("suppressions: [{rule: RC012, reason: x, reason: y}]", "written twice"),
        ("suppressions: [{rule: RC012, reason: 7}]", "reason is no text"),
        ("suppressions: [{rule: [RC012], reason: x}]", "rule is no text"),
        ("suppressions: {rule: RC012}", "is no list"),
        ("suppressions: [RC012]", "is no mapping"),
        ("- rule: RC012", "must have one key"),
        ("", "must have one key"),
        ("suppressions: [", "line 1 is not valid YAML"),
        ("suppressions: !!python/object:os.system {}", "is not valid YAML"),
        ("suppressions: [{[a]: b}]", "is not valid YAML"),
        ("\x00", "is not valid YAML"),
        ("suppressions: [{rule: RC012, reason: x, until: 2027-99-99}]", "valid YAML"),
    ],
)
def test_a_wrong_file_is_told(text: str, told: str) -> None:
    with pytest.raises(SuppressionProblem) as caught:
        read_suppressions(text, "lint.yaml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("lint.yaml")
    assert caught.value.exit_code is Exit.BAD_INPUT
