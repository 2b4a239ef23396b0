"""Python expressions as values: calls, names and literals, before they are written as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or a dotted name: `github`, `issuers.GITHUB_ACTIONS`."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a named class or function."""

    name: str
    args: tuple["Expression", ...] = ()
    kwargs: tuple[tuple[str, "Expression"], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """An item of a list, with comment lines above it."""

    comment: tuple[str, ...]
    value: "Expression"


Expression: TypeAlias = (
    str | bool | int | Name | Call | Said | list["Expression"] | Mapping[str, "Expression"]
)


def call(name: str, /, *args: Expression, **kwargs: Expression) -> Call:
    """A call; keyword arguments in the order given."""
    return Call(name, args, tuple(kwargs.items()))


def names_in(expression: Expression) -> Iterator[str]:
    """The names that an expression needs, each as often as it stands there."""
    if isinstance(expression, Name):
        yield expression.text
    elif isinstance(expression, Said):
        yield from names_in(expression.value)
    elif isinstance(expression, Call):
        yield expression.name
        for value in expression.args:
            yield from names_in(value)
        for _, value in expression.kwargs:
            yield from names_in(value)
    elif isinstance(expression, list):
        for value in expression:
            yield from names_in(value)
    elif isinstance(expression, Mapping):
        for value in expression.values():
            yield from names_in(value)
