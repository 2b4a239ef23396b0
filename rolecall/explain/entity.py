"""The trusted entities of a role one by one, to be matched before and after a change."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rolecall.explain.denials import denial
from rolecall.explain.grants import Admission, admissions, concerns, shut_out
from rolecall.explain.who import Who
from rolecall.policy import Condition, Effect, PolicyDocument, Statement


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody who may assume the role.

    kind: `IAM user`, `GitHub Actions`, … words: who, in a few words. conditions: under
    which, in words, Deny statements that may concern him included. who_key: who, and key:
    who and under which conditions; both are the same before and after a change that does
    not touch them, whatever accounts are called.
    """

    kind: str
    words: str
    conditions: tuple[str, ...]
    who_key: str
    key: str

    @property
    def who(self) -> str:
        """Who, without the conditions."""
        return self.words


def entities(
    document: PolicyDocument,
    *,
    account: str | None = None,  # noqa: ARG001 - as for `who_can`, so that both are asked alike
    names: Mapping[str, str] | None = None,
) -> tuple[Entity, ...]:
    """Everybody whom the policy lets in, each once for every set of conditions; sorted.

    None means that the policy admits nobody. account: the role's.
    """
    known = names or {}
    denies = [each for each in document.statements if each.effect is Effect.DENY]
    found: dict[str, Entity] = {}
    for admission in admissions(document, known):
        if not admission.ways - shut_out(denies, admission):
            continue
        limits = [each for each in denies if concerns(each, admission)]
        told = (
            *admission.clauses(),
            *sorted({denial(each, known, admission.ways) for each in limits}),
        )
        for who in admission.who:
            entity = _entity(who, admission, limits, told)
            found.setdefault(entity.key, entity)
    return tuple(sorted(found.values(), key=lambda each: (each.kind, each.words, each.key)))


def _entity(
    who: Who, admission: Admission, limits: Sequence[Statement], told: tuple[str, ...]
) -> Entity:
    statement = admission.statement
    identity = {
        "who": who.key,
        "conditions": _canonical(admission.conditions),
        "resources": [sorted(statement.resources), sorted(statement.not_resources)],
        "ways": sorted(admission.ways),
        "denied": sorted(_denied(each) for each in limits),
    }
    return Entity(who.kind, who.short, told, who.key, json.dumps(identity, separators=(",", ":")))


def _canonical(conditions: Sequence[Condition]) -> list[list[object]]:
    return sorted(
        [each.operator, each.key.lower(), sorted(set(each.values))] for each in conditions
    )


def _denied(statement: Statement) -> str:
    rendered = [
        repr(statement.principals),
        repr(statement.not_principals),
        sorted(each.lower() for each in statement.actions),
        sorted(each.lower() for each in statement.not_actions),
        sorted(statement.resources),
        sorted(statement.not_resources),
        _canonical(statement.conditions),
    ]
    return json.dumps(rendered)
