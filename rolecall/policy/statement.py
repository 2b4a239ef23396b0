"""One statement of a policy."""

from dataclasses import dataclass
from enum import StrEnum

from rolecall.policy.condition import Condition, parse_conditions, render_conditions
from rolecall.policy.errors import PolicyError, quoted
from rolecall.policy.principals import Principals
from rolecall.policy.reading import mapping, scalar_or_list, strings, text


class Effect(StrEnum):
    """What a statement does when it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement as a value; an empty tuple means that the element is absent.

    Source: "Grammar of the IAM JSON policy language".
    """

    effect: Effect = Effect.ALLOW
    sid: str | None = None
    principals: Principals | None = None
    not_principals: Principals | None = None
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def parse(cls, value: object, where: str) -> "Statement":
        """Read one statement strictly; raises PolicyError."""
        members = mapping(value, where, 'write {"Effect": …, "Action": …}')
        for name in members:
            if name not in _ELEMENTS:
                raise PolicyError(
                    where,
                    f"{quoted(name)} is not an element of a statement",
                    f"write one of {', '.join(_ELEMENTS)}, in this case",
                )
        for name in ("Principal", "Action", "Resource"):
            if name in members and f"Not{name}" in members:
                raise PolicyError(
                    where, f"it has {name} together with Not{name}", "write one of the two"
                )
        if "Action" not in members and "NotAction" not in members:
            raise PolicyError(where, "it has no Action", 'write for example "Action": "sts:…"')

        def some(name: str) -> tuple[str, ...]:
            return strings(members[name], f"{where}.{name}") if name in members else ()

        def someone(name: str) -> Principals | None:
            return Principals.parse(members[name], f"{where}.{name}") if name in members else None

        return cls(
            effect=_effect(members.get("Effect"), where),
            sid=text(members["Sid"], f"{where}.Sid") if "Sid" in members else None,
            principals=someone("Principal"),
            not_principals=someone("NotPrincipal"),
            actions=_actions(some("Action"), f"{where}.Action"),
            not_actions=_actions(some("NotAction"), f"{where}.NotAction"),
            resources=some("Resource"),
            not_resources=some("NotResource"),
            conditions=(
                parse_conditions(members["Condition"], f"{where}.Condition")
                if "Condition" in members
                else ()
            ),
        )

    def to_dict(self) -> dict[str, object]:
        """The statement in canonical form; raises PolicyError for what JSON cannot say."""
        members: dict[str, object] = {}
        if self.sid is not None:
            members["Sid"] = self.sid
        members["Effect"] = self.effect.value
        for name, who in (("Principal", self.principals), ("NotPrincipal", self.not_principals)):
            if who is not None:
                members[name] = who.render()
        for name, values in (
            ("Action", self.actions),
            ("NotAction", self.not_actions),
            ("Resource", self.resources),
            ("NotResource", self.not_resources),
        ):
            if values:
                members[name] = scalar_or_list(values)
        if self.conditions:
            members["Condition"] = render_conditions(self.conditions)
        return members


def _effect(value: object, where: str) -> Effect:
    if isinstance(value, str) and value in (Effect.ALLOW.value, Effect.DENY.value):
        return Effect(value)
    problem = "it has no Effect" if value is None else f"Effect is {quoted(value)}"
    raise PolicyError(where, problem, 'write "Allow" or "Deny", in this case')


def _actions(values: tuple[str, ...], where: str) -> tuple[str, ...]:
    for value in values:
        service, colon, name = value.partition(":")
        if value != "*" and (not colon or not service or not name or " " in value):
            raise PolicyError(
                where, f"{quoted(value)} is not an action", 'write "service:Name" or "*"'
            )
    return values
