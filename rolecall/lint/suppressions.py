"""Findings that somebody looked at and lets stand, with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rolecall.lint.model import Finding


@dataclass(frozen=True, slots=True)
class Suppression:
    """One finding, or some of one rule, that shall not count.

    rule: its id. role, statement: where; None: everywhere. statement is a Sid, or a
    statement's number. until: the last day on which it counts.
    """

    rule: str
    reason: str
    role: str | None = None
    statement: str | None = None
    until: date | None = None

    def covers(self, finding: Finding, role: str | None) -> bool:
        """Whether the finding is meant, whatever the day."""
        if finding.rule.id != self.rule or self.role not in (None, role):
            return False
        return self.statement in (None, finding.sid, str(finding.statement))

    def counts(self, today: date | None) -> bool:
        """Whether it has not expired; without a day one that can expire has."""
        return self.until is None or (today is not None and today <= self.until)

    @property
    def words(self) -> str:
        """Which one it is."""
        place = [f"role {self.role}"] if self.role else []
        place += [f"statement {self.statement}"] if self.statement else []
        return f"{self.rule}{' of ' if place else ''}{', '.join(place)}"


def suppressed(
    finding: Finding,
    suppressions: Sequence[Suppression],
    role: str | None,
    today: date | None,
) -> Finding:
    """The finding, with the reason of the first suppression that covers it and counts."""
    for each in suppressions:
        if each.covers(finding, role) and each.counts(today):
            return replace(finding, suppressed=each.reason)
    return finding


def idle(
    suppressions: Iterable[Suppression],
    findings: Iterable[tuple[str | None, Finding]],
    today: date | None,
) -> tuple[str, ...]:
    """Suppressions that suppress nothing, one sentence each.

    findings: of everything that was looked at, each with the name of its role.
    """
    seen = list(findings)
    told: list[str] = []
    for each in suppressions:
        if not each.counts(today):
            told.append(
                f"The suppression of {each.words} expired on {each.until}; mend the finding, or "
                "give it a later day."
                if today is not None
                else f"The suppression of {each.words} may have expired on {each.until}."
            )
        elif not any(each.covers(finding, role) for role, finding in seen):
            told.append(f"The suppression of {each.words} matches no finding; remove it.")
    return tuple(told)
