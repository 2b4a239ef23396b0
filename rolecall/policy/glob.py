"""Wildcard patterns as functions, in time linear in the text for a given pattern.

Why not one regular expression: `*a*a*a*b` makes a backtracking engine try every way
to place the pieces, and policies are written by strangers.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from rolecall.policy.template import Token, Wild

Matcher: TypeAlias = Callable[[str], bool]


def glob(tokens: tuple[Token, ...]) -> Matcher:
    """A function that tells whether a whole text matches the pattern."""
    if Wild.WITHIN_SEGMENT in tokens:
        return _automaton(tokens)
    if Wild.ANY not in tokens and Wild.ONE not in tokens:
        text = _literal(tokens)
        return lambda value: value == text
    if tokens == (Wild.ANY,):
        return lambda _value: True
    if Wild.ONE not in tokens:
        if tokens.count(Wild.ANY) == 1 and tokens[-1] is Wild.ANY:
            prefix = _literal(tokens[:-1])
            return lambda value: value.startswith(prefix)
        if tokens.count(Wild.ANY) == 1 and tokens[0] is Wild.ANY:
            suffix = _literal(tokens[1:])
            return lambda value: value.endswith(suffix)
    return _pieces(tokens)


def _literal(tokens: tuple[Token, ...]) -> str:
    return "".join(token for token in tokens if isinstance(token, str))


class _Piece:
    """What stands between two asterisks: of one length, so found in one place at a time."""

    __slots__ = ("length", "pattern")

    def __init__(self, tokens: list[Token]) -> None:
        self.length = sum(1 if isinstance(t, Wild) else len(t) for t in tokens)
        source = "".join("." if isinstance(t, Wild) else re.escape(t) for t in tokens)
        self.pattern = re.compile(source, re.DOTALL)


def _pieces(tokens: tuple[Token, ...]) -> Matcher:
    groups: list[list[Token]] = [[]]
    for token in tokens:
        if token is Wild.ANY:
            groups.append([])
        else:
            groups[-1].append(token)
    pieces = [_Piece(group) for group in groups]
    first, last, middle = pieces[0], pieces[-1], pieces[1:-1]
    if len(pieces) == 1:
        return lambda value: first.pattern.fullmatch(value) is not None

    def matches(value: str) -> bool:
        start, end = first.length, len(value) - last.length
        if end < start or not first.pattern.match(value) or not last.pattern.match(value, end):
            return False
        # The leftmost place leaves the most room for what follows, so it is always right.
        for piece in middle:
            found = piece.pattern.search(value, start, end)
            if found is None:
                return False
            start = found.end()
        return True

    return matches


def _automaton(tokens: tuple[Token, ...]) -> Matcher:
    """Every position at once, as bits of a number: needed where asterisks differ in reach."""
    symbols: list[Token] = []
    for token in tokens:
        symbols.extend(token if isinstance(token, str) else (token,))
    steps: dict[str, int] = {}
    one = far = near = 0
    for index, symbol in enumerate(symbols):
        if symbol is Wild.ONE:
            one |= 1 << index
        elif symbol is Wild.ANY:
            far |= 1 << index
        elif symbol is Wild.WITHIN_SEGMENT:
            near |= 1 << index
        else:
            assert isinstance(symbol, str)  # noqa: S101 - narrows the type, every case is above
            steps[symbol] = steps.get(symbol, 0) | 1 << index
    stars, final = far | near, 1 << len(symbols)

    def skip(states: int) -> int:
        """An asterisk may stand for nothing."""
        reached = states
        while fresh := (reached & stars) << 1 & ~reached:
            reached |= fresh
        return reached

    def matches(value: str) -> bool:
        states = skip(1)
        for character in value:
            stay = far if character == ":" else stars
            states = skip((states & (steps.get(character, 0) | one)) << 1 | states & stay)
            if not states:
                return False
        return states & final != 0

    return matches
