"""Compiled policies, kept by the text of their document."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rolecall.policy import (
    CompiledPolicy,
    Effect,
    PolicyDocument,
    PolicyError,
    Principals,
    Statement,
)

ALLOW_EVERYTHING = CompiledPolicy(
    PolicyDocument(statements=(Statement(actions=("*",), resources=("*",)),))
)
DENY_EVERYTHING = CompiledPolicy(
    PolicyDocument(statements=(Statement(effect=Effect.DENY, actions=("*",), resources=("*",)),))
)
TRUST_NOBODY = CompiledPolicy(
    PolicyDocument(
        statements=(
            Statement(
                effect=Effect.DENY,
                principals=Principals(everyone=True),
                actions=("*",),
            ),
        )
    )
)


@lru_cache(maxsize=4096)
def compiled(text: str) -> CompiledPolicy:
    """An identity, boundary or session policy. One that cannot be read denies everything."""
    try:
        return CompiledPolicy(PolicyDocument.parse(text))
    except PolicyError:
        return DENY_EVERYTHING


@lru_cache(maxsize=4096)
def compiled_trust(text: str, gone: tuple[tuple[str, str], ...] = ()) -> CompiledPolicy:
    """A trust or resource policy; principals in `gone` are (ARN, unique id saved for it).

    One that cannot be read denies everybody.
    """
    try:
        document = PolicyDocument.parse(text)
    except PolicyError:
        return TRUST_NOBODY
    return CompiledPolicy(substitute_principals(document, dict(gone)))


def substitute_principals(document: PolicyDocument, names: dict[str, str]) -> PolicyDocument:
    """The document with AWS principals renamed: an ARN to a unique id, or back."""

    def renamed(principals: Principals | None) -> Principals | None:
        if principals is None:
            return None
        return replace(principals, aws=tuple(names.get(name, name) for name in principals.aws))

    statements: Sequence[Statement] = document.statements
    return replace(
        document,
        statements=tuple(
            replace(
                statement,
                principals=renamed(statement.principals),
                not_principals=renamed(statement.not_principals),
            )
            for statement in statements
        ),
    )
