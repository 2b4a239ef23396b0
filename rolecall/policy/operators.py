"""The names of condition operators, and what they are made of.

Source: "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rolecall.policy.errors import PolicyError, quoted


class Family(Enum):
    """What kind of value an operator compares."""

    STRING = "text"
    STRING_IGNORE_CASE = "text, ignoring case"
    STRING_LIKE = "a text pattern"
    NUMERIC = "a number"
    DATE = "a date"
    BOOL = "true or false"
    BINARY = "base64 text"
    IP = "an IP address or CIDR range"
    ARN = "an ARN pattern"
    NULL = "true or false (whether the key is absent)"


class SetQualifier(Enum):
    """How an operator treats a key with several values."""

    NONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator, taken apart. `name` is the base name in AWS's own spelling."""

    name: str
    family: Family
    negated: bool = False
    qualifier: SetQualifier = SetQualifier.NONE
    if_exists: bool = False

    def __str__(self) -> str:
        prefix = f"{self.qualifier.value}:" if self.qualifier.value else ""
        return prefix + self.name + ("IfExists" if self.if_exists else "")


_BASES: dict[str, tuple[Family, bool]] = {
    "StringEquals": (Family.STRING, False),
    "StringNotEquals": (Family.STRING, True),
    "StringEqualsIgnoreCase": (Family.STRING_IGNORE_CASE, False),
    "StringNotEqualsIgnoreCase": (Family.STRING_IGNORE_CASE, True),
    "StringLike": (Family.STRING_LIKE, False),
    "StringNotLike": (Family.STRING_LIKE, True),
    "NumericEquals": (Family.NUMERIC, False),
    "NumericNotEquals": (Family.NUMERIC, True),
    "NumericLessThan": (Family.NUMERIC, False),
    "NumericLessThanEquals": (Family.NUMERIC, False),
    "NumericGreaterThan": (Family.NUMERIC, False),
    "NumericGreaterThanEquals": (Family.NUMERIC, False),
    "DateEquals": (Family.DATE, False),
    "DateNotEquals": (Family.DATE, True),
    "DateLessThan": (Family.DATE, False),
    "DateLessThanEquals": (Family.DATE, False),
    "DateGreaterThan": (Family.DATE, False),
    "DateGreaterThanEquals": (Family.DATE, False),
    "Bool": (Family.BOOL, False),
    "BinaryEquals": (Family.BINARY, False),
    "IpAddress": (Family.IP, False),
    "NotIpAddress": (Family.IP, True),
    "ArnEquals": (Family.ARN, False),
    "ArnLike": (Family.ARN, False),
    "ArnNotEquals": (Family.ARN, True),
    "ArnNotLike": (Family.ARN, True),
    "Null": (Family.NULL, False),
}
OPERATOR_NAMES: tuple[str, ...] = tuple(_BASES)

_BY_LOWER = {name.lower(): name for name in _BASES}
_QUALIFIERS = {q.value.lower(): q for q in SetQualifier}
_SHAPE = re.compile(r"(?:([a-z]+):)?([a-z]+)", re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=512)
def parse_operator(text: str, where: str = "Condition") -> Operator:
    """Take an operator's name apart, in any case; raises PolicyError for an unknown one."""
    shape = _SHAPE.fullmatch(text)
    if shape:
        qualifier = _QUALIFIERS.get((shape[1] or "").lower())
        base = shape[2].lower()
        if_exists = base not in _BY_LOWER and base.endswith("ifexists")
        if if_exists:
            base = base.removesuffix("ifexists")
        if qualifier is not None and base in _BY_LOWER:
            name = _BY_LOWER[base]
            family, negated = _BASES[name]
            if family is not Family.NULL:
                return Operator(name, family, negated, qualifier, if_exists)
            if qualifier is SetQualifier.NONE and not if_exists:
                return Operator(name, family)
            raise PolicyError(
                where,
                f"{quoted(text)} qualifies the operator Null",
                "write Null alone, because it tests presence already",
            )
    raise PolicyError(
        where,
        f"{quoted(text)} is not a condition operator",
        "write one such as StringEquals, ArnLike, NumericLessThan, Bool or IpAddress, "
        "optionally with ForAllValues:/ForAnyValue: before and IfExists behind",
    )
