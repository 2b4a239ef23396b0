"""A policy, compiled once and evaluated many times."""

from collections.abc import Iterable
from dataclasses import dataclass

from rolecall.policy.compiled_statement import CompiledStatement, PlacedStatement
from rolecall.policy.document import CURRENT_VERSION, PolicyDocument
from rolecall.policy.statement import Effect


@dataclass(frozen=True, slots=True)
class Side:
    """The statements of one policy in one place, by effect."""

    allows: tuple[PlacedStatement, ...]
    denies: tuple[PlacedStatement, ...]


class CompiledPolicy:
    """A policy as functions; immutable and thread safe. Raises PolicyError if it says nonsense."""

    __slots__ = ("as_bounded_resource", "as_identity", "as_resource", "document")

    def __init__(self, document: PolicyDocument) -> None:
        self.document = document
        compiled = [
            CompiledStatement(index, statement, variables=document.version == CURRENT_VERSION)
            for index, statement in enumerate(document.statements)
        ]
        self.as_identity = _side(statement.in_identity for statement in compiled)
        self.as_resource = _side(statement.in_resource for statement in compiled)
        self.as_bounded_resource = _side(s.in_bounded_resource for s in compiled)

    def __repr__(self) -> str:
        return f"<CompiledPolicy of {len(self.document.statements)} statements>"


def _side(placed: Iterable[PlacedStatement]) -> Side:
    statements = tuple(placed)
    return Side(
        tuple(s for s in statements if s.statement.effect is Effect.ALLOW),
        tuple(s for s in statements if s.statement.effect is Effect.DENY),
    )
