"""IAM refuses a role that trusts an issuer of many customers without saying which one."""

from typing import Any

import pytest

from rolecall.issuers import check_shared_issuers
from rolecall.policy import PolicyDocument, TrustDocumentError

GITHUB = "token.actions.githubusercontent.com"
SENTINEL = "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"


def arn(host: str) -> str:
    return f"arn:aws:iam::111111111111:oidc-provider/{host}"


def document(federated: Any, condition: Any = None, **other: Any) -> PolicyDocument:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": federated},
        "Action": "sts:AssumeRoleWithWebIdentity",
        **other,
    }
    if condition is not None:
        statement["Condition"] = condition
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": [statement]})


SUB = f"{GITHUB}:sub"
TAKEN: dict[str, tuple[Any, ...]] = {
    "equals": (arn(GITHUB), {"StringEquals": {SUB: "repo:acme/infra:ref:refs/heads/main"}}),
    "like": (arn(GITHUB), {"StringLike": {SUB: "repo:acme/*"}}),
    "ignoring case": (arn(GITHUB), {"StringEqualsIgnoreCase": {SUB: "repo:acme/infra"}}),
    "key in capitals": (arn(GITHUB), {"StringEquals": {SUB.upper(): "repo:acme/infra"}}),
    "private": (arn("id.example.com"),),
    "own enterprise": (arn(f"{GITHUB}/acme"),),
    "google": ("accounts.google.com",),
    "cognito": (
        "cognito-identity.amazonaws.com",
        {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-central-1:a"}},
    ),
    "sentinel": (arn(SENTINEL), {"StringEquals": {"sts:RoleSessionName": "MicrosoftSentinel_x"}}),
    "vercel": (arn("oidc.vercel.com"), {"StringEquals": {"oidc.vercel.com:aud": "https://v"}}),
}
REFUSED: dict[str, tuple[Any, ...]] = {
    "nothing": (arn(GITHUB),),
    "audience only": (arn(GITHUB), {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}),
    "another's key": (arn(GITHUB), {"StringEquals": {"gitlab.com:sub": "x"}}),
    "wildcards": (arn(GITHUB), {"StringLike": {SUB: "*"}}),
    "one wide value": (arn(GITHUB), {"StringLike": {SUB: ["repo:acme/*", "*?"]}}),
    "negated": (arn(GITHUB), {"StringNotLike": {SUB: "repo:evil/*"}}),
    "if exists": (arn(GITHUB), {"StringEqualsIfExists": {SUB: "repo:acme/infra"}}),
    "for all values": (arn(GITHUB), {"ForAllValues:StringLike": {SUB: "repo:acme/*"}}),
    "cognito": ("cognito-identity.amazonaws.com",),
    "cognito amr": (
        "cognito-identity.amazonaws.com",
        {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}},
    ),
    "second principal": ([arn("id.example.com"), arn("gitlab.com")],),
}


@pytest.mark.parametrize("case", TAKEN)
def test_taken(case: str) -> None:
    check_shared_issuers(document(*TAKEN[case]))


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_aws_s_code_in_words(case: str) -> None:
    with pytest.raises(TrustDocumentError) as refusal:
        check_shared_issuers(document(*REFUSED[case]))
    assert refusal.value.aws_message
    assert "StringEquals" in refusal.value.remedy


def test_cognito_s_message_is_the_one_that_aws_was_seen_to_answer() -> None:
    with pytest.raises(TrustDocumentError) as refusal:
        check_shared_issuers(document("cognito-identity.amazonaws.com"))
    assert refusal.value.aws_message == "A condition block must be present for the Cognito provider"


def test_a_deny_and_other_actions_admit_nobody() -> None:
    check_shared_issuers(document(arn(GITHUB), Effect="Deny"))
    check_shared_issuers(document(arn(GITHUB), Action="sts:TagSession"))
    with pytest.raises(TrustDocumentError):
        check_shared_issuers(document(arn(GITHUB), Action=["sts:TagSession", "sts:AssumeRole*"]))
