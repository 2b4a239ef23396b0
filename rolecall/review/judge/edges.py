"""Who is trusted by a role, one by one, before and after."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rolecall.explain import Entity, entities, who_can
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Outcome
from rolecall.review.judge.effective import Effective
from rolecall.review.report import TrustEdge


@dataclass(frozen=True, slots=True)
class Names:
    """What accounts are called, as a value that a cache can keep."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> "Names":
        """Of a mapping."""
        return cls(tuple(sorted(names.items())))


@lru_cache(maxsize=4096)
def entities_of(document: PolicyDocument, account: str | None, names: Names) -> tuple[Entity, ...]:
    """As `rolecall.explain.entities`; many roles trust the same."""
    return entities(document, account=account, names=dict(names.pairs))


@lru_cache(maxsize=4096)
def sentences_of(
    document: PolicyDocument, account: str | None, seconds: int, names: Names
) -> tuple[str, ...]:
    """As `rolecall.explain.who_can`."""
    return who_can(document, account=account, max_session_seconds=seconds, names=dict(names.pairs))


def moved(
    raw: PolicyDocument | None, changed: Collection[str], account: str | None, names: Names
) -> frozenset[str]:
    """The keys of entities that come through one of these providers."""
    if raw is None or not changed:
        return frozenset()
    through = tuple(
        s
        for s in raw.statements
        if s.principals is not None and not set(changed).isdisjoint(s.principals.federated)
    )
    if not through:
        return frozenset()
    found = entities_of(replace(raw, statements=through), account, names)
    return frozenset(each.key for each in found)


def trusted(
    side: Effective | None, raw: PolicyDocument | None, account: str | None, names: Names
) -> tuple[Entity, ...]:
    """The trusted entities of a policy, without those whose provider is not there."""
    if side is None or raw is None:
        return ()
    gone = [
        index
        for index, statement in zip(side.origins, side.document.statements, strict=True)
        if statement not in side.statements
    ]
    kept = tuple(s for i, s in enumerate(raw.statements) if i not in gone)
    if not kept:
        return ()
    return entities_of(replace(raw, statements=kept), account, names)


@dataclass(frozen=True, slots=True)
class Trusted:
    """The entities of a role before and after. moved: keys of those whose provider changed."""

    before: Sequence[Entity]
    after: Sequence[Entity]
    moved: frozenset[str] = frozenset()


def edges(
    environment: str, role: str, entities: Trusted, outcome: Outcome | None
) -> tuple[TrustEdge, ...]:
    """One edge for each entity. outcome: of the comparison; None where there was none.

    The comparison has the last word: where it proved that nobody gains, an entity written
    in another way is `changed` and not `gained`; the same with losses.
    """
    old = {each.who_key: each.key for each in entities.before}
    old_keys = {each.key for each in entities.before}
    new_who = {each.who_key for each in entities.after}
    found: dict[tuple[str, str], str] = {}

    def put(entity: Entity, state: str) -> None:
        key = (entity.words, entity.kind)
        if found.setdefault(key, state) == "kept":
            found[key] = state

    for each in entities.after:
        if outcome is None:
            state = "open"
        elif outcome is Outcome.SAME:
            state = "kept"
        elif each.key in old_keys:
            state = "changed" if each.key in entities.moved else "kept"
        elif each.who_key in old or outcome is Outcome.NARROWER:
            state = "changed"
        else:
            state = "open" if outcome is Outcome.UNDECIDED else "gained"
        put(each, state)
    new_keys = {each.key for each in entities.after}
    for each in entities.before:
        if outcome is Outcome.SAME or each.key in new_keys:
            continue
        if outcome is None:
            put(each, "open")
        elif each.who_key in new_who or outcome is Outcome.WIDER:
            put(each, "changed")
        else:
            put(each, "lost")
    return tuple(
        TrustEdge(environment, role, words, kind, state)
        for (words, kind), state in sorted(found.items())
    )


def fresh_entities(before: Sequence[Entity], after: Sequence[Entity]) -> bool:
    """Whether somebody is trusted whom the old policy did not name."""
    return bool({each.who_key for each in after} - {each.who_key for each in before})
