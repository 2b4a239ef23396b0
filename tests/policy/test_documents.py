"""Documents as values: what is read, what is refused and where, how it is written."""

import json
from decimal import Decimal
from typing import Any

import pytest

from rolecall.policy import (
    CompiledPolicy,
    Condition,
    Effect,
    PolicyDocument,
    PolicyError,
    Principals,
    Statement,
    parse_condition_block,
)
from rolecall.policy.errors import quoted
from rolecall.policy.values import read_address, read_date, read_number

TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Alice",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::111122223333:user/alice"]},
            "Action": ["sts:TagSession", "sts:AssumeRole"],
            "Condition": {
                "StringEquals": {"sts:ExternalId": ["b", "a"]},
                "Bool": {"aws:MultiFactorAuthPresent": True},
                "NumericLessThan": {"aws:MultiFactorAuthAge": 3600},
            },
        }
    ],
}


def with_(**elements: object) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **elements}
    return {"Version": "2012-10-17", "Statement": statement}


def test_a_document_is_read_into_values() -> None:
    document = PolicyDocument.parse(json.dumps(TRUST))
    assert document.version == "2012-10-17"
    assert document.statements == (
        Statement(
            sid="Alice",
            effect=Effect.ALLOW,
            principals=Principals(aws=("arn:aws:iam::111122223333:user/alice",)),
            actions=("sts:TagSession", "sts:AssumeRole"),
            conditions=(
                Condition("StringEquals", "sts:ExternalId", ("b", "a")),
                Condition("Bool", "aws:MultiFactorAuthPresent", ("true",)),
                Condition("NumericLessThan", "aws:MultiFactorAuthAge", ("3600",)),
            ),
        ),
    )


def test_the_canonical_text_is_compact_sorted_and_stable() -> None:
    assert PolicyDocument.parse(TRUST).to_json() == (
        '{"Version":"2012-10-17","Statement":{"Sid":"Alice","Effect":"Allow",'
        '"Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},'
        '"Action":["sts:AssumeRole","sts:TagSession"],'
        '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},'
        '"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"},'
        '"StringEquals":{"sts:ExternalId":["a","b"]}}}}'
    )


def test_statements_keep_their_order() -> None:
    two = {
        "Version": "2012-10-17",
        "Statement": [with_(Sid="b")["Statement"], with_(Sid="a")["Statement"]],
    }
    assert [
        s.sid for s in PolicyDocument.parse(PolicyDocument.parse(two).to_json()).statements
    ] == [
        "b",
        "a",
    ]


def test_a_document_without_version_is_of_2008() -> None:
    document = PolicyDocument.parse({"Statement": with_()["Statement"]})
    assert document.version == "2008-10-17"


def test_bytes_are_utf8() -> None:
    assert PolicyDocument.parse(json.dumps(TRUST).encode()) == PolicyDocument.parse(TRUST)
    with pytest.raises(PolicyError, match="not valid JSON"):
        PolicyDocument.parse(b"\xff")
    # Python would find out about these encodings by itself; AWS does not.
    for encoding in ("utf-16", "utf-32"):
        with pytest.raises(PolicyError, match="not valid JSON"):
            PolicyDocument.parse(json.dumps(TRUST).encode(encoding))


def test_an_operator_is_written_in_the_spelling_of_aws() -> None:
    conditions = parse_condition_block({"foranyvalue:STRINGLIKEifexists": {"k": "v"}})
    assert conditions == (Condition("ForAnyValue:StringLikeIfExists", "k", ("v",)),)


@pytest.mark.parametrize(
    ("source", "where", "problem"),
    [
        ("", "policy", "not valid JSON"),
        ("[]", "policy", "a list instead of an object"),
        ("null", "policy", "null instead of an object"),
        ('{"Version":"2012-10-17"}', "policy", "no Statement"),
        ('{"Statement":[]}', "Statement", "the list is empty"),
        ('{"Version":"2012-10-18","Statement":{}}', "Version", "'2012-10-18' is not a version"),
        ('{"Version":2012,"Statement":{}}', "Version", "a number instead of text"),
        ('{"version":"2012-10-17","Statement":{}}', "policy", "'version' is not an element"),
        ('{"Statement":{},"Statement":{}}', "policy", "'Statement' is written twice"),
        ('{"Statement":NaN}', "policy", "not valid JSON"),
        ("[" * 100_000, "policy", "nested too deeply"),
        ('{"Statement":["x"]}', "Statement[0]", "text instead of an object"),
        (with_(Effect="allow"), "Statement[0]", "Effect is 'allow'"),
        (with_(Effect=None), "Statement[0]", "no Effect"),
        (with_(Acton="x"), "Statement[0]", "'Acton' is not an element"),
        (with_(NotAction="x"), "Statement[0]", "Action together with NotAction"),
        (with_(NotResource="x"), "Statement[0]", "Resource together with NotResource"),
        (with_(Principal="*", NotPrincipal="*"), "Statement[0]", "Principal together with"),
        ({"Statement": {"Effect": "Allow"}}, "Statement[0]", "no Action"),
        (with_(Action=[]), "Statement[0].Action", "the list is empty"),
        (with_(Action="AssumeRole"), "Statement[0].Action", "'AssumeRole' is not an action"),
        (with_(Action=["s3:*", 7]), "Statement[0].Action[1]", "a number instead of text"),
        (with_(Resource=[""]), "Statement[0].Resource", "an empty string"),
        (with_(Sid=7), "Statement[0].Sid", "a number instead of text"),
        (with_(Principal="alice"), "Statement[0].Principal", "'alice' is not a principal"),
        (with_(Principal={}), "Statement[0].Principal", "names nobody"),
        (with_(Principal={"AWS": []}), "Statement[0].Principal.AWS", "the list is empty"),
        (with_(Principal={"Aws": "x"}), "Statement[0].Principal.Aws", "no such kind"),
        (with_(Principal=["*"]), "Statement[0].Principal", "a list instead of an object"),
        (with_(Condition=[]), "Statement[0].Condition", "a list instead of an object"),
        (with_(Condition={"StringIs": {"k": "v"}}), "Statement[0].Condition",
         "'StringIs' is not a condition operator"),
        (with_(Condition={"NullIfExists": {"k": "true"}}), "Statement[0].Condition",
         "qualifies the operator Null"),
        (with_(Condition={"ForSome:Bool": {"k": "true"}}), "Statement[0].Condition",
         "is not a condition operator"),
        (with_(Condition={"Bool": "true"}), "Statement[0].Condition.Bool", "text instead of"),
        (with_(Condition={"Bool": {"": "true"}}), "Statement[0].Condition.Bool", "condition key"),
        (with_(Condition={"Bool": {"k": "yes"}}), "Statement[0].Condition.Bool.k", "'yes' is not"),
        (with_(Condition={"Bool": {"k": []}}), "Statement[0].Condition.Bool.k", "values is empty"),
        (with_(Condition={"Bool": {"k": None}}), "Statement[0].Condition.Bool.k", "null"),
        (with_(Condition={"Bool": {"k": "true", "K": "true"}}), "Statement[0].Condition.Bool",
         "'K' is written twice"),
        (with_(Condition={"NumericLessThan": {"k": "1h"}}),
         "Statement[0].Condition.NumericLessThan.k", "'1h' is not a number"),
        (with_(Condition={"DateLessThan": {"k": "tomorrow"}}),
         "Statement[0].Condition.DateLessThan.k", "'tomorrow' is not a date"),
        (with_(Condition={"DateLessThan": {"k": "2025-06-30T12:00:00"}}),
         "Statement[0].Condition.DateLessThan.k", "is not a date"),
        (with_(Condition={"DateLessThan": {"k": "2025-02-30"}}),
         "Statement[0].Condition.DateLessThan.k", "is not a date"),
        (with_(Condition={"IpAddress": {"k": "300.0.0.1"}}), "Statement[0].Condition.IpAddress.k",
         "is not an IP address"),
        (with_(Condition={"IpAddress": {"k": "10.0.0.0/255.0.0.0"}}),
         "Statement[0].Condition.IpAddress.k", "is not an IP address"),
        (with_(Condition={"BinaryEquals": {"k": "%"}}), "Statement[0].Condition.BinaryEquals.k",
         "is not base64"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_a_remedy(
    source: Any, where: str, problem: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        PolicyDocument.parse(source)
    assert caught.value.where == where
    assert problem in caught.value.problem
    assert caught.value.remedy
    assert str(caught.value).startswith(f"{where}: ")


@pytest.mark.parametrize("text", ["${", "${}", "${a, b}", "${a, 'b}", "${ }", "x${aws:username"])
def test_a_variable_that_is_not_well_formed_is_refused(text: str) -> None:
    for place in ({"Resource": text}, {"Condition": {"StringEquals": {"k": text}}}):
        with pytest.raises(PolicyError, match="not well formed"):
            CompiledPolicy(PolicyDocument.parse(with_(**place)))


def test_what_json_cannot_say_is_refused_when_written() -> None:
    twice = Statement(
        actions=("s3:*",),
        conditions=(Condition("Bool", "k", ("true",)), Condition("Bool", "K", ("false",))),
    )
    with pytest.raises(PolicyError, match="twice"):
        PolicyDocument((twice,)).to_json()
    with pytest.raises(PolicyError, match="names nobody"):
        PolicyDocument((Statement(actions=("s3:*",), principals=Principals()),)).to_json()


def test_a_statement_put_together_by_hand_is_checked_when_compiled() -> None:
    for statement in (
        Statement(),
        Statement(actions=("s3:*",), not_actions=("s3:*",)),
        Statement(actions=("s3:*",), resources=("*",), not_resources=("*",)),
        Statement(actions=("s3:*",), conditions=(Condition("Bool", "k", ("perhaps",)),)),
        Statement(actions=("s3:*",), conditions=(Condition("Bool", "k", ()),)),
        Statement(actions=("s3:*",), conditions=(Condition("Is", "k", ("v",)),)),
    ):
        with pytest.raises(PolicyError):
            CompiledPolicy(PolicyDocument((statement,)))


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-1", -1), ("10.50", Decimal("10.5")), ("007", 7), ("", None), ("1e3", None),
     (" 1", None), ("1_0", None), ("+1", None), (".5", None), ("1.", None), ("NaN", None),
     ("١", None), ("0x1", None)],
)  # fmt: skip
def test_a_number_is_an_integer_or_a_decimal(text: str, number: object) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "address"),
    [("203.0.113.9", (4, 0xCB007109)), ("0.0.0.0", (4, 0)), ("::1", (6, 1)),
     ("::ffff:10.0.0.1", (6, 0xFFFF0A000001)), ("010.0.0.1", None), ("256.0.0.1", None),
     ("1.2.3", None), ("1.2.3.4.5", None), ("1.2.3.", None), ("fe80::1%eth0", None), ("", None),
     ("1.2.3.٤", None), ("10.0.0.0/8", None), ("01.0.0.1", None), ("0.0.0.00", None),
     ("0.1.10.255", (4, 0x00010AFF)), ("1.2.3.0004", None), ("1:2.3.4.5", None)],
)  # fmt: skip
def test_an_address_is_read_in_one_way_only(text: str, address: object) -> None:
    assert read_address(text) == address


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1970-01-01T00:00:00Z", 0), ("1970-01-02", 86400), ("1970-02", 2678400), ("60", 60),
     ("1970-01-01T00:01Z", 60), ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T23:59:59Z", -1),
     ("1970-01-01T00:00:00", None), ("1970-01T00:00Z", None), ("1970-1-1", None), ("", None),
     ("1970-01-01 00:00:00Z", None), ("1970-W01-1", None), ("1970-13-01", None), ("-1", None),
     ("0001-01-01T00:00:00+10:00", -62135632800)],
)  # fmt: skip
def test_a_date_is_one_moment(text: str, seconds: int | None) -> None:
    assert read_date(text) == (None if seconds is None else seconds * 10**9)


def test_numbers_of_python_values_are_written_out() -> None:
    (condition,) = parse_condition_block({"NumericEquals": {"k": [10, 0.1234567, 1e20]}})
    assert condition.values == ("10", "0.1234567", "100000000000000000000")
    for value in (10**5000, float("nan"), float("inf")):
        with pytest.raises(PolicyError):
            parse_condition_block({"NumericEquals": {"k": value}})
    with pytest.raises(PolicyError, match="a key is a number"):
        PolicyDocument.parse({10**5000: "x"})  # type: ignore[dict-item]


def test_a_message_stays_on_one_line() -> None:
    with pytest.raises(PolicyError) as caught:
        PolicyDocument.parse(with_(Condition={"Bool": {"k\n\x1b[31m": "\nyes"}}))
    assert str(caught.value).isprintable()


def test_every_element_is_written_as_it_was_read() -> None:
    for elements in (
        {"NotAction": "s3:*", "NotResource": ["a", "b"], "NotPrincipal": {"AWS": "1"}},
        {"Action": "s3:*", "Resource": "a", "Principal": "*", "Sid": ""},
        {"Action": "s3:*", "Principal": {
            "AWS": "*", "CanonicalUser": "c", "Federated": "f", "Service": ["s", "t"]}},
    ):  # fmt: skip
        statement = {"Effect": "Deny", **elements}
        document = {"Version": "2008-10-17", "Id": "x", "Statement": statement}
        assert PolicyDocument.parse(document).to_dict() == document


def test_what_is_quoted_has_an_end() -> None:
    assert quoted("a" * 80) == f"'{'a' * 80}'"
    assert quoted("a" * 81) == f"'{'a' * 79}…'"
    assert quoted(7) == "'7'"
