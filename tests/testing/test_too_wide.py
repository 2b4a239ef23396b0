"""Policies that are too wide, as they are found in the wild: each must be found out."""

from typing import Any

import pytest

from rolecall.testing import (
    Caller,
    assert_admits,
    assert_denies,
    assert_only_admits,
    cognito_token,
    eks_token,
    github_token,
    iam_user,
    role_session,
    saml_assertion,
    service,
    trust_of,
)

OWN, PEOPLE = "111111111111", "999999999999"
GITHUB = "token.actions.githubusercontent.com"
CLUSTER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
ALICE = f"arn:aws:iam::{PEOPLE}:user/alice"
POOL = "eu-central-1:1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"


def statement(principal: Any, action: str, condition: Any = None, **more: Any) -> dict[str, Any]:
    found = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return found | ({"Condition": condition} if condition else {})


def role(*statements: Any) -> Any:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return trust_of(document, "wide", account=OWN)


def github(like: Any, aud: Any = "sts.amazonaws.com", operator: str = "StringLike") -> Any:
    condition: dict[str, Any] = {operator: {f"{GITHUB}:sub": like}}
    if aud:
        condition.setdefault("StringEquals", {})[f"{GITHUB}:aud"] = aud
    provider = {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"}
    return role(statement(provider, "sts:AssumeRoleWithWebIdentity", condition))


def assume(principal: Any, condition: Any = None) -> Any:
    return role(statement(principal, "sts:AssumeRole", condition))


JOB = github_token("acme/infra", environment="tes")
MAIN = github_token("acme/infra", branch="main")
ALICE_WITH_ID = iam_user("alice", account=PEOPLE, external_id="acme-1")
MFA = "aws:MultiFactorAuthPresent"
OIDC_EKS = {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/{CLUSTER}"}
SSO = {"Federated": f"arn:aws:iam::{OWN}:saml-provider/sso"}
COGNITO = {"Federated": "cognito-identity.amazonaws.com"}
WEB, SAML = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"

FOUND: dict[str, tuple[Any, Caller, str]] = {
    "any owner that begins alike": (github("repo:acme*"), MAIN, "another owner"),
    "any repository": (github("repo:acme/*"), MAIN, "another repository"),
    "any repository that begins alike": (github("repo:acme/infra*"), MAIN, "another repository"),
    "any job": (github("repo:acme/infra:*"), JOB, "a pull request"),
    "any branch that begins alike": (
        github("repo:acme/infra:ref:refs/heads/main*"),
        MAIN,
        "another branch",
    ),
    "any owner's repository of the name": (github("repo:*/infra:*"), MAIN, "another owner"),
    "a subject that only ends so": (github("*:environment:tes"), JOB, "another owner"),
    "everybody of GitHub": (github("*"), JOB, "a stranger"),
    "no audience": (
        github("repo:acme/infra:environment:tes", aud=None),
        JOB,
        "another audience",
    ),
    "any case": (
        github("repo:acme/infra:environment:tes", operator="StringEqualsIgnoreCase"),
        JOB,
        "another environment",
    ),
    "a subject that may be missing": (
        github("repo:acme/infra:environment:prd", operator="StringNotEquals"),
        JOB,
        "another owner",
    ),
    "everybody in AWS": (assume({"AWS": "*"}), iam_user("alice", account=PEOPLE), "a stranger"),
    "the whole account": (
        assume({"AWS": PEOPLE}),
        iam_user("alice", account=PEOPLE),
        "another user of the account",
    ),
    "no external ID": (assume({"AWS": ALICE}), ALICE_WITH_ID, "without the external ID"),
    "an external ID that may be missing": (
        assume({"AWS": ALICE}, {"StringEqualsIfExists": {"sts:ExternalId": "acme-1"}}),
        ALICE_WITH_ID,
        "without the external ID",
    ),
    "an external ID by its beginning": (
        assume({"AWS": ALICE}, {"StringLike": {"sts:ExternalId": "acme-*"}}),
        ALICE_WITH_ID,
        "another external ID",
    ),
    "MFA that may be missing": (
        assume({"AWS": ALICE}, {"BoolIfExists": {MFA: "true"}}),
        iam_user("alice", account=PEOPLE, mfa=True),
        "without MFA",
    ),
    "MFA of any age": (
        assume({"AWS": ALICE}, {"Bool": {MFA: "true"}}),
        iam_user("alice", account=PEOPLE, mfa_age=60),
        "with an old MFA",
    ),
    "any address": (
        assume({"AWS": ALICE}),
        iam_user("alice", account=PEOPLE, ip="203.0.113.9"),
        "from another address",
    ),
    "a role's ARN by its beginning": (
        assume(
            {"AWS": PEOPLE}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{PEOPLE}:role/ci*"}}
        ),
        role_session("ci", account=PEOPLE),
        "another role of the account",
    ),
    "the confused deputy": (
        assume({"Service": "scheduler.amazonaws.com"}),
        service("scheduler", source_account=OWN),
        "for another account",
    ),
    "a source that may be missing": (
        assume(
            {"Service": "scheduler.amazonaws.com"},
            {"StringEqualsIfExists": {"aws:SourceAccount": OWN}},
        ),
        service("scheduler", source_account=OWN),
        "without a source",
    ),
    "any namespace": (
        role(
            statement(
                OIDC_EKS,
                WEB,
                {
                    "StringLike": {f"{CLUSTER}:sub": "system:serviceaccount:*:api"},
                    "StringEquals": {f"{CLUSTER}:aud": "sts.amazonaws.com"},
                },
            )
        ),
        eks_token(f"https://{CLUSTER}", "orders", "api"),
        "another namespace",
    ),
    "guests of the pool": (
        role(statement(COGNITO, WEB, {"StringEquals": {f"{COGNITO['Federated']}:aud": POOL}})),
        cognito_token(POOL),
        "another way of signing in (amr)",
    ),
    "guests by ForAllValues": (
        role(
            statement(
                COGNITO,
                WEB,
                {
                    "StringEquals": {f"{COGNITO['Federated']}:aud": POOL},
                    "ForAllValues:StringLike": {
                        f"{COGNITO['Federated']}:amr": ["authenticated", "graph.facebook.com*"]
                    },
                },
            )
        ),
        cognito_token(POOL),
        "without a way of signing in (amr)",
    ),
    "any attribute": (
        role(
            statement(
                SSO, SAML, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
            )
        ),
        saml_assertion("sso", {"eduPersonAffiliation": "staff"}),
        "without edupersonaffiliation",
    ),
    "any endpoint": (
        role(
            statement(
                SSO, SAML, {"ForAnyValue:StringEquals": {"SAML:eduPersonAffiliation": "staff"}}
            )
        ),
        saml_assertion("sso", {"eduPersonAffiliation": "staff"}),
        "another sign-in endpoint",
    ),
    "any session tags": (
        role(statement({"AWS": ALICE}, "sts:*")),
        iam_user("alice", account=PEOPLE),
        "further session tags",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_policy_that_is_too_wide_is_found_out(name: str) -> None:
    tested, caller, kind = FOUND[name]
    assert_admits(tested, caller)
    with pytest.raises(AssertionError) as caught:
        assert_only_admits(tested, [caller])
    told = str(caught.value)
    assert f"\n  - {kind}: " in told, told
    assert "lets in others than those listed" in told
    assert "Narrow the trusted entity" in told


def test_an_entity_that_is_not_listed_is_told() -> None:
    tested = assume({"AWS": [ALICE, ALICE.replace("alice", "mallory")]})
    with pytest.raises(
        AssertionError, match="not listed: IAM user mallory of account 999999999999"
    ):
        assert_only_admits(tested, [iam_user("alice", account=PEOPLE)])


def test_a_further_value_is_an_entity_of_its_own() -> None:
    tested = github(["repo:acme/infra:environment:tes", "repo:acme/infra:environment:prd"])
    with pytest.raises(AssertionError, match=r"not listed: .*environment:prd"):
        assert_only_admits(tested, [JOB])
    assert_only_admits(tested, [JOB, github_token("acme/infra", environment="prd")])


def test_what_is_meant_is_named() -> None:
    tested = github("repo:acme/*")
    caller = github_token("acme/any")
    assert_only_admits(tested, [caller], meant=["another repository"])
    with pytest.raises(AssertionError, match="'another owner' is in meant, and every such attempt"):
        assert_only_admits(tested, [caller], meant=["another repository", "another owner"])
    with pytest.raises(AssertionError, match="'another repo' is in meant, and nothing so named"):
        assert_only_admits(tested, [caller], meant=["another repository", "another repo"])


def test_a_recreated_user_is_not_the_one_whose_id_is_trusted() -> None:
    tested = assume({"AWS": "AIDACKCEVSQ6C2EXAMPLE"})
    alice = iam_user("alice", account=OWN, unique_id="AIDACKCEVSQ6C2EXAMPLE")
    assert_admits(tested, alice)
    assert_denies(tested, iam_user("alice", account=OWN, unique_id="AIDACKCEVSQ6C2AGAIN00"))
    assert_only_admits(tested, [alice])
