"""The constraints that IAM's service model states for each parameter.

moto takes most parameters as they come and breaks at some of them; AWS answers
ValidationError. Checked after the rules of `rolecall.local.iam`, whose wording is AWS's
own where that differs from the general one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import botocore.session
from botocore.model import OperationNotFoundError

from rolecall.local.iam.parameters import validation_error
from rolecall.local.model_patterns import compiled_pattern

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    kind: str
    required: bool
    low: int | None
    high: int | None
    pattern: re.Pattern[str] | None
    choices: tuple[str, ...]

    def violation(self, params: Mapping[str, str]) -> str | None:
        value = params.get(self.name)
        if value is None:
            prefix = f"{self.name}."
            if self.required and not any(name.startswith(prefix) for name in params):
                return "Member must not be null"
            return None
        if self.kind in ("integer", "long"):
            return self._number(value)
        if self.kind == "boolean":
            return None if value in ("true", "false") else "Member must be true or false"
        if self.kind != "string":
            return None
        if self.low is not None and len(value) < self.low:
            return f"Member must have length greater than or equal to {self.low}"
        if self.high is not None and len(value) > self.high:
            return f"Member must have length less than or equal to {self.high}"
        if self.choices and value not in self.choices:
            return f"Member must satisfy enum value set: [{', '.join(self.choices)}]"
        if self.pattern is not None and self.pattern.fullmatch(value) is None:
            return f"Member must satisfy regular expression pattern: {self.pattern.pattern}"
        return None

    def _number(self, value: str) -> str | None:
        if _INTEGER.fullmatch(value) is None:
            return "Member must be a number"
        if self.low is not None and int(value) < self.low:
            return f"Member must have value greater than or equal to {self.low}"
        if self.high is not None and int(value) > self.high:
            return f"Member must have value less than or equal to {self.high}"
        return None


def check(action: str, params: Mapping[str, str]) -> None:
    """Raise ValidationError if a parameter is outside of what the model states."""
    found = [
        f"Value at '{member.name[:1].lower()}{member.name[1:]}' failed to satisfy constraint: {why}"
        for member in _members(action)
        if (why := member.violation(params)) is not None
    ]
    if found:
        noun = "error" if len(found) == 1 else "errors"
        raise validation_error(f"{len(found)} validation {noun} detected: " + "; ".join(found))


@lru_cache(maxsize=256)
def _members(action: str) -> tuple[_Member, ...]:
    try:
        shape = _model().operation_model(action).input_shape
    except OperationNotFoundError:
        return ()
    if shape is None:
        return ()
    return tuple(
        _Member(
            name=name,
            kind=member.type_name,
            required=name in shape.required_members,
            low=member.metadata.get("min"),
            high=member.metadata.get("max"),
            pattern=compiled_pattern(member.metadata.get("pattern")),
            choices=tuple(member.metadata.get("enum", ())),
        )
        for name, member in shape.members.items()
    )


@lru_cache(maxsize=1)
def _model() -> botocore.model.ServiceModel:
    return botocore.session.Session().get_service_model("iam")
