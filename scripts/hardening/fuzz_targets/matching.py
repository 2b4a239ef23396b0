"""Wildcards, numbers, dates, addresses: each condition operator and a naive one agree."""

import ipaddress

from rolecall.policy.operators import parse_operator
from rolecall.policy.value_tests import compile_values
from rolecall.policy.values import read_date, read_network, read_number
from scripts.hardening.fuzz_targets import reference
from scripts.hardening.fuzz_targets.draw import Draw, require

_LETTERS = "ab*?*:/.$aA\n\u0130é"
_ARNS = ["arn", ":", "aws", "*", "iam", "?", "1", "role/", "a", "b", "::", "arn:aws:iam::1:"]
_DIGITS = "0123456789.-+eE 0123456789_:TZ\u0661"
_ADDRESS = "0123456789.:/abcdef%x"


def check(data: bytes) -> None:
    """The oracle of this target."""
    draw = Draw(data)
    kind = draw.below(5)
    if kind == 0:
        pattern, text = _word(draw, _LETTERS, 14), _word(draw, _LETTERS, 14)
        _same("StringLike", pattern, text)
    elif kind == 1:
        pattern = "".join(draw.some_of(_ARNS, 14))
        text = "".join(draw.some_of([each for each in _ARNS if each not in "*?"], 14))
        _same("ArnLike", pattern, text)
    elif kind == 2:
        name = draw.one_of(["NumericEquals", "NumericLessThan", "NumericGreaterThanEquals"])
        limit, text = _word(draw, _DIGITS, 8), _word(draw, _DIGITS, 8)
        if read_number(limit) is not None:
            _same(name, limit, text)
            require(reference.number(limit) is not None, "a number that is none")
    elif kind == 3:
        text = _word(draw, _DIGITS, 25)
        found, wanted = read_date(text), reference.moment(text)
        if wanted is not None and found is not None:
            require(found == wanted * 10**9, f"another moment: {found} {wanted}")
    else:
        network, text = _word(draw, _ADDRESS, 18), _word(draw, _ADDRESS, 18)
        if read_network(network) is not None:
            ipaddress.ip_network(network, strict=False)
            _same("IpAddress", network, text)


def _word(draw: Draw, letters: str, most: int) -> str:
    return "".join(draw.some_of(letters, most))


def _same(name: str, pattern: str, text: str) -> None:
    test, _ = compile_values(parse_operator(name), (pattern,), "here", variables=False)
    base = name.removesuffix("IfExists")
    found = test(text, {})
    wanted = reference.compare(base, text, [pattern], {}, False)
    require(found == wanted, f"{name} {pattern!r} {text!r}: {found}, and {wanted} by the naive one")
