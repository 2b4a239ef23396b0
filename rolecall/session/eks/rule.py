"""What one statement of a trust policy demands of the tokens of one EKS cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

from rolecall.policy import Condition
from rolecall.policy.glob import glob
from rolecall.policy.operators import Family, parse_operator
from rolecall.policy.template import fill_in, parse_template

PREFIX = "system:serviceaccount"
#: What the EKS pod identity webhook asks for, unless the service account says otherwise.
DEFAULT_AUDIENCE = "sts.amazonaws.com"

_PATTERNS = (Family.STRING_LIKE, Family.ARN)
_TEXTS = (Family.STRING, Family.STRING_IGNORE_CASE, *_PATTERNS)


@dataclass(frozen=True, slots=True)
class EksRule:
    """One Allow statement. `issuer` is the cluster's, without `https://`.

    Other conditions of the statement (a session's name, a time) are not looked at: a pod
    may well satisfy them.
    """

    issuer: str
    on_subject: tuple[Condition, ...]
    on_audience: tuple[Condition, ...]

    def admits(self, namespace: str, name: str) -> bool:
        """Whether the tokens of that service account pass the conditions on `sub`."""
        return _passes(f"{PREFIX}:{namespace}:{name}", self.on_subject)

    @property
    def written_out(self) -> tuple[tuple[str, str], ...]:
        """The service accounts (namespace, name) that it names in full."""
        found = [_parts(value) for value, wild in _values(self.on_subject) if not wild]
        return tuple(
            dict.fromkeys(account for account in found if account and self.admits(*account))
        )

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of subjects it admits besides; `*` where it tests no subject."""
        values = _values(self.on_subject)
        if not values:
            return (f"{PREFIX}:*:*",)
        return tuple(dict.fromkeys(value for value, wild in values if wild))

    @property
    def audience(self) -> str | None:
        """An audience that it takes: the webhook's own, if it can be; None for none."""
        named = [value for value, wild in _values(self.on_audience) if not wild]
        for audience in (DEFAULT_AUDIENCE, *named):
            if _passes(audience, self.on_audience):
                return audience
        return None


def pinned(pattern: str) -> tuple[str | None, str | None]:
    """Namespace and name that a pattern states in full; None for what it leaves open."""
    parts = _parts(pattern)
    if parts is None:
        return None, None
    namespace, name = (None if _is_wild(part) else part for part in parts)
    return namespace, name


def _parts(subject: str) -> tuple[str, str] | None:
    system, _, rest = subject.partition(f"{PREFIX}:")
    parts = rest.split(":")
    return (parts[0], parts[1]) if not system and len(parts) == 2 and all(parts) else None


def _values(conditions: Sequence[Condition]) -> list[tuple[str, bool]]:
    """What positive conditions compare with, and whether it is a pattern."""
    return [
        (value, family in _PATTERNS and _is_wild(value))
        for condition in conditions
        for family, negated in [_kind(condition)]
        if family in _TEXTS and not negated
        for value in condition.values
    ]


def _passes(text: str, conditions: Sequence[Condition]) -> bool:
    for condition in conditions:
        family, negated = _kind(condition)
        if family not in _TEXTS:
            continue
        if negated == any(_matches(family, value, text) for value in condition.values):
            return False
    return True


def _matches(family: Family, value: str, text: str) -> bool:
    if family in _PATTERNS:
        tokens = fill_in(parse_template(value, "Condition", variables=False, wildcards=True), {})
        return tokens is not None and glob(tokens)(text)
    if family is Family.STRING_IGNORE_CASE:
        return value.casefold() == text.casefold()
    return value == text


def _kind(condition: Condition) -> tuple[Family, bool]:
    operator = parse_operator(condition.operator)
    return operator.family, operator.negated


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text
