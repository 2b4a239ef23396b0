"""`access-reviewed.yaml`: changes that somebody looked at, and why they are right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import yaml

from rolecall.environment.fields import Section, strings
from rolecall.environment.problem import EnvironmentProblem
from rolecall.environment.yaml_nodes import LARGEST_FILE, compose, line_of
from rolecall.policy.errors import printable
from rolecall.review.report import Acknowledgement, Change

FILE = "access-reviewed.yaml"
_KEYS = ("change", "role", "by", "reason", "until")
_FINGERPRINT = re.compile(r"[0-9a-f]{16}\Z")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One entry. change: the fingerprint. role: what the change is about, by its name.

    until: the last day on which it counts; None: as long as the change is the same.
    """

    change: str
    role: str
    by: str
    reason: str
    until: date | None = None
    line: int = 0


def read_reviewed(text: str, file: str = FILE) -> tuple[Reviewed, ...]:
    """The entries of a file. Raises `EnvironmentProblem` with the line for what is no entry.

    Strict: an entry that is written wrongly must not look as if it counted.
    """
    if len(text) > LARGEST_FILE:
        raise EnvironmentProblem(
            f"the file has {len(text)} characters, and {LARGEST_FILE} are read; take out the "
            "entries of changes that are merged.",
            file,
        )
    if not re.sub(r"#.*", "", text).strip():
        return ()
    section = Section(compose(text, file), file, ("reviewed",))
    node = section.node("reviewed")
    if node is None:
        return ()
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
        return ()
    found: dict[str, Reviewed] = {}
    for item in strings(node, "reviewed", file):
        entry = _entry(item, file)
        first = found.setdefault(entry.change, entry)
        if first is not entry:
            raise EnvironmentProblem(
                f"the change {entry.change} is there twice, first on line {first.line}; keep one.",
                file,
                entry.line,
            )
    return tuple(found.values())


def _entry(node: yaml.Node, file: str) -> Reviewed:
    section = Section(node, file, _KEYS, "an entry of reviewed")
    # Sixteen digits without a letter are a number for YAML; they are meant as text.
    written = section.node("change")
    if isinstance(written, yaml.ScalarNode):
        written.tag = "tag:yaml.org,2002:str"
    change = section.needed("change", '"0123456789abcdef"')
    if not _FINGERPRINT.match(change):
        raise section.fail(
            "change", f'change "{change}" is no fingerprint; copy the 16 hex digits of the report.'
        )
    return Reviewed(
        change=change,
        role=section.needed("role", "tes-deployer"),
        by=section.needed("by", "alice"),
        reason=section.needed("reason", '"why the change is right"'),
        until=_until(section),
        line=line_of(node),
    )


def _until(section: Section) -> date | None:
    node = section.node("until")
    if node is None:
        return None
    text = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise section.fail("until", f'until "{text}" is no day; write until: 2027-01-31.') from None


def acknowledge(
    changes: Sequence[Change], entries: Sequence[Reviewed], today: date | None
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes with who looked at them; and what is wrong with entries, a sentence each.

    today: without it no entry with `until` counts.
    """
    by_change = {entry.change: entry for entry in entries}
    used: set[str] = set()
    stale: list[str] = []
    found: list[Change] = []
    for change in changes:
        entry = by_change.get(change.fingerprint)
        if entry is None or change.state == "same":
            found.append(change)
            continue
        used.add(entry.change)
        if entry.role != change.name:
            stale.append(_of(entry, f"names {entry.role}, and the change is one of {change.name}"))
        elif entry.until is not None and (today is None or today > entry.until):
            stale.append(_of(entry, f"counted until {entry.until.isoformat()}, and is over"))
        else:
            change = replace(change, acknowledged=Acknowledgement(entry.by, entry.reason))
        found.append(change)
    stale += [
        _of(entry, "fits no change: another one was reviewed, or it is merged; take it out")
        for entry in entries
        if entry.change not in used
    ]
    return tuple(found), tuple(stale)


def _of(entry: Reviewed, what: str) -> str:
    return printable(f"The acknowledgement of {entry.change} ({entry.role}) {what}.")
