"""What became of one role: who may assume it, what it may do, for how long."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.lint import Suppression
from rolecall.policy import PolicyDocument, PolicyError, role_arn
from rolecall.policy.compare import Comparison, compare
from rolecall.policy.errors import printable
from rolecall.review.judge import edges as trust_edges
from rolecall.review.judge.callers import judge_role_as_caller
from rolecall.review.judge.edges import Names
from rolecall.review.judge.effective import Effective, KnownProvider, effective, told_by_origin
from rolecall.review.judge.fingerprint import fingerprint, pretty
from rolecall.review.judge.ground import Ground
from rolecall.review.judge.linting import findings
from rolecall.review.judge.outside import open_to_strangers
from rolecall.review.judge.permissions import judge_permissions, reason
from rolecall.review.judge.reach import Door, account_of
from rolecall.review.judge.severity import Rated, Setting, rate, reasons
from rolecall.review.judge.verdicts import state_of, verdict_of, worst
from rolecall.review.model import Pair, Policy, RoleSide, Snapshot, Unread
from rolecall.review.report import Change, Finding, Sentence, Severity, TrustEdge

_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:role/[\x21-\x7e]+\Z")


@dataclass(frozen=True)
class Surroundings:
    """What one role is judged by, besides itself."""

    ground: Ground
    providers: Mapping[str, KnownProvider]
    suppressions: Sequence[Suppression] = ()
    today: date | None = None
    doors: Sequence[Door] = ()
    names: Names = field(default_factory=lambda: Names(()))


@dataclass(frozen=True, slots=True)
class RoleTold:
    """A change and the edges of the role."""

    change: Change
    edges: tuple[TrustEdge, ...]


def judge_role(pair: Pair[RoleSide], snapshot: Snapshot, around: Surroundings) -> RoleTold | None:
    """Judge one role; None where there is none on either side."""
    side = pair.after or pair.before
    if side is None:
        return None
    account = side.account or account_of(side.arn) or snapshot.account
    old = _working(pair.before, around.providers, after=False)
    new = _working(pair.after, around.providers, after=True)
    comparison, unread = _compare(pair, old, new, arn_of(side, snapshot), account)
    entities = trust_edges.Trusted(
        trust_edges.trusted(old, _document(pair.before), account, around.names),
        trust_edges.trusted(new, _document(pair.after), account, around.names),
        _moved(pair, account, around),
    )
    setting = Setting(
        snapshot.environment,
        account,
        pair.before is None,
        () if old is None else (old.document,),
        around.ground,
        trust_edges.fresh_entities(entities.before, entities.after),
    )
    rated = _rated(comparison, _document(pair.after), setting)
    caller = judge_role_as_caller(pair, around.doors, snapshot.partition)
    sentences = (
        *unread,
        *reasons(rated),
        *_life(pair),
        *judge_permissions(
            None if pair.before is None else pair.before.permissions,
            None if pair.after is None else pair.after.permissions,
            outside=new is not None and open_to_strangers(new.statements, around.ground),
        ),
        *caller.sentences,
        *_duration(pair),
    )
    verdict = verdict_of(comparison, sentences)
    state = state_of(pair, verdict)
    found = () if state == "same" else _findings(pair, side.name, account, snapshot, around)
    change = Change(
        kind="role",
        name=side.name,
        arn=side.arn,
        environment=snapshot.environment,
        place=pair.place,
        state=state,
        verdict=verdict,
        severity=worst(verdict, [each.severity for each in rated], sentences, found),
        fingerprint=fingerprint(
            "role",
            side.name,
            snapshot.environment,
            pair.replaced,
            _plain(pair.before),
            _plain(pair.after),
            _provider_facts(pair, around.providers),
            caller.facts,
        ),
        comparison=comparison,
        who_before=_who(pair.before, account, around.names),
        who_after=_who(pair.after, account, around.names),
        sentences=sentences,
        findings=found,
        trust_before=pretty(_document(pair.before)),
        trust_after=pretty(_document(pair.after)),
    )
    outcome = None if comparison is None else comparison.verdict
    return RoleTold(change, trust_edges.edges(snapshot.environment, side.name, entities, outcome))


def _findings(
    pair: Pair[RoleSide],
    name: str,
    account: str | None,
    snapshot: Snapshot,
    around: Surroundings,
) -> tuple[Finding, ...]:
    return findings(
        None if pair.before is None else pair.before.trust,
        None if pair.after is None else pair.after.trust,
        role=name,
        account=account,
        partition=snapshot.partition,
        environment=snapshot.environment,
        ground=around.ground,
        suppressions=around.suppressions,
        today=around.today,
    )


def _moved(pair: Pair[RoleSide], account: str | None, around: Surroundings) -> frozenset[str]:
    changed = [name for name, _, _ in _provider_facts(pair, around.providers)]
    return trust_edges.moved(_document(pair.after), changed, account, around.names)


def arn_of(side: RoleSide, snapshot: Snapshot) -> str | None:
    """The role's ARN, if it is known or follows from what is known."""
    account = side.account or snapshot.account
    arn = side.arn
    if arn is None and account is not None:
        arn = role_arn(account, side.name, side.path, snapshot.partition)
    return arn if arn is not None and "${" not in arn and _ARN.match(arn) else None


def _document(side: RoleSide | None) -> PolicyDocument | None:
    return side.trust if side is not None and isinstance(side.trust, PolicyDocument) else None


def _working(
    side: RoleSide | None, providers: Mapping[str, KnownProvider], *, after: bool
) -> Effective | None:
    document = _document(side)
    return None if document is None else effective(document, providers, after=after)


def _compare(
    pair: Pair[RoleSide],
    old: Effective | None,
    new: Effective | None,
    arn: str | None,
    account: str | None,
) -> tuple[Comparison | None, tuple[Sentence, ...]]:
    """Compare; where a policy could not be read, say why instead."""
    unread = _unread(pair)
    if unread or _same_text(pair):
        return None, unread
    try:
        found = compare(
            () if old is None else old.document,
            () if new is None else new.document,
            role_arn=arn,
            account=account if arn is None else None,
            tokens=TOKEN_KEYS,
        )
    except PolicyError as error:
        why = str(error).rstrip(".")
        return None, (_open(f"Its trust policy cannot be compared: {why}."),)
    nothing = Effective(PolicyDocument(()), ())
    return told_by_origin(found, old or nothing, new or nothing), ()


def _unread(pair: Pair[RoleSide]) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    if pair.after is None:
        return ()  # nobody gains by a role that is not there
    if _same_text(pair):
        return ()
    for side, when in ((pair.before, "before"), (pair.after, "after")):
        if side is not None and isinstance(side.trust, Unread):
            why = reason(side.trust)
            found.append(_open(f"Its trust policy {when} the change could not be read: {why}."))
    return tuple(found)


def _same_text(pair: Pair[RoleSide]) -> bool:
    """Whether one and the same text stands on both sides, whatever it says."""
    if pair.before is None or pair.after is None:
        return False
    one = pair.before.trust
    return isinstance(one, Unread) and bool(one.what) and one == pair.after.trust


def _open(text: str) -> Sentence:
    return Sentence(printable(text), Severity.MEDIUM, open=True)


def _rated(
    comparison: Comparison | None, document: PolicyDocument | None, setting: Setting
) -> tuple[Rated, ...]:
    if comparison is None or document is None:
        return ()
    return tuple(
        rate(gain, document.statements[gain.statement], setting)
        for gain in comparison.gains
        if 0 <= gain.statement < len(document.statements)
    )


def _life(pair: Pair[RoleSide]) -> tuple[Sentence, ...]:
    if pair.after is None:
        return (Sentence("The role is deleted.", Severity.LOW, narrower=True),)
    if pair.replaced:
        return (
            Sentence(
                "The role is replaced and gets a new unique ID: policies that name the old one "
                "lose it until they are saved again.",
                Severity.LOW,
                narrower=True,
            ),
        )
    return ()


def _duration(pair: Pair[RoleSide]) -> tuple[Sentence, ...]:
    if pair.before is None or pair.after is None:
        return ()
    before, after = pair.before.max_session_seconds, pair.after.max_session_seconds
    if before == after:
        return ()
    text = f"A session lasts up to {hours(after)}; before: {hours(before)}."
    if after < before:
        return (Sentence(text, Severity.LOW, narrower=True),)
    return (Sentence(text, Severity.MEDIUM if after > 4 * 3600 else Severity.LOW),)


def hours(seconds: int) -> str:
    """A duration in words: `2 hours`, `90 minutes`."""
    if seconds % 3600 == 0:
        return f"{seconds // 3600} hour{'s' if seconds != 3600 else ''}"
    return f"{seconds // 60} minutes" if seconds % 60 == 0 else f"{seconds} seconds"


def _who(side: RoleSide | None, account: str | None, names: Names) -> tuple[str, ...]:
    document = _document(side)
    if side is None or document is None:
        return ()
    return trust_edges.sentences_of(document, account, side.max_session_seconds, names)


def _plain(side: RoleSide | None) -> RoleSide | None:
    """What a change of a role says: not its id and ARN, which the first apply makes known."""
    return None if side is None else replace(side, unique_id=None, arn=None)


def _provider_facts(
    pair: Pair[RoleSide], providers: Mapping[str, KnownProvider]
) -> list[tuple[str, object, object]]:
    """The providers that the role trusts, where they changed as well."""
    found: dict[str, tuple[str, object, object]] = {}
    for side in (pair.before, pair.after):
        for name in trusted_providers(None if side is None else side.trust):
            known = providers.get(name)
            if known is not None and known.before != known.after:
                found[name] = (name, known.before, known.after)
    return [found[name] for name in sorted(found)]


def trusted_providers(policy: Policy | None) -> tuple[str, ...]:
    """The identity providers that a trust policy names."""
    if not isinstance(policy, PolicyDocument):
        return ()
    return tuple(
        name
        for statement in policy.statements
        if statement.principals is not None
        for name in statement.principals.federated
    )
