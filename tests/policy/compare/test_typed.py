"""Numbers, dates, addresses, booleans and ARNs: the same in other words, more, or less."""

from typing import Any

import pytest

from rolecall.policy.compare import compare
from tests.policy.compare.labelled import OTHER, OWN, aws, policy

HOP = f"arn:aws:iam::{OTHER}:role/hop"
THERE = {"Null": {"k:v": "false"}}
_BACK = {"wider": "narrower", "narrower": "wider"}


def block(operator: str, *values: str, **more: dict[str, Any]) -> dict[str, Any]:
    return {operator: {"k:v": [*values]}, **more}


def but(operator: str, *values: str) -> list[dict[str, Any]]:
    """Everything, but for a Deny."""
    deny = {"Effect": "Deny", "Condition": block(operator, *values)}
    return [aws(HOP, "sts:*"), {**aws(HOP, "sts:*"), **deny}]


def only(*blocks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**aws(HOP, "sts:*"), "Condition": each} for each in blocks]


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        # Numbers.
        (only(block("NumericEquals", "1")), only(block("NumericEquals", "1.0")), "same"),
        (only(block("NumericEquals", "1")), only(block("NumericEquals", "1", "2")), "wider"),
        (only(block("NumericLessThan", "2")), only(block("NumericLessThanEquals", "2")), "wider"),
        (only(block("NumericLessThan", "2")), only(block("NumericLessThan", "2.5")), "wider"),
        (only(block("NumericLessThan", "2")), only(block("NumericLessThan", "2", "1")), "same"),
        (only(block("NumericGreaterThan", "2")), only(block("NumericGreaterThanEquals", "2")),
         "wider"),
        (only(block("NumericNotEquals", "5", **THERE)),
         only(block("NumericLessThan", "5"), block("NumericGreaterThan", "5")), "same"),
        (only(block("NumericNotEquals", "5")), but("NumericEquals", "5"), "same"),
        (only(block("NumericEquals", "1")), only(block("StringEquals", "1")), "narrower"),
        (only(block("NumericEquals", "1")), only(block("NumericEquals", "1"),
                                                  block("StringEquals", "01")), "same"),
        (only(block("NumericEquals", "1", StringNotEquals={"k:v": ["1", "1.0", "1.00", "01"]})),
         only(block("NumericEquals", "1")), "wider"),
        (only(block("NumericLessThan", "1"), block("NumericGreaterThan", "1")),
         only(block("NumericLessThanEquals", "1"), block("NumericGreaterThan", "1")), "wider"),
        (only(block("NumericLessThan", "1", NumericGreaterThan={"k:v": "0"})),
         only(block("NumericEquals", "0.5")), "narrower"),
        (only(block("NumericEquals", "1", NumericGreaterThan={"k:v": "1"})), [], "same"),
        # Dates.
        (only(block("DateLessThan", "2030-01-01")),
         only(block("DateLessThan", "2030-01-01T01:00:00+01:00")), "same"),
        (only(block("DateLessThan", "2030-01-01")),
         only(block("DateLessThan", "2030-01-01T00:00:00.5Z")), "wider"),
        (only(block("DateLessThan", "1893456000")), only(block("DateLessThan", "2030-01-01")),
         "same"),
        (only(block("DateEquals", "2030-01-01")), only(block("StringEquals", "2030-01-01")),
         "narrower"),
        (only(block("DateEquals", "2030-01-01", StringNotEquals={
            "k:v": ["2030-01-01T00:00:00Z", "2030-01-01", "1893456000", "2030-01"]})),
         [], "narrower"),
        (only(block("DateEquals", "2030-01-01", DateGreaterThan={"k:v": "2030-01-01"})), [],
         "same"),
        (only(block("DateNotEquals", "2030-01-01")), but("DateEquals", "2030-01-01"), "same"),
        (only(block("DateGreaterThan", "2030-01-01", DateLessThan={"k:v": "2030-01-02"})),
         only(block("DateEquals", "2030-01-01T12:00:00Z")), "narrower"),
        (only(block("DateGreaterThan", "2030-01-01T00:00:00.2Z",
                    DateLessThan={"k:v": "2030-01-01T00:00:00.7Z"})), [], "narrower"),
        # Whatever is of none of the types.
        (only(block("NumericLessThan", "10"), block("NumericGreaterThanEquals", "10")),
         only(block("StringNotLike", "x*", "", **THERE)), "wider"),
        (only(block("DateLessThan", "2030-01-01"), block("DateGreaterThanEquals", "2030-01-01")),
         only(block("StringNotLike", "x*", "", **THERE)), "wider"),
        (only(block("IpAddress", "0.0.0.0/0", "::/0")),
         only(block("StringNotLike", "x*", "", **THERE)), "wider"),
        (only(block("NumericLessThan", "10", StringLike={"k:v": "x*"})), [], "same"),
        (only(block("IpAddress", "10.0.0.0/8", StringLike={"k:v": "x*"})), [], "same"),
        # Addresses.
        (only(block("IpAddress", "10.0.0.0/8")),
         only(block("IpAddress", "10.0.0.0/9", "10.128.0.0/9")), "same"),
        (only(block("IpAddress", "10.0.0.0/8")),
         only(block("IpAddress", "10.0.0.0/9", "10.128.0.0/10")), "narrower"),
        (only(block("IpAddress", "10.0.0.1")), only(block("IpAddress", "10.0.0.1/32")), "same"),
        (only(block("IpAddress", "10.0.0.1")), only(block("IpAddress", "10.0.0.1/31")), "wider"),
        (only(block("IpAddress", "::/0")), only(block("IpAddress", "::/1", "8000::/1")), "same"),
        (only(block("IpAddress", "::/0", "0.0.0.0/0")), only(block("IpAddress", "::/0")),
         "narrower"),
        (only(block("IpAddress", "::/0", NotIpAddress={"k:v": "::/1"})), [], "narrower"),
        (only(block("IpAddress", "::/0", NotIpAddress={"k:v": "8000::/1"})), [], "narrower"),
        (only(block("IpAddress", "0.0.0.0/0", NotIpAddress={"k:v": "128.0.0.0/1"})), [],
         "narrower"),
        (only(block("IpAddress", "0.0.0.0/0", NotIpAddress={"k:v": ["0.0.0.0/1", "192.0.0.0/2"]})),
         [], "narrower"),
        (only(block("IpAddress", "255.255.255.255", "::1")), only(block("IpAddress", "::1")),
         "narrower"),
        (only(block("NotIpAddress", "10.0.0.0/8")), but("IpAddress", "10.0.0.0/8"), "same"),
        (only(block("NotIpAddress", "10.0.0.0/8", **THERE)),
         only(block("NotIpAddress", "10.0.0.0/9", **THERE)), "wider"),
        # True and false; any case.
        (only(block("Bool", "true")), only(block("StringEquals", "true")), "narrower"),
        (only(block("Bool", "true")), only(block("StringEqualsIgnoreCase", "true")), "same"),
        (only(block("Bool", "true")), only(block("Bool", "TRUE")), "same"),
        (only(block("Bool", "true")), only(block("Bool", "false")), "both"),
        (only(block("Bool", "true")), only(block("Bool", "true", "false")), "wider"),
        (only(block("Bool", "true", "false")), only(THERE), "wider"),
        (only(block("Bool", "true", "false")),
         only(block("StringEqualsIgnoreCase", "true", "false")), "same"),
        (only(block("Bool", "true", StringNotEquals={"k:v": ["true", "TRUE", "True"]})), [],
         "narrower"),
        (only(block("Bool", "true", StringLike={"k:v": "f*"})), [], "same"),
        (only(block("BoolIfExists", "true")),
         only(block("Bool", "true"), {"Null": {"k:v": "true"}}), "same"),
        (but("Bool", "true"), only({"Null": {"k:v": "true"}}, block("Bool", "false")), "same"),
        # ARNs, part by part.
        (only(block("ArnLike", "arn:aws:iam::*:user/*")),
         only(block("StringLike", "arn:aws:iam::*:user/*")), "wider"),
        (only(block("ArnEquals", "arn:aws:iam::1:user/a")),
         only(block("ArnLike", "arn:aws:iam::1:user/a")), "same"),
        (only(block("ArnEquals", "arn:aws:iam::1:user/a")),
         only(block("StringEquals", "arn:aws:iam::1:user/a")), "same"),
        (only(block("ArnNotLike", "arn:aws:iam::1:user/*")),
         but("ArnLike", "arn:aws:iam::1:user/*"), "same"),
        (only(block("ArnNotLike", "arn:aws:iam::1:user/*", **THERE)),
         only(block("ArnLike", "arn:*:*:*:*:*")), "wider"),
        (only(block("ArnLike", "arn:*:*:*:*:*")), only(block("StringLike", "arn:*:*:*:*:*")),
         "same"),
        (only(block("ArnLike", "arn:*:*:*:*:*")), only(THERE), "wider"),
        (only(block("ArnLike", "*")), [], "same"),
        (only(block("ArnNotLike", "*")), only({"Null": {"k:v": "true"}}), "same"),
        (only(block("ArnLike", "*", "arn:aws:iam::1:user/a")),
         only(block("ArnLike", "arn:aws:iam::1:user/a")), "same"),
        (but("ArnLike", "*"), only({"Null": {"k:v": "true"}}), "same"),
        (but("ArnLike", "*", "arn:aws:iam::1:user/a"), but("ArnLike", "*"), "same"),
        (but("ArnLike", "*", "arn:aws:iam::1:user/a"), but("ArnLike", "arn:aws:iam::1:user/a"),
         "wider"),
        (but("ArnNotLike", "arn:aws:iam::1:*"), only(block("ArnLike", "arn:aws:iam::1:*")), "same"),
        # Base64.
        (only(block("BinaryEquals", "YQ==")), only(block("BinaryEquals", "YQ==", "Yg==")),
         "wider"),
        (only(block("BinaryEquals", "YQ==")), only(block("BinaryEquals", "Yg==")), "both"),
        # Letters, in any case.
        (only(block("StringEqualsIgnoreCase", "ab")),
         only(block("StringEquals", "ab", "aB", "Ab", "AB")), "same"),
        (only(block("StringEqualsIgnoreCase", "ab")),
         only(block("StringEquals", "ab", "aB", "AB")), "narrower"),
        (only(block("StringNotEqualsIgnoreCase", "ab")),
         but("StringEqualsIgnoreCase", "ab"), "same"),
        (only(block("StringLike", "?", "??*")), only(block("StringLike", "?*")), "same"),
        (only(block("StringLike", "?*")), only(block("StringLike", "*")), "wider"),
    ],
)  # fmt: skip
def test_a_change_of_types(
    old: list[dict[str, Any]], new: list[dict[str, Any]], answer: str
) -> None:
    before, after = policy(*old), [policy(*new)] if new else []
    assert compare(before, after, account=OWN).verdict == answer
    assert compare(after, before, account=OWN).verdict == _BACK.get(answer, answer)


def test_what_is_of_two_types_at_once_is_not_denied() -> None:
    """A row of digits is a number, and a date as well: seconds since 1970."""
    both = only(block("DateEquals", "2030-01-01", NumericGreaterThan={"k:v": "1"}))
    assert compare([], policy(*both), account=OWN).verdict in ("wider", "undecided")
