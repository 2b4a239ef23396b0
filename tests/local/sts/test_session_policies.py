"""Session policies: their size, their grammar, and the managed ones that must exist."""

import json
import random
import zlib
from typing import Any

import pytest

from rolecall.local.sts.parameters import Parameters
from rolecall.local.sts.session_policies import SessionPolicies, check, packed_size, read
from tests.local.sts.conftest import HOME, OTHER, Here, Refusal, allow, policy, refusal

NONE = SessionPolicies(inline=None, arns=None)
ARN = "arn:aws:iam::111122223333:policy/p"


def inline(*texts: str) -> SessionPolicies:
    return SessionPolicies(inline=texts, arns=None)


def arns(*given: str) -> dict[str, str]:
    return {f"PolicyArns.member.{n}.arn": arn for n, arn in enumerate(given, 1)}


def violation(params: dict[str, str]) -> str:
    parameters = Parameters(params)
    read(parameters)
    told = refusal(parameters.finish)
    assert told.code == "ValidationError"
    assert told.message.startswith("1 validation error detected: ")
    return told.message.partition(": ")[2]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, NONE),
        ({"PolicyArns": ""}, NONE),
        ({"Policy": "x"}, inline("x")),
        ({"Policy": "x" * 2048}, inline("x" * 2048)),
        ({"Policy": "\t\n\r \xff"}, inline("\t\n\r \xff")),
        (arns(ARN, ARN + "2"), SessionPolicies(None, (ARN, ARN + "2"))),
        ({"Policy": "x", **arns(ARN)}, SessionPolicies(("x",), (ARN,))),
        (arns("a" * 20, "a" * 2048), SessionPolicies(None, ("a" * 20, "a" * 2048))),
    ],
)
def test_what_was_passed(params: dict[str, str], found: SessionPolicies) -> None:
    parameters = Parameters(params)
    assert read(parameters) == found
    parameters.finish()


def test_ten_managed_policies_and_no_more() -> None:
    parameters = Parameters(arns(*[ARN] * 10))
    assert read(parameters).arns == (ARN,) * 10
    parameters.finish()
    assert violation(arns(*[ARN] * 11)) == (
        "Value '[11 ARNs]' at 'policyArns' failed to satisfy constraint: Member must have length "
        "less than or equal to 10"
    )


@pytest.mark.parametrize(
    ("arn", "constraint"),
    [
        ("a" * 19, "Member must have length greater than or equal to 20"),
        ("a" * 2049, "Member must have length less than or equal to 2048"),
    ],
)
def test_the_length_of_an_arn(arn: str, constraint: str) -> None:
    assert violation(arns(ARN, arn)) == (
        f"Value '{arn}' at 'policyArns.2.member.arn' failed to satisfy constraint: {constraint}"
    )


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ("x" * 2049, "Member must have length less than or equal to 2048"),
        ("x\0", r"Member must satisfy regular expression pattern: "
         r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
        ("x\u0100", r"Member must satisfy regular expression pattern: "
         r"[\u0009\u000A\u000D\u0020-\u00FF]+"),
    ],
)  # fmt: skip
def test_the_text_of_a_policy(text: str, constraint: str) -> None:
    assert violation({"Policy": text}) == (
        f"Value '{text}' at 'policy' failed to satisfy constraint: {constraint}"
    )


def test_an_empty_policy_is_none_at_all() -> None:
    """It must not pass for a call without one, whose session would have everything."""
    parameters = Parameters({"Policy": ""})
    assert read(parameters) == inline("")
    assert "length greater than or equal to 1" in refusal(parameters.finish).message


# -- grammar ---------------------------------------------------------------------------


def malformed(here: Here, text: str) -> Refusal:
    return refusal(check, inline(text), HOME, here.cloud.directory)


def test_policies_that_are_well_formed(here: Here) -> None:
    check(NONE, HOME, here.cloud.directory)
    check(inline(policy(allow("s3:*"))), HOME, here.cloud.directory)
    check(
        inline(policy({"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::x"})),
        HOME,
        here.cloud.directory,
    )


@pytest.mark.parametrize("text", ["", "{", "not json", '{"a": 1,}', "[" * 2000])
def test_what_is_no_json(here: Here, text: str) -> None:
    told = malformed(here, text)
    assert (told.code, told.message, told.status) == (
        "MalformedPolicyDocument",
        "This policy contains invalid Json",
        400,
    )
    assert told.reason


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]},
        {"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": "*"}]},
        {
            "Version": "2012-10-17",
            "Statement": [allow("*", Condition={"NoSuchOperator": {"a": "b"}})],
        },
        # Well-formed as a document, but nobody could say what it means.
        {
            "Version": "2012-10-17",
            "Statement": [allow("*", Condition={"StringEquals": {"a": "${aws:x"}})],
        },
        {"Version": "2012-10-17", "Statement": [allow("*", "arn:aws:s3:::${aws:x")]},
    ],
)
def test_what_is_no_policy(here: Here, document: Any) -> None:
    told = malformed(here, json.dumps(document))
    assert (told.code, told.message, told.status) == (
        "MalformedPolicyDocument",
        "Syntax errors in policy.",
        400,
    )
    assert told.reason


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_a_session_policy_names_nobody(here: Here, element: str) -> None:
    first = allow("s3:*")
    second = {**allow("s3:*"), "Effect": "Deny", element: {"AWS": "arn:aws:iam::111122223333:root"}}
    assert malformed(here, policy(first, second)) == Refusal(
        "MalformedPolicyDocument", "Policy document should not specify a principal.", 400, ""
    )


def test_a_session_policy_names_resources(here: Here) -> None:
    assert malformed(here, policy({"Effect": "Allow", "Action": "s3:*"})) == Refusal(
        "MalformedPolicyDocument", "Policy statement must contain resources.", 400, ""
    )


def test_managed_policies_of_the_account(here: Here) -> None:
    known = here.managed("known", allow("s3:*"))
    check(SessionPolicies(None, (known,)), HOME, here.cloud.directory)
    for arn, account in ((ARN, HOME), (known, OTHER)):
        told = refusal(check, SessionPolicies(None, (known, arn)), account, here.cloud.directory)
        wrong = arn if account == HOME else known
        assert told == Refusal(
            "InvalidParameterValue",
            f"Policy {wrong} does not exist or is not attachable.",
            400,
            f"there is no managed policy {wrong} that account {account} can use",
        )


# -- how much room they take -----------------------------------------------------------


def noise(size: int) -> str:
    """A text that no packing makes shorter, the same every time."""
    source = random.Random(7)
    return "".join(source.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/")
                   for _ in range(size))  # fmt: skip


def test_nothing_takes_no_room() -> None:
    assert packed_size(NONE, {}) is None


@pytest.mark.parametrize(
    ("policies", "tags", "percent"),
    [
        (NONE, {"a": "b"}, 3),
        (inline(""), {}, 3),
        (SessionPolicies(None, (ARN,)), {}, 6),
        (inline("x" * 2048), {}, 100),
        (inline("x" * 2027), {}, 98),
        (inline("x" * 1024), {}, 50),
        (SessionPolicies(None, ("a" * 1024, "a" * 1024)), {}, 100),
        (SessionPolicies(("x" * 1024,), ("a" * 1024,)), {}, 100),
        (inline("x" * 100), {"k" * 100: "v" * 100}, 4),
    ],
)
def test_per_cent_of_the_room(
    policies: SessionPolicies, tags: dict[str, str], percent: int
) -> None:
    assert packed_size(policies, tags) == percent


def tags_of_packed(size: int) -> dict[str, str]:
    """Tags that zlib packs into so many bytes."""
    for length in range(1200, 1500):
        tags = {"k": noise(length)}
        if len(zlib.compress(json.dumps([None, None, tags]).encode())) == size:
            return tags
    raise AssertionError("there are none")


def test_the_last_byte_that_fits() -> None:
    assert packed_size(NONE, tags_of_packed(1024)) == 100
    assert refusal(packed_size, NONE, tags_of_packed(1025)).message == (
        "Packed size of session tags consumes 101% of allotted space."
    )


def test_too_much() -> None:
    assert refusal(packed_size, SessionPolicies(("x" * 2048,), ("a" * 21,)), {}) == Refusal(
        "PackedPolicyTooLarge",
        "Packed policy consumes 101% of allotted space, please use smaller policy.",
        400,
        "",
    )
