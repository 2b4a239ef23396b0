"""Conditions as a linter asks about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rolecall.policy import Condition
from rolecall.policy.operators import Family, Operator, SetQualifier, parse_operator

TEXT = frozenset({Family.STRING, Family.STRING_IGNORE_CASE, Family.STRING_LIKE})
_WILD = frozenset({Family.STRING_LIKE, Family.ARN})


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition of a statement; `key` in lower case."""

    condition: Condition
    operator: Operator
    key: str

    @property
    def for_all(self) -> bool:
        """Whether it is ForAllValues, which an absent key satisfies."""
        return self.operator.qualifier is SetQualifier.ALL

    @property
    def wants_absence(self) -> bool:
        """Whether it is `Null` and wants the key not to be there."""
        return self.operator.family is Family.NULL and "true" in {
            value.lower() for value in self.condition.values
        }

    @property
    def soft(self) -> bool:
        """Whether a request without the key satisfies it."""
        operator = self.operator
        if operator.qualifier is SetQualifier.ANY:
            return False
        return operator.negated or operator.if_exists or self.for_all or self.wants_absence

    @property
    def positive(self) -> bool:
        """Whether the key must be there, and must be one of the values."""
        return not self.soft and self.operator.family is not Family.NULL

    @property
    def wild(self) -> bool:
        """Whether the operator knows wildcards."""
        return self.operator.family in _WILD

    @property
    def words(self) -> str:
        """Operator and key."""
        return f"{self.condition.operator} {self.condition.key}"


@lru_cache(maxsize=4096)
def asked(condition: Condition) -> Asked:
    """A condition, taken apart."""
    return Asked(condition, parse_operator(condition.operator), condition.key.lower())


def open_value(value: str) -> bool:
    """Whether a value has a policy variable in it, or a place that is filled in later."""
    return "${" in value


def apart(have: Asked, want: Asked) -> bool:
    """Whether it is plain to see that no request satisfies both: for speed, never for proof
    of the contrary. `want` may be satisfied by an absent key as well, `have` is not."""
    if have.key != want.key or not have.positive or have.operator.family not in TEXT:
        return False
    if want.operator.family not in TEXT or want.operator.negated:
        return False
    return not any(
        _meet(mine, have.wild, theirs, want.wild)
        for mine in have.condition.values
        for theirs in want.condition.values
    )


def _meet(one: str, one_wild: bool, other: str, other_wild: bool) -> bool:
    if open_value(one):
        # It is a value that somebody chose, as far as can be told: not just any.
        return False
    first, first_open = _beginning(one.lower(), one_wild)
    second, second_open = _beginning(other.lower(), other_wild)
    if first_open and second_open:
        return first.startswith(second) or second.startswith(first)
    if first_open:
        return second.startswith(first)
    return first.startswith(second) if second_open else first == second


def _beginning(value: str, wild: bool) -> tuple[str, bool]:
    cut = min((at for at in (value.find("*"), value.find("?")) if at >= 0), default=-1)
    return (value[:cut], True) if wild and cut >= 0 else (value, False)


def keys_of(conditions: Iterable[Asked]) -> str:
    """Conditions in words: each operator and key once."""
    return " and ".join(dict.fromkeys(each.words for each in conditions))
