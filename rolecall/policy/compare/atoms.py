"""Conditions as atoms: each a question about one key, shared wherever it is asked again."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rolecall.policy.compare.holes import holes_in
from rolecall.policy.compare.patterns import (
    ANYTHING,
    Pattern,
    arn_pattern,
    literal,
    literal_in_any_case,
    pattern,
)
from rolecall.policy.compiled_condition import CompiledCondition
from rolecall.policy.condition import Condition
from rolecall.policy.operators import Family, Operator, SetQualifier, parse_operator
from rolecall.policy.template import Context, Token, Wild, fill_in, parse_template
from rolecall.policy.values import read_bool

TRUE, FALSE, NOT_OF_TYPE = 1, 2, 4
#: Families whose questions are about the letters of a value.
TEXT_FAMILIES = frozenset(
    {Family.STRING, Family.STRING_IGNORE_CASE, Family.STRING_LIKE, Family.ARN, Family.BOOL}
)
#: A value that no request has: it stands for a variable without one.
NO_VALUE = "\udfff"


class Probe(NamedTuple):
    """As much of a request as a condition looks at."""

    context: Context


@dataclass(eq=False)
class Atom:
    """One condition of statements with the same effect; `bit` is its number among all.

    `opaque` names what must be known before the condition means anything: policy
    variables that differ from request to request or, where `unknown`, values not known
    at plan time.
    """

    bit: int
    compiled: CompiledCondition
    deny: bool
    variables: bool
    opaque: tuple[str, ...] = ()
    unknown: bool = False

    @cached_property
    def operator(self) -> Operator:
        """The operator, taken apart."""
        return parse_operator(self.condition.operator)

    @property
    def condition(self) -> Condition:
        """What is written in the policy."""
        return self.compiled.condition

    @property
    def key(self) -> str:
        """The condition key, in lower case."""
        return self.compiled.key

    @cached_property
    def is_null(self) -> bool:
        """Whether only presence is asked."""
        return self.operator.family is Family.NULL

    def holds(self, context: Context) -> bool:
        """What the evaluator says of these keys."""
        return bool(self.compiled.holds(Probe(context)))  # type: ignore[arg-type]

    def outcomes(self, wanted: bool) -> int:
        """Which answers of the operator's test make one value `wanted`."""
        true = FALSE if self.operator.negated else TRUE
        if self.deny:
            true |= NOT_OF_TYPE
        return true if wanted else (TRUE | FALSE | NOT_OF_TYPE) ^ true

    @cached_property
    def tokens(self) -> tuple[tuple[Token, ...], ...]:
        """The values, with wildcards where the operator knows them."""
        wildcards = self.operator.family in (Family.STRING_LIKE, Family.ARN)
        return tuple(
            fill_in(
                parse_template(
                    value,
                    self.condition.operator,
                    variables=self.variables and "${" in value,
                    wildcards=wildcards,
                ),
                {},
            )
            or ()
            for value in self.condition.values
        )

    @cached_property
    def texts(self) -> tuple[str, ...] | None:
        """The only values for which the test is true, or None where they cannot be listed."""
        if self.operator.family not in (Family.STRING, Family.STRING_LIKE, Family.ARN):
            return None
        if any(isinstance(token, Wild) for tokens in self.tokens for token in tokens):
            return None
        return tuple("".join(map(str, tokens)) for tokens in self.tokens)

    @cached_property
    def of_several(self) -> bool:
        """Whether the operator is made for keys with several values."""
        return self.operator.qualifier is not SetQualifier.NONE

    @cached_property
    def patterns(self) -> tuple[Pattern, ...] | None:
        """The test as patterns; () entries match nothing. None: not a matter of letters."""
        family = self.operator.family
        if family is Family.STRING_IGNORE_CASE:
            texts = ("".join(map(str, tokens)) for tokens in self.tokens)
            rows = [literal_in_any_case(text) for text in texts if text != NO_VALUE]
            return None if None in rows else tuple(row for row in rows if row is not None)
        if family is Family.BOOL:
            return tuple(
                row
                for tokens in self.tokens
                if (word := "".join(map(str, tokens)).lower()) in ("true", "false")
                and (row := literal_in_any_case(word)) is not None
            )
        if family is Family.ARN:
            found = (arn_pattern(tokens) for tokens in self.tokens)
            return tuple(row for row in found if row)
        if family is Family.STRING:
            return tuple(literal("".join(map(str, tokens))) for tokens in self.tokens)
        if family is Family.STRING_LIKE:
            return tuple(
                ANYTHING if tokens == (Wild.ANY,) else pattern(tokens) for tokens in self.tokens
            )
        return None

    @cached_property
    def doubtful(self) -> bool:
        """Whether one of the values is no ARN pattern, so that no ARN surely does not match."""
        return self.operator.family is Family.ARN and any(
            arn_pattern(tokens) is None for tokens in self.tokens
        )


class Atoms:
    """All atoms of a comparison, each condition once."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Atom] = {}
        self.all: list[Atom] = []

    def add(self, compiled: CompiledCondition, *, deny: bool, variables: bool) -> Atom:
        """The atom of a condition."""
        condition = compiled.condition
        varying = variables and any("${" in value for value in condition.values)
        identity = (condition.operator, compiled.key, frozenset(condition.values), deny, varying)
        atom = self._found.get(identity)
        if atom is None:
            holes = tuple(
                name for text in (condition.key, *condition.values) for name in holes_in(text)
            )
            keys = (variable.key for variable in compiled.variables)
            opaque = tuple(dict.fromkeys(holes or keys))
            atom = Atom(1 << len(self.all), compiled, deny, variables, opaque, bool(holes))
            self._found[identity] = atom
            self.all.append(atom)
        return atom

    def filled(self, atom: Atom, values: Context) -> Atom:
        """The same condition with its variables replaced by what a caller has for them."""
        rows: list[str] = []
        for value in atom.condition.values:
            parts = parse_template(
                value,
                atom.condition.operator,
                variables=True,
                wildcards=atom.operator.family in (Family.STRING_LIKE, Family.ARN),
            )
            tokens = fill_in(parts, values)
            rows.append(NO_VALUE if tokens is None else "".join(map(_written, tokens)))
        if atom.operator.family is Family.BOOL:
            rows = [row if read_bool(row) is not None else "${*}" for row in rows]
        if atom.operator.family is Family.ARN:
            # An ARN pattern that no ARN matches: a variable without a value is no doubt.
            rows = [row if row != NO_VALUE else "none:::::" for row in rows]
        condition = Condition(atom.condition.operator, atom.condition.key, tuple(rows))
        compiled = CompiledCondition(condition, "Condition", deny=atom.deny, variables=True)
        return self.add(compiled, deny=atom.deny, variables=True)

    def one_value(self, atom: Atom, value: str) -> Atom:
        """The same condition with one of its values."""
        condition = Condition(atom.condition.operator, atom.condition.key, (value,))
        compiled = CompiledCondition(
            condition, "Condition", deny=atom.deny, variables=atom.variables
        )
        return self.add(compiled, deny=atom.deny, variables=atom.variables)

    def at(self, bits: int) -> list[Atom]:
        """The atoms of a set of bits."""
        found: list[Atom] = []
        while bits:
            bit = bits & -bits
            bits ^= bit
            found.append(self.all[bit.bit_length() - 1])
        return found


_PLAIN = {"$": "${$}", "*": "${*}", "?": "${?}"}


def _written(token: Token) -> str:
    """A token as a policy writes it, so that plain characters stay plain."""
    if isinstance(token, Wild):
        return token.value
    return "".join(_PLAIN.get(character, character) for character in token)
