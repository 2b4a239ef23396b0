"""The statements of a trust policy as compare needs them: what they are about, in atoms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
)
from rolecall.policy.callers import Anonymous, Caller
from rolecall.policy.compare.atoms import Atom, Atoms
from rolecall.policy.compiled_condition import CompiledCondition
from rolecall.policy.compiled_policy import CompiledPolicy, Side
from rolecall.policy.compiled_statement import PlacedStatement
from rolecall.policy.condition import Condition
from rolecall.policy.document import CURRENT_VERSION
from rolecall.policy.grants import Grant
from rolecall.policy.statement import Effect
from rolecall.policy.template import Context

ACTIONS = (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    ASSUME_ROLE_WITH_SAML,
    TAG_SESSION,
    SET_SOURCE_IDENTITY,
)
_NOBODY = Anonymous()


class Asked(NamedTuple):
    """As much of a request as everything but conditions looks at."""

    action: str
    resource: str
    caller: Caller
    context: Context


@dataclass(slots=True)
class Rule:
    """One statement: its row of checks, and its conditions as atoms.

    `rows`: it applies where every atom of one of them is true. `actions`: those of
    assuming a role that it is about. `federated`: the providers a
    Deny names; it also means the sessions that came in through one of them, which is an
    atom of its own.
    """

    index: int
    placed: PlacedStatement
    bounded: PlacedStatement
    actions: frozenset[str]
    rows: tuple[tuple[Atom, ...], ...]
    federated: Atom | None

    def means(self, asked: Asked, *, bounded: bool) -> bool:
        """Whether the principal is meant."""
        return _passes(self.bounded if bounded else self.placed, "Principal", asked)

    def reaches(self, asked: Asked) -> bool:
        """Whether the role is meant, where the statement says which."""
        return _passes(self.placed, "Resource", asked)

    def worth(self, asked: Asked) -> Grant:
        """What an Allow's principal is worth to the caller."""
        return self.placed.grant(asked)  # type: ignore[arg-type]


def _passes(placed: PlacedStatement, element: str, asked: Asked) -> bool:
    """A check that is not in the row always holds."""
    for name, check in zip(placed.elements, placed.checks, strict=True):
        if name == element:
            return bool(check(asked))  # type: ignore[arg-type]
    return True


@dataclass(slots=True)
class Policy:
    """A trust policy, compiled by the evaluator and taken apart."""

    compiled: CompiledPolicy
    allows: tuple[Rule, ...]
    denies: tuple[Rule, ...]


def policy_of(compiled: CompiledPolicy, atoms: Atoms) -> Policy:
    """Take a policy apart."""
    variables = compiled.document.version == CURRENT_VERSION
    side, bounded = compiled.as_resource, compiled.as_bounded_resource
    return Policy(
        compiled,
        _rules(side, bounded, atoms, variables, deny=False),
        _rules(side, bounded, atoms, variables, deny=True),
    )


def _rules(
    side: Side, bounded: Side, atoms: Atoms, variables: bool, *, deny: bool
) -> tuple[Rule, ...]:
    pairs: Sequence[tuple[PlacedStatement, PlacedStatement]] = (
        list(zip(side.denies, bounded.denies, strict=True))
        if deny
        else list(zip(side.allows, bounded.allows, strict=True))
    )
    return tuple(
        Rule(
            placed.index,
            placed,
            other,
            _actions(placed),
            _rows(placed, atoms, variables, deny=deny),
            _through(placed, atoms),
        )
        for placed, other in pairs
    )


def _rows(
    placed: PlacedStatement, atoms: Atoms, variables: bool, *, deny: bool
) -> tuple[tuple[Atom, ...], ...]:
    """One row, or more where some of a condition's values are open and others are not.

    Any of the values satisfies a condition, so one that names several is several rows; a
    negated one is a condition for each of its values.
    """
    rows: list[tuple[Atom, ...]] = [()]
    for element in placed.elements:
        if not isinstance(element, CompiledCondition):
            continue
        atom = atoms.add(element, deny=deny, variables=variables)
        parts: list[Atom] = [atom]
        if atom.opaque and len(atom.condition.values) > 1 and not atom.of_several:
            parts = [atoms.one_value(atom, value) for value in atom.condition.values]
        if atom.operator.negated:
            rows = [(*row, *parts) for row in rows]
        else:
            rows = [(*row, part) for row in rows for part in parts]
    return tuple(rows)


def _actions(placed: PlacedStatement) -> frozenset[str]:
    return frozenset(
        action for action in ACTIONS if _passes(placed, "Action", Asked(action, "", _NOBODY, {}))
    )


def _through(placed: PlacedStatement, atoms: Atoms) -> Atom | None:
    who = placed.statement.principals
    if placed.statement.effect is Effect.ALLOW or who is None or not who.federated:
        return None
    condition = Condition("StringEquals", "aws:FederatedProvider", who.federated)
    compiled = CompiledCondition(condition, "Principal", deny=True, variables=False)
    return atoms.add(compiled, deny=True, variables=False)
