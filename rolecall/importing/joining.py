"""Two statements that differ in subjects only, as the one that admits either."""

from dataclasses import replace

from rolecall.policy import Condition, Effect, Statement

_OPERATORS = ("StringEquals", "StringLike")


def joined(one: Statement, other: Statement) -> Statement | None:
    """The statement that lets in whom either lets in; None where they differ in more."""
    if one.effect is not Effect.ALLOW or other.effect is not Effect.ALLOW:
        return None
    ours, theirs = _subject(one), _subject(other)
    if ours is None or theirs is None or ours.key.lower() != theirs.key.lower():
        return None
    if _besides(one, ours) != _besides(other, theirs):
        return None
    if replace(one, sid=None, conditions=()) != replace(other, sid=None, conditions=()):
        return None
    like = Condition("StringLike", ours.key, tuple(dict.fromkeys(ours.values + theirs.values)))
    rest = tuple(each for each in one.conditions if each is not ours)
    return replace(one, sid=None, conditions=(like, *rest))


def _subject(statement: Statement) -> Condition | None:
    """The one condition on a token's subject, if StringLike could say it as well."""
    found = [each for each in statement.conditions if each.key.lower().endswith(":sub")]
    if len(found) != 1 or found[0].operator not in _OPERATORS:
        return None
    wild = any(set("*?$") & set(value) for value in found[0].values)
    return None if wild and found[0].operator == "StringEquals" else found[0]


def _besides(statement: Statement, subject: Condition) -> frozenset[tuple[str, str, object]]:
    return frozenset(
        (each.operator, each.key.lower(), frozenset(each.values))
        for each in statement.conditions
        if each is not subject
    )
