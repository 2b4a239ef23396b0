"""Policies written by hand, and what is said of them: operators, Deny, principals, subjects."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from rolecall.explain import NOBODY, entities, who_can
from rolecall.policy import PolicyDocument

GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::111111111111:oidc-provider/{GITHUB}"
NAMES = {"111111111111": "tes", "999999999999": "identity"}
ALICE = "arn:aws:iam::999999999999:user/alice"
Block = Mapping[str, Mapping[str, object]]


def golden(name: str) -> list[tuple[str, ...]]:
    """What goes in, and below it what is said."""
    lines = (Path(__file__).parent / f"golden/{name}.txt").read_text(encoding="utf-8").splitlines()
    return [
        (*given.split(" | "), words.strip())
        for given, words in zip(lines[::2], lines[1::2], strict=True)
    ]


def statement(
    principal: object = "*",
    condition: Block | None = None,
    action: object = "sts:AssumeRole",
    effect: str = "Allow",
    **more: object,
) -> dict[str, object]:
    found: dict[str, object] = {"Effect": effect, "Action": action, **more}
    if principal is not None:
        found["Principal"] = principal
    if condition:
        found["Condition"] = condition
    return found


def policy(*statements: Mapping[str, object]) -> PolicyDocument:
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)})


def said(*statements: Mapping[str, object], seconds: int | None = None) -> list[str]:
    document = policy(*statements)
    return list(who_can(document, account="111111111111", max_session_seconds=seconds, names=NAMES))


def condition_of(operator: str, key: str, *values: str) -> str:
    (first, *_) = said(statement({"AWS": "111111111111"}, {operator: {key: list(values)}}))
    return first.partition(", if ")[2].removesuffix(".")


@pytest.mark.parametrize(("operator", "key", "values", "words"), golden("operators"))
def test_every_operator_has_words(operator: str, key: str, values: str, words: str) -> None:
    assert condition_of(operator, key, *values.split(",")) == words


@pytest.mark.parametrize(("operator", "key", "value", "words"), golden("denials"))
def test_a_deny_says_unless_where_it_can(operator: str, key: str, value: str, words: str) -> None:
    deny = statement("*", {operator: {key: value}}, effect="Deny", action="sts:*")
    assert said(statement({"AWS": "111111111111"}), deny)[1] == words


def test_a_deny_of_some_names_them_and_a_deny_of_tags_is_about_tags() -> None:
    account = statement({"AWS": "999999999999"})
    assert said(account, statement({"AWS": ALICE}, effect="Deny")) == [
        "Every user and role of identity (999999999999) that its administrators allow may assume "
        "it.",
        "User alice of identity (999999999999) may not assume it.",
    ]
    assert said(account, statement("*", action="sts:TagSession", effect="Deny"))[1] == (
        "Nobody may pass session tags."
    )
    web = statement("*", action="sts:AssumeRoleWithWebIdentity", effect="Deny")
    assert said(account, web)[1] == "Nobody may assume it with a token."
    nobody_but = {
        "Effect": "Deny",
        "Action": "sts:AssumeRole",
        "NotPrincipal": {"AWS": ["999999999999", ALICE]},
    }
    assert said(account, nobody_but)[1] == (
        "Nobody but every user and role of identity (999999999999) and user alice of identity "
        "(999999999999) may assume it."
    )


@pytest.mark.parametrize(
    "statements",
    [
        [statement("*"), statement("*", effect="Deny")],
        [statement({"AWS": ALICE}), statement({"AWS": "999999999999"}, effect="Deny")],
        [statement({"Federated": PROVIDER})],
        [statement({"AWS": ALICE}, action="sts:AssumeRoleWithSAML")],
        [statement({"CanonicalUser": "abc"})],
        [statement({"AWS": "arn:aws:sts::999999999999:federated-user/eve"})],
        [statement({"AWS": ALICE}, action="sts:TagSession")],
        [statement(None)],
        [statement("*", effect="Deny")],
    ],
    ids=str,
)
def test_nobody(statements: list[Mapping[str, object]]) -> None:
    assert said(*statements, seconds=7200)[0] == NOBODY
    assert "session lasts" not in " ".join(said(*statements, seconds=7200))
    assert entities(policy(*statements)) == ()


@pytest.mark.parametrize(("subject", "words"), golden("subjects"))
def test_a_wildcard_is_put_into_words_only_where_it_means_what_it_seems(
    subject: str, words: str
) -> None:
    key = f"{GITHUB}:sub"
    web = "sts:AssumeRoleWithWebIdentity"
    (found,) = said(statement({"Federated": PROVIDER}, {"StringLike": {key: subject}}, web))
    assert found == f"{words} may assume it with their token (whatever its audience)."


def test_a_subject_is_told_as_it_is_compared() -> None:
    key, web = f"{GITHUB}:sub", "sts:AssumeRoleWithWebIdentity"

    def first(block: Block) -> str:
        return said(statement({"Federated": PROVIDER}, block, web))[0]

    assert "'repo:acme/*' to the letter" in first({"StringEquals": {key: "repo:acme/*"}})
    assert "on branch main (in upper or lower case)" in first(
        {"StringEqualsIgnoreCase": {key: "repo:acme/infra:ref:refs/heads/main"}}
    )
    for block in (
        {"ForAllValues:StringLike": {key: "repo:acme/*"}},
        {"StringNotLike": {key: "repo:acme/*"}},
        {"StringLikeIfExists": {key: "repo:acme/*"}},
    ):
        assert first(block).startswith("All jobs of all customers of GitHub Actions may")
        assert "'repo:acme/*'" in first(block)
    both = {"StringEquals": {key: "repo:acme/a:pull_request"}, "StringLike": {key: "repo:acme/*"}}
    assert "for pull requests" in first(both)
    assert "if the token's subject is like 'repo:acme/*'" in first(both)


def test_sentences_are_sorted_and_told_once_and_the_order_of_a_policy_says_nothing() -> None:
    one = statement({"AWS": [ALICE, "arn:aws:iam::999999999999:user/bob"]})
    two = statement({"Service": "ec2.amazonaws.com"})
    assert said(one, two, one) == said(two, one)
    assert "User alice or bob of identity (999999999999) may assume it." in said(one, two)


@pytest.mark.parametrize(
    ("principal", "seconds", "words"),
    [
        ({"AWS": ALICE}, 7200, "A session lasts at most 2 hours."),
        ("*", 7200, "A session lasts at most 2 hours (1 hour when chained from another role)."),
        ({"AWS": "111111111111"}, 3600, "A session lasts at most 1 hour."),
        ({"Service": "ec2.amazonaws.com"}, 43200, "A session lasts at most 12 hours."),
    ],
)
def test_how_long(principal: object, seconds: int, words: str) -> None:
    assert said(statement(principal), seconds=seconds)[-1] == words


def test_nothing_a_terminal_obeys_and_nothing_cut() -> None:
    evil = "x\x1b[31m" + "y" * 500 + "\u202e\n"
    (first, *_) = said(statement({"AWS": ALICE}, {"StringEquals": {"aws:PrincipalTag/t": evil}}))
    assert first.isprintable()
    assert "y" * 500 in first
    assert "\\u001b" in first


def test_what_is_not_known_yet_is_told_as_it_stands() -> None:
    hole = "${aws_iam_role.ci.arn}"
    assert said(statement({"AWS": hole}))[0] == f"Whoever '{hole}' is may assume it."
    assert [each.kind for each in entities(policy(statement({"AWS": hole})))] == ["not known"]


def test_a_changed_condition_keeps_who_and_changes_the_key() -> None:
    (before,) = entities(policy(statement({"AWS": ALICE})))
    (after,) = entities(
        policy(statement({"AWS": ALICE}, {"Bool": {"aws:SecureTransport": "true"}}))
    )
    assert (before.who, before.who_key) == (after.who, after.who_key)
    assert before.key != after.key
    mfa = statement("*", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, effect="Deny")
    (denied,) = entities(policy(statement({"AWS": ALICE}), mfa))
    assert denied.key != before.key
    assert denied.conditions == ("Nobody may assume it unless MFA was used.",)
