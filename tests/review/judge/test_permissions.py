"""Permissions: how much power a policy gives, and whether a change of it gives more."""

import pytest

from rolecall.review.judge.documents import shift
from rolecall.review.judge.permissions import judge_permissions
from rolecall.review.judge.power import covers, power, power_of_name
from rolecall.review.model import Permissions, Unread
from rolecall.review.report import Severity
from tests.review.made import ADMIN, READ_ONLY, policy

POWER = [
    ("*", "*", Severity.CRITICAL),
    ("*:*", "*", Severity.CRITICAL),
    ("iam:*", "*", Severity.CRITICAL),
    ("iam:*", "arn:aws:iam::*:role/*", Severity.CRITICAL),
    ("sts:AssumeRole", "*", Severity.HIGH),
    ("sts:*", "*", Severity.HIGH),
    ("sts:AssumeRole", "arn:aws:iam::111111111111:role/one", Severity.MEDIUM),
    ("iam:PassRole", "*", Severity.HIGH),
    ("iam:PassRole", "arn:aws:iam::111111111111:role/one", Severity.MEDIUM),
    ("iam:Pass*", "*", Severity.HIGH),
    ("iam:PutRolePolicy", "arn:aws:iam::111111111111:role/one", Severity.HIGH),
    ("iam:Create*", "*", Severity.HIGH),
    ("iam:GetRole", "*", Severity.LOW),
    ("s3:GetObject", "*", Severity.LOW),
    ("s3:*", "*", Severity.MEDIUM),
]


@pytest.mark.parametrize(("action", "resource", "expected"), POWER)
def test_power(action: str, resource: str, expected: Severity) -> None:
    assert power(policy({"Action": action, "Resource": resource})) is expected


def test_a_denial_gives_no_power() -> None:
    assert power(policy({"Effect": "Deny", "Action": "*", "Resource": "*"})) is Severity.NONE


def test_policies_of_aws_are_known_by_name() -> None:
    assert power_of_name(ADMIN) is Severity.CRITICAL
    assert power_of_name(READ_ONLY) is Severity.LOW
    assert power_of_name("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess") is Severity.LOW
    assert power_of_name("arn:aws:iam::111111111111:policy/ours") is Severity.MEDIUM
    # The name alone says nothing of a policy of one's own.
    assert power_of_name("arn:aws:iam::111111111111:policy/ReadOnlyAccess") is Severity.MEDIUM


@pytest.mark.parametrize(
    ("wide", "narrow", "yes"),
    [
        ("s3:*", "s3:Get*", True),
        ("s3:Get*", "s3:*", False),
        ("s3:Get?bject", "s3:Get*bject", False),
        ("*", "anything", True),
        ("a*b", "a*b", True),
        ("a*c*b", "axxcxb", True),
        ("a?b", "axb", True),
        ("a?b", "a*b", False),
        ("", "", True),
    ],
)
def test_covering(wide: str, narrow: str, yes: bool) -> None:
    assert covers(wide, narrow) is yes


READ = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::tes/*"}
WRITE = {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::tes/*"}
NO_DELETE = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}


def test_a_statement_more_gives_more_and_a_denial_more_gives_less() -> None:
    more = shift(policy(READ), policy(READ, WRITE))
    assert (more.gained, more.lost, more.decided) == (Severity.MEDIUM, False, True)
    less = shift(policy(READ, WRITE), policy(READ))
    assert (less.gained, less.lost) == (Severity.NONE, True)
    assert shift(policy(READ), policy(READ, NO_DELETE)).lost
    assert shift(policy(READ, NO_DELETE), policy(READ)).gained is Severity.MEDIUM


def test_what_another_statement_covers_is_no_gain() -> None:
    everything = {"Action": "s3:*", "Resource": "*"}
    narrowed = shift(policy(everything), policy(READ))
    assert (narrowed.gained, narrowed.lost) == (Severity.NONE, True)
    assert shift(policy(READ), policy(everything)).gained is Severity.MEDIUM
    conditioned = {**READ, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
    assert shift(policy(READ), policy(conditioned)).gained is Severity.NONE
    assert shift(policy(conditioned), policy(READ)).gained is Severity.LOW


def test_one_for_another_is_not_decided_and_never_harmless() -> None:
    elsewhere = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::prd/*"}
    found = shift(policy(READ), policy(elsewhere))
    assert not found.decided
    assert found.gained is Severity.MEDIUM


def test_order_case_and_names_are_no_change() -> None:
    one = {"Sid": "One", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}
    two = {"Sid": "Two", "Action": ["S3:putobject", "s3:GetObject"], "Resource": "*"}
    found = shift(policy(one), policy(two))
    assert (found.gained, found.lost) == (Severity.NONE, False)


def test_only_great_power_counts_for_the_gate() -> None:
    nothing = Permissions()
    small = Permissions(inline={"x": policy(WRITE)})
    great = Permissions(inline={"x": policy({"Action": "iam:PassRole", "Resource": "*"})})
    assert [s.wider for s in judge_permissions(nothing, small)] == [False]
    assert [s.wider for s in judge_permissions(nothing, great)] == [True]
    assert [s.wider for s in judge_permissions(nothing, small, outside=True)] == [True]


def test_a_policy_that_is_not_known_is_open() -> None:
    unknown = Permissions(inline={"x": Unread("it refers to y.")})
    (told,) = judge_permissions(Permissions(), unknown)
    assert told.open
    assert "it refers to y" in told.text


def test_a_boundary_that_goes_is_a_gain() -> None:
    bounded = Permissions(boundary="arn:aws:iam::111111111111:policy/limits")
    (gone,) = judge_permissions(bounded, Permissions())
    assert (gone.wider, gone.severity) == (True, Severity.HIGH)
    (come,) = judge_permissions(Permissions(), bounded)
    assert come.narrower
    (other,) = judge_permissions(bounded, Permissions(boundary="arn:aws:iam::1:policy/x"))
    assert other.severity is Severity.MEDIUM


def test_another_text_of_an_attached_policy_is_seen() -> None:
    arn = "arn:aws:iam::111111111111:policy/ours"
    old = Permissions(managed=frozenset({arn}), documents={arn: policy(READ)})
    new = Permissions(
        managed=frozenset({arn}), documents={arn: policy({"Action": "*", "Resource": "*"})}
    )
    (told,) = judge_permissions(old, new)
    assert (told.wider, told.severity) == (True, Severity.CRITICAL)


def test_a_policy_that_denies_takes_when_it_comes_and_gives_when_it_goes() -> None:
    denies = policy({"Effect": "Deny", "Action": "iam:*", "Resource": "*"})
    arn = "arn:aws:iam::111111111111:policy/guard"
    for guarded in (
        Permissions(inline={"guard": denies}),
        Permissions(managed=frozenset({arn}), documents={arn: denies}),
        Permissions(managed=frozenset({"arn:aws:iam::aws:policy/AWSDenyAll"})),
    ):
        (come,) = judge_permissions(Permissions(), guarded)
        assert (come.narrower, come.wider) == (True, False)
        (gone,) = judge_permissions(guarded, Permissions())
        assert (gone.narrower, gone.wider) == (False, True)
