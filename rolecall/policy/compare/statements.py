"""The statements of a trust policy as compare needs them: what they are about, in atoms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rolecall.policy.callers import Caller
from rolecall.policy.compare.atoms import Atom, Atoms
from rolecall.policy.compiled_condition import CompiledCondition
from rolecall.policy.compiled_policy import CompiledPolicy, Side
from rolecall.policy.compiled_statement import PlacedStatement
from rolecall.policy.condition import Condition
from rolecall.policy.document import CURRENT_VERSION
from rolecall.policy.grants import Grant
from rolecall.policy.statement import Effect
from rolecall.policy.template import Context


class Asked(NamedTuple):
    """As much of a request as everything but conditions looks at."""

    action: str
    resource: str
    caller: Caller
    context: Context


@dataclass(slots=True)
class Rule:
    """One statement: its row of checks, and its conditions as atoms.

    `federated`: the providers a Deny names; it also means the sessions that came in
    through one of them, which is an atom of its own.
    """

    index: int
    placed: PlacedStatement
    bounded: PlacedStatement
    atoms: tuple[Atom, ...]
    federated: Atom | None

    def about(self, asked: Asked, *, bounded: bool) -> bool:
        """Whether action, principal and resource are meant, whatever the conditions say."""
        placed = self.bounded if bounded else self.placed
        return all(
            check(asked)  # type: ignore[arg-type]
            for element, check in zip(placed.elements, placed.checks, strict=True)
            if isinstance(element, str)
        )

    def worth(self, asked: Asked) -> Grant:
        """What an Allow's principal is worth to the caller."""
        return self.placed.grant(asked)  # type: ignore[arg-type]


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
            tuple(
                atoms.add(element, deny=deny, variables=variables)
                for element in placed.elements
                if isinstance(element, CompiledCondition)
            ),
            _through(placed, atoms),
        )
        for placed, other in pairs
    )


def _through(placed: PlacedStatement, atoms: Atoms) -> Atom | None:
    who = placed.statement.principals
    if placed.statement.effect is Effect.ALLOW or who is None or not who.federated:
        return None
    condition = Condition("StringEquals", "aws:FederatedProvider", who.federated)
    compiled = CompiledCondition(condition, "Principal", deny=True, variables=False)
    return atoms.add(compiled, deny=True, variables=False)
