"""Text patterns as rows of symbols: what automata are made of."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from unicodedata import category

from rolecall.policy.glob import glob
from rolecall.policy.operators import Family
from rolecall.policy.template import Token, Wild, split_segments


class Symbol(NamedTuple):
    """One character, or with `star` any number of them.

    `chars` None: any character but `excluded`; otherwise one of `chars`.
    """

    star: bool
    chars: str | None
    excluded: str = ""


Pattern: TypeAlias = tuple[Symbol, ...]

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()
# Limits of IAM and STS, as `rolecall.policy.limits` checks them.
NAME = LOWER + UPPER + DIGITS + "_+=,.@-"
EXTERNAL_ID = NAME + ":/"
PATH = (
    LOWER
    + UPPER
    + DIGITS
    + "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum())
)


class _TagText(str):
    """Letters, numbers and spaces of any script, and a few signs."""

    __slots__ = ()

    def __contains__(self, character: object) -> bool:
        if str.__contains__(self, character):  # type: ignore[operator]
            return True
        text = str(character)
        return len(text) == 1 and text > "\x7f" and category(text)[0] in "LNZ"


TAG_TEXT = _TagText(LOWER + UPPER + DIGITS + " _.:/=+-@")
HOST = LOWER + DIGITS + ".-"
IDS = UPPER + DIGITS

ANYTHING: Pattern = (Symbol(True, None),)


@lru_cache(maxsize=4096)
def _letter(character: str) -> Symbol:
    return Symbol(False, character)


@lru_cache(maxsize=4096)
def _letter_in_any_case(character: str) -> Symbol:
    found = {character, character.lower(), character.upper()}
    if character in "kK":
        found.add("\u212a")  # KELVIN SIGN: its lower case is the letter k
    return Symbol(False, "".join(sorted(c for c in found if c.lower() == character.lower())))


def literal(text: str) -> Pattern:
    """The text itself."""
    return tuple(map(_letter, text))


def literal_in_any_case(text: str) -> Pattern | None:
    """Every text with the same lower case; None where that is not a matter of single letters."""
    return tuple(map(_letter_in_any_case, text)) if text.isascii() else None


def one_of(chars: str, *, at_least: int = 1, more: bool = True) -> Pattern:
    """So many characters of a set, or with `more` any number beyond."""
    row = (Symbol(False, chars),) * at_least
    return (*row, Symbol(True, chars)) if more else row


def pattern(tokens: Iterable[Token], *, excluded: str = "") -> Pattern:
    """A policy's pattern; its wildcards do not stand for `excluded` characters."""
    row: list[Symbol] = []
    for token in tokens:
        if isinstance(token, str):
            row.extend(map(_letter, token))
        else:
            row.append(Symbol(token is not Wild.ONE, None, excluded))
    return tuple(row)


def arn_pattern(tokens: tuple[Token, ...]) -> Pattern | None:
    """A pattern of the Arn operators, () where it matches nothing; None for no ARN pattern.

    Each of the first five wildcards ends at its segment; only what is an ARN matches.
    """
    segments = split_segments(tokens)
    if len(segments) != 6:
        return None
    if not glob(segments[0])("arn"):
        return ()
    row: list[Symbol] = list(literal("arn"))
    for number, segment in enumerate(segments[1:], 1):
        row.append(_letter(":"))
        row.extend(pattern(segment, excluded="" if number == 5 else ":"))
    return tuple(row)


_DECIMAL = one_of(DIGITS)
_SIGN = literal("-")
_ADDRESS = DIGITS + "abcdefABCDEF:."
#: What texts of other types look like; numbers exactly, the rest not closer than needed.
SHAPES: Mapping[Family, tuple[Pattern, ...]] = {
    Family.NUMERIC: tuple(
        sign + whole
        for sign in ((), _SIGN)
        for whole in (_DECIMAL, (*_DECIMAL, *literal("."), *_DECIMAL))
    ),
    Family.DATE: ((Symbol(False, DIGITS), Symbol(True, DIGITS + "TZ:+-.")),),
    Family.IP: (one_of(_ADDRESS, at_least=2),),
    Family.BINARY: (one_of(LOWER + UPPER + DIGITS + "+/=", at_least=0),),
}

_SEGMENT = (Symbol(True, None, ":"),)
_COLON = literal(":")
#: What the Arn operators take for an ARN.
ARN: Pattern = literal("arn") + (_COLON + _SEGMENT) * 4 + _COLON + ANYTHING
