"""What each family of condition operators asks of one value of the request.

A test answers True, False, or None: the request's value is not of the operator's
type, so that neither answer is sure. Whoever asks decides by the statement's effect.

Source: "IAM JSON policy elements: Condition operators".
"""

import operator as compare
from collections.abc import Callable
from typing import Any, TypeAlias

from rolecall.policy.glob import Matcher, glob
from rolecall.policy.operators import Family, Operator
from rolecall.policy.template import (
    Context,
    Part,
    Token,
    Variable,
    fill_in,
    parse_template,
    split_segments,
    variables_of,
)
from rolecall.policy.values import (
    read_address,
    read_binary,
    read_bool,
    read_date,
    read_network,
    read_number,
)

Test: TypeAlias = Callable[[str, Context], bool | None]
Templates: TypeAlias = list[tuple[Part, ...]]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": compare.eq,
    "NotEquals": compare.eq,
    "LessThan": compare.lt,
    "LessThanEquals": compare.le,
    "GreaterThan": compare.gt,
    "GreaterThanEquals": compare.ge,
}


def compile_values(
    operator: Operator, values: tuple[str, ...], where: str, *, variables: bool
) -> tuple[Test, tuple[Variable, ...]]:
    """The test whether any of the values matches, and the variables it depends on.

    Negation is not in it. Values were checked for their type when the document was
    parsed; a document put together by hand is checked by whoever calls this.
    """
    family = operator.family
    if family in (Family.NUMERIC, Family.DATE):
        return _ordered(operator, values), ()
    if family is Family.IP:
        return _address(values), ()
    if family is Family.BINARY:
        return _binary(values), ()
    patterned = family in (Family.STRING_LIKE, Family.ARN)
    templates = [
        parse_template(value, where, variables=variables, wildcards=patterned) for value in values
    ]
    used = tuple(variable for parts in templates for variable in variables_of(parts))
    compiler = {
        Family.STRING: _exact,
        Family.STRING_IGNORE_CASE: _exact_ignoring_case,
        Family.STRING_LIKE: _like,
        Family.ARN: _arn,
        Family.BOOL: _bool,
    }[family]
    return compiler(templates), used


def split_static(templates: Templates) -> tuple[list[tuple[Token, ...]], Templates]:
    """Texts without a variable, which are prepared once, and the rest."""
    fixed: list[tuple[Token, ...]] = []
    varying: Templates = []
    for parts in templates:
        tokens = None if variables_of(parts) else fill_in(parts, {})
        if tokens is None:
            varying.append(parts)
        else:
            fixed.append(tokens)
    return fixed, varying


def _text(tokens: tuple[Token, ...]) -> str:
    return "".join(token for token in tokens if isinstance(token, str))


def _exact(templates: Templates) -> Test:
    fixed, varying = split_static(templates)
    texts = frozenset(_text(tokens) for tokens in fixed)
    if not varying:
        return lambda value, _context: value in texts

    def test(value: str, context: Context) -> bool:
        if value in texts:
            return True
        filled = (fill_in(parts, context) for parts in varying)
        return any(tokens is not None and _text(tokens) == value for tokens in filled)

    return test


def _exact_ignoring_case(templates: Templates) -> Test:
    """Equal in small letters and in capitals; in one of the two only, it is not sure.

    AWS does not say how letters beyond ASCII are folded: whether the Kelvin sign is a k
    and `STRASSE` is `straße` is left open.
    """
    fixed, varying = split_static(templates)
    texts = [_text(tokens) for tokens in fixed]
    both = frozenset((text.lower(), text.upper()) for text in texts)
    either = (frozenset(lower for lower, _ in both), frozenset(upper for _, upper in both))

    def test(value: str, context: Context) -> bool | None:
        lower, upper = value.lower(), value.upper()
        if (lower, upper) in both:
            return True
        unsure = lower in either[0] or upper in either[1]
        for parts in varying:
            tokens = fill_in(parts, context)
            if tokens is None:
                continue
            text = _text(tokens)
            same_lower, same_upper = text.lower() == lower, text.upper() == upper
            if same_lower and same_upper:
                return True
            unsure = unsure or same_lower or same_upper
        return None if unsure else False

    return test


def _like(templates: Templates) -> Test:
    fixed, varying = split_static(templates)
    matchers = tuple(glob(tokens) for tokens in fixed)
    if len(matchers) == 1 and not varying:
        only = matchers[0]
        return lambda value, _context: only(value)

    def test(value: str, context: Context) -> bool:
        for matches in matchers:
            if matches(value):
                return True
        filled = (fill_in(parts, context) for parts in varying)
        return any(tokens is not None and glob(tokens)(value) for tokens in filled)

    return test


def _arn_matcher(tokens: tuple[Token, ...]) -> tuple[Matcher, ...] | None:
    """One matcher a segment; None for a pattern that does not have an ARN's six."""
    segments = split_segments(tokens)
    return tuple(glob(segment) for segment in segments) if len(segments) == 6 else None


def _arn(templates: Templates) -> Test:
    fixed, varying = split_static(templates)
    patterns = [_arn_matcher(tokens) for tokens in fixed]
    matchers = tuple(pattern for pattern in patterns if pattern is not None)
    # A pattern without six segments (a bare `*`) is not documented to match, nor not to.
    doubtful = len(matchers) < len(patterns)

    def test(value: str, context: Context) -> bool | None:
        segments = value.split(":", 5)
        if len(segments) != 6 or segments[0] != "arn":
            return None
        unsure = doubtful
        for pattern in matchers:
            if all(matches(s) for matches, s in zip(pattern, segments, strict=True)):
                return True
        for parts in varying:
            tokens = fill_in(parts, context)
            if tokens is None:
                continue
            pattern_now = _arn_matcher(tokens)
            if pattern_now is None:
                unsure = True
            elif all(matches(s) for matches, s in zip(pattern_now, segments, strict=True)):
                return True
        return None if unsure else False

    return test


def _bool(templates: Templates) -> Test:
    fixed, varying = split_static(templates)
    wanted = frozenset(read_bool(_text(tokens)) for tokens in fixed)

    def test(value: str, context: Context) -> bool | None:
        found = read_bool(value)
        if found is None:
            return None
        if found in wanted:
            return True
        filled = (fill_in(parts, context) for parts in varying)
        return any(tokens is not None and read_bool(_text(tokens)) is found for tokens in filled)

    return test


def _ordered(operator: Operator, values: tuple[str, ...]) -> Test:
    read = read_number if operator.family is Family.NUMERIC else read_date
    holds = _COMPARISONS[operator.name.removeprefix("Numeric").removeprefix("Date")]
    limits = tuple(limit for limit in map(read, values) if limit is not None)

    def test(value: str, _context: Context) -> bool | None:
        found = read(value)
        if found is None:
            return None
        return any(holds(found, limit) for limit in limits)

    return test


def _address(values: tuple[str, ...]) -> Test:
    networks = tuple(network for network in map(read_network, values) if network is not None)

    def test(value: str, _context: Context) -> bool | None:
        found = read_address(value)
        if found is None:
            return None
        version, number = found
        for of_version, start, mask in networks:
            if version == of_version and number & mask == start:
                return True
        return False

    return test


def _binary(values: tuple[str, ...]) -> Test:
    wanted = frozenset(read_binary(value) for value in values)

    def test(value: str, _context: Context) -> bool | None:
        found = read_binary(value)
        return None if found is None else found in wanted

    return test
