"""From what a review looks at to what it found."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from rolecall.environment import Environment
from rolecall.lint import Suppression
from rolecall.policy import PolicyDocument
from rolecall.policy.compare.engine import ASSUMPTIONS
from rolecall.review.judge.acknowledgements import Reviewed, acknowledge
from rolecall.review.judge.callers import groups_of, judge_caller
from rolecall.review.judge.edges import Names
from rolecall.review.judge.effective import (
    AnyProvider,
    KnownProvider,
    effective,
    known_providers,
    provider_arn,
    reference,
    referred_providers,
)
from rolecall.review.judge.entries import judge_entry
from rolecall.review.judge.fingerprint import fingerprint
from rolecall.review.judge.gate import FailOn, gate_reasons, verdict_of
from rolecall.review.judge.ground import Ground
from rolecall.review.judge.providers import judge_oidc, judge_saml
from rolecall.review.judge.reach import Door
from rolecall.review.judge.roles import (
    Surroundings,
    arn_of,
    judge_role,
    trusted_providers,
)
from rolecall.review.judge.verdicts import state_of, worst
from rolecall.review.judge.verdicts import verdict_of as verdict_of_one
from rolecall.review.model import Pair, Snapshot
from rolecall.review.report import Change, Report, Sentence, Severity, TrustEdge

#: What stands under every review, besides what stands under every comparison.
OWN_ASSUMPTIONS = (
    "What the plans do not show stays as it is: roles, providers and people elsewhere.",
    "Permissions are summarized; only trust policies are compared by proof.",
)


def judge(
    snapshots: Sequence[Snapshot],
    *,
    environments: Sequence[Environment] = (),
    acknowledgements: Sequence[Reviewed] = (),
    suppressions: Sequence[Suppression] = (),
    fail_on: FailOn = "wider",
    today: date | None = None,
) -> Report:
    """Say who gains and who loses, how bad it is, and whether the change may pass.

    environments: the project's, whose accounts are its own. suppressions: of lint rules.
    today: the day that `until` of acknowledgements and suppressions is compared with;
    without it none with `until` counts.
    """
    ground = Ground.of(environments, snapshots)
    providers = known_providers(snapshots)
    doors = tuple(_doors(snapshots, providers))
    names = Names.of(ground.names)
    changes: list[Change] = []
    edges: list[TrustEdge] = []
    for snapshot in snapshots:
        here = {**providers, **referred_providers(snapshot)}
        around = Surroundings(ground, here, suppressions, today, doors, names)
        for pair in snapshot.roles:
            told = judge_role(pair, snapshot, around)
            if told is not None:
                changes.append(told.change)
                edges += told.edges
        changes += _others(snapshot, snapshots, doors)
    changes.sort(key=_order)
    settled, stale = acknowledge(changes, acknowledgements, today)
    notes = tuple(f"{s.environment}: {note}" for s in snapshots for note in s.notes)
    notes += tuple(_misnamed(snapshots, environments))
    why = gate_reasons(settled, notes, fail_on)
    return Report(
        changes=settled,
        edges=tuple(sorted(edges, key=lambda e: (e.environment, e.role, e.entity, e.entity_kind))),
        verdict=verdict_of(settled, notes),
        severity=max((change.severity for change in settled), default=Severity.NONE),
        gate="failed" if why else "passed",
        gate_reasons=why,
        fail_on=fail_on,
        sources=tuple(dict.fromkeys(s.source for s in snapshots)),
        assumptions=(*ASSUMPTIONS, *OWN_ASSUMPTIONS),
        notes=notes,
        stale=stale,
        environments=tuple(dict.fromkeys(s.environment for s in snapshots)),
    )


def _misnamed(snapshots: Sequence[Snapshot], environments: Sequence[Environment]) -> Iterator[str]:
    """A plan under another environment's name: then nobody looked at that environment."""
    accounts = {each.name: each.account_id for each in environments}
    for each in snapshots:
        known = accounts.get(each.environment)
        if known is not None and each.account is not None and each.account != known:
            yield (
                f"{each.environment}: {each.source} is of the account {each.account}, and the "
                f"account of {each.environment} is {known}; it may be of another environment."
            )


def _order(change: Change) -> tuple[Any, ...]:
    """The worst first; what stayed the same last."""
    return (
        change.state == "same",
        -change.severity,
        change.environment,
        change.kind != "role",
        change.kind,
        change.name,
        change.place.address,
    )


def _doors(snapshots: Sequence[Snapshot], providers: Mapping[str, KnownProvider]) -> Iterator[Door]:
    for snapshot in snapshots:
        here = {**providers, **referred_providers(snapshot)}
        for pair in snapshot.roles:
            side = pair.after
            if side is None or not isinstance(side.trust, PolicyDocument):
                continue
            arn = arn_of(side, snapshot)
            if arn is not None:
                trust = effective(side.trust, here, after=True).document
                yield Door(snapshot.environment, side.name, arn, trust)


def _others(
    snapshot: Snapshot, snapshots: Sequence[Snapshot], doors: Sequence[Door]
) -> Iterator[Change]:
    """Everything that is no role."""
    for oidc in snapshot.oidc_providers:
        roles = _trusting(oidc, snapshot, snapshots)
        one = oidc.after or oidc.before
        if one is not None:
            yield _change("OIDC provider", one.host, snapshot, oidc, judge_oidc(oidc, roles), roles)
    for saml in snapshot.saml_providers:
        roles = _trusting(saml, snapshot, snapshots)
        named = saml.after or saml.before
        if named is not None:
            told = judge_saml(saml, roles)
            yield _change("SAML provider", named.name, snapshot, saml, told, roles)
    groups = groups_of(snapshot)
    for caller in snapshot.callers:
        who = caller.after or caller.before
        if who is not None:
            found = judge_caller(caller, groups, doors, snapshot.partition)
            yield _change(
                who.kind, who.name, snapshot, caller, found.sentences, found.facts, who.arn
            )
    for entry in snapshot.entries:
        way = entry.after or entry.before
        if way is not None:
            yield _change(way.kind, entry.place.address, snapshot, entry, judge_entry(entry))


def _trusting(pair: AnyProvider, snapshot: Snapshot, snapshots: Sequence[Snapshot]) -> list[str]:
    """The roles, there before and after, whose trust policies name the provider."""
    arn = {provider_arn(pair, snapshot)} - {None}
    found: list[str] = []
    for other in snapshots:
        names = {*arn, reference(pair)} if other is snapshot else arn
        found += [
            f"{role.after.name} ({other.environment})"
            for role in other.roles
            if role.before is not None
            and role.after is not None
            and names & set(trusted_providers(role.before.trust))
            and names & set(trusted_providers(role.after.trust))
        ]
    return sorted(found)


def _change(
    kind: str,
    name: str,
    snapshot: Snapshot,
    pair: Pair[Any],
    sentences: tuple[Sentence, ...],
    facts: Sequence[str] = (),
    arn: str | None = None,
) -> Change:
    verdict = verdict_of_one(None, sentences)
    return Change(
        kind=kind,
        name=name,
        arn=arn,
        environment=snapshot.environment,
        place=pair.place,
        state=state_of(pair, verdict),
        verdict=verdict,
        severity=worst(verdict, (), sentences),
        fingerprint=fingerprint(
            kind, name, snapshot.environment, pair.replaced, pair.before, pair.after, list(facts)
        ),
        sentences=sentences,
    )
