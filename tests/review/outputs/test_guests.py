"""A token's holder is told in nouns, its claims beside it."""

import pytest

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import compare
from rolecall.review import told

OWN = "111111111111"
HOST = "token.actions.githubusercontent.com"


def policy(*subjects: str) -> PolicyDocument:
    return PolicyDocument.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/{HOST}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"},
                    "StringLike": {f"{HOST}:sub": list(subjects)},
                },
            },
        }
    )


@pytest.mark.parametrize(
    ("subject", "noun"),
    [
        ("repo:acme/infra:environment:prd", "GitHub repo acme/infra, environment prd"),
        ("repo:acme/infra:pull_request", "GitHub repo acme/infra, pull requests"),
        (
            "repo:acme/infra:ref:refs/heads/${*}",
            "GitHub Actions subject 'repo:acme/infra:ref:refs/heads/*' to the letter",
        ),
    ],
)
def test_a_witness_with_a_token(subject: str, noun: str) -> None:
    found = compare(
        policy("repo:acme/x:*"), policy("repo:acme/x:*", subject), account=OWN, tokens=TOKEN_KEYS
    )
    (gain,) = found.gains
    words = told.example(gain)
    assert f"{HOST}:sub '" in words
    assert words.startswith(noun + " ("), words


def test_a_caller_without_a_token_is_told_as_before() -> None:
    alice = PolicyDocument.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{OWN}:user/alice"},
                "Action": "sts:AssumeRole",
            },
        }
    )
    (gain,) = compare((), alice, account=OWN, tokens=TOKEN_KEYS).gains
    assert told.example(gain) == f"the user arn:aws:iam::{OWN}:user/alice"
