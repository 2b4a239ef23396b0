"""Texts of a policy that hold wildcards and policy variables, taken apart.

Source: "IAM policy elements: Variables and tags". Variables exist in version
2012-10-17 only. `${*}`, `${?}` and `${$}` are the plain characters. What a variable
stands for is plain text: a user named `*` must not match everything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from rolecall.policy.errors import PolicyError, quoted

Context: TypeAlias = Mapping[str, str | tuple[str, ...]]


class Wild(Enum):
    """A wildcard of a pattern."""

    ANY = "*"
    ONE = "?"
    WITHIN_SEGMENT = "* up to the next colon"


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key}` or `${key, 'default'}`; the key in lower case."""

    key: str
    default: str | None = None

    def resolve(self, context: Context) -> str | None:
        """The variable's value in a request, or None where it has none.

        A key with several values cannot stand in for a text; AWS documents that such
        keys are no variables, so they count as having no value.
        """
        value = context.get(self.key)
        if value is None or value == ():
            return self.default
        return value if isinstance(value, str) else None


Token: TypeAlias = str | Wild
Part: TypeAlias = str | Wild | Variable

_VARIABLE = re.compile(r"\$\{\s*([^\s,'{}$*?][^,'{}$]*?)\s*(?:,\s*'([^']*)'\s*)?\}")
_ESCAPES = {"${*}": "*", "${?}": "?", "${$}": "$"}
_WILDCARDS = {"*": Wild.ANY, "?": Wild.ONE}


def parse_template(text: str, where: str, *, variables: bool, wildcards: bool) -> tuple[Part, ...]:
    """Take a text apart; raises PolicyError for a variable that is not well formed."""
    parts: list[Part] = []
    literal: list[str] = []

    def flush() -> None:
        if literal:
            parts.append("".join(literal))
            literal.clear()

    position = 0
    while position < len(text):
        if variables and text.startswith("${", position):
            escape = _ESCAPES.get(text[position : position + 4])
            if escape is not None:
                literal.append(escape)
                position += 4
                continue
            found = _VARIABLE.match(text, position)
            if not found:
                raise PolicyError(
                    where,
                    f"{quoted(text)} has a policy variable that is not well formed",
                    "write ${key} or ${key, 'default'}, and ${$} for a dollar sign",
                )
            flush()
            parts.append(Variable(found[1].lower(), found[2]))
            position = found.end()
            continue
        character = text[position]
        wild = _WILDCARDS.get(character) if wildcards else None
        if wild is None:
            literal.append(character)
        else:
            flush()
            # Two asterisks mean what one means.
            if not (wild is Wild.ANY and parts and parts[-1] is Wild.ANY):
                parts.append(wild)
        position += 1
    flush()
    return tuple(parts)


def variables_of(parts: tuple[Part, ...]) -> tuple[Variable, ...]:
    """The variables of a text."""
    return tuple(part for part in parts if isinstance(part, Variable))


def fill_in(parts: tuple[Part, ...], context: Context) -> tuple[Token, ...] | None:
    """The text with its variables replaced, or None where one has no value."""
    tokens: list[Token] = []
    for part in parts:
        if isinstance(part, Variable):
            value = part.resolve(context)
            if value is None:
                return None
            tokens.append(value)
        else:
            tokens.append(part)
    return tuple(tokens)


def split_segments(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Cut a pattern at its first five colons, as an ARN is cut."""
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Wild):
            segments[-1].append(token)
            continue
        first, *rest = token.split(":", 6 - len(segments))
        if first:
            segments[-1].append(first)
        for piece in rest:
            segments.append([piece] if piece else [])
    return [tuple(segment) for segment in segments]
