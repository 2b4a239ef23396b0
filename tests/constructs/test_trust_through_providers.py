"""Roles that trust identity providers: which they wait for, and which are not theirs."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from rolecall.issuers.known import GITHUB_ACTIONS, GITLAB_COM
from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    Condition,
    PolicyDocument,
    Principals,
    Statement,
    WebIdentity,
    may_assume,
)
from rolecall.problems import Problem
from rolecall.trust import (
    AnyUserOf,
    CognitoIdentityPool,
    GitHubActions,
    GitLab,
    Google,
    IamUsers,
    Saml,
    TrustContext,
    TrustedEntity,
)
from rolecall_cdktf import AssumableRole, EnvironmentStack, IdentityPool, OidcProvider, SamlProvider
from rolecall_cdktf._cdktf import App, Testing
from rolecall_cdktf.policies import for_terraform
from tests.constructs.conftest import FACTS
from tests.constructs.issued import Issued

Synth = Callable[[EnvironmentStack], dict[str, Any]]
GITHUB = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"


@pytest.fixture
def own_app() -> App:
    """An account has one provider for a URL, so a test needs an app of its own."""
    return Testing.app()


@pytest.fixture
def stack(own_app: App) -> EnvironmentStack:
    return EnvironmentStack(own_app, FACTS)


def role_of(found: dict[str, Any], id: str) -> tuple[dict[str, Any], PolicyDocument]:
    role = found["resource"]["aws_iam_role"][id]
    return role, PolicyDocument.parse(role["assume_role_policy"])


def admits(trust: PolicyDocument, provider: str, **claims: str) -> bool:
    attempt = AssumeRoleAttempt(
        caller=WebIdentity(provider),
        role_arn="arn:aws:iam::111111111111:role/tes-deployer",
        session_name="ci",
        context={f"{provider.partition('/')[2]}:{key}": value for key, value in claims.items()},
    )
    return may_assume(
        attempt, trust=CompiledPolicy(trust), action="sts:AssumeRoleWithWebIdentity"
    ).allowed


def test_one_role_trusts_two_issuers_and_waits_for_both(
    stack: EnvironmentStack, synthesized: Synth, issued: Issued
) -> None:
    github = OidcProvider(stack, "github", issuer=GITHUB_ACTIONS)
    gitlab = OidcProvider(stack, "gitlab", issuer=GITLAB_COM)
    acme = SamlProvider(stack, "acme", metadata=issued.metadata())
    AssumableRole(
        stack,
        "deployer",
        trusted_entities=[
            GitHubActions(github, repository="acme/infra", branch="main"),
            GitLab(gitlab, project="acme/infra", branch="main"),
            Saml(acme, attributes={"eduPersonAffiliation": "staff"}),
            IamUsers("999999999999", ["alice"]),
        ],
    )
    role, trust = role_of(synthesized(stack), "deployer")
    assert role["depends_on"] == [
        "aws_iam_openid_connect_provider.github",
        "aws_iam_openid_connect_provider.gitlab",
        "aws_iam_saml_provider.acme",
    ]
    # ARNs in letters: a plan that makes the providers shows the whole policy.
    assert "${" not in role["assume_role_policy"]
    assert [each.principals.federated for each in trust.statements if each.principals] == [
        (GITHUB,),
        ("arn:aws:iam::111111111111:oidc-provider/gitlab.com",),
        ("arn:aws:iam::111111111111:saml-provider/tes-acme",),
        (),
    ]
    main = {"sub": "repo:acme/infra:ref:refs/heads/main", "aud": "sts.amazonaws.com"}
    assert admits(trust, GITHUB, **main)
    assert not admits(trust, GITHUB, **main | {"sub": "repo:acme-evil/infra:ref:refs/heads/main"})
    assert not admits(trust, "arn:aws:iam::111111111111:oidc-provider/gitlab.com", **main)


def test_roles_without_a_provider_wait_for_nothing(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    AssumableRole(
        stack,
        "app",
        trusted_entities=[
            Google(audience="1.apps.googleusercontent.com", subject="117"),
            GitHubActions(GITHUB_ACTIONS, repository="acme/infra", environment="prod"),
        ],
    )
    assert "depends_on" not in role_of(synthesized(stack), "app")[0]


def immutable(provider: Any) -> TrustedEntity:
    return GitHubActions(
        provider, repository="acme/infra", environment="prod", owner_id=1, repository_id=2
    )


def test_another_stack_shares_the_provider_as_it_is(own_app: App, synthesized: Synth) -> None:
    base = EnvironmentStack(own_app, replace(FACTS, name="base"))
    app = EnvironmentStack(own_app, FACTS)
    github = OidcProvider(base, "github", issuer=GITHUB_ACTIONS)
    AssumableRole(app, "deployer", trusted_entities=[immutable(github)])
    role, trust = role_of(synthesized(app), "deployer")
    # A state cannot wait for a resource of another one: the stacks wait for each other.
    assert "depends_on" not in role
    assert [each.node.id for each in app.dependencies] == ["base"]
    assert trust.statements[0].principals == Principals(federated=(GITHUB,))
    with pytest.raises(Problem, match="stack tes, which waits for base itself"):
        AssumableRole(
            base,
            "circle",
            trusted_entities=[
                GitLab(
                    OidcProvider(app, "gitlab", issuer=GITLAB_COM),
                    project="acme/infra",
                    branch="main",
                )
            ],
        )


@pytest.mark.parametrize(
    "provider",
    [OidcProvider.from_url(GITHUB_ACTIONS.url), OidcProvider.from_arn(GITHUB)],
    ids=["url", "arn"],
)
def test_another_app_refers_to_the_provider(
    stack: EnvironmentStack, synthesized: Synth, provider: Any
) -> None:
    AssumableRole(stack, "deployer", trusted_entities=[immutable(provider)])
    found = synthesized(stack)
    role, trust = role_of(found, "deployer")
    assert trust.statements[0].principals == Principals(federated=(GITHUB,))
    assert "depends_on" not in role
    assert "aws_iam_openid_connect_provider" not in found["resource"]


def test_a_provider_of_another_account_is_refused(own_app: App, issued: Issued) -> None:
    other = EnvironmentStack(own_app, replace(FACTS, name="prd", account_id="222222222222"))
    stack = EnvironmentStack(own_app, FACTS)
    github = OidcProvider(other, "github", issuer=GITHUB_ACTIONS)
    acme = SamlProvider(other, "acme", metadata=issued.metadata())
    china = GITHUB.replace("arn:aws:", "arn:aws-cn:")
    for entity in (
        immutable(github),
        immutable(OidcProvider.from_arn(GITHUB.replace("1" * 12, "2" * 12))),
        AnyUserOf(acme),
        AnyUserOf(SamlProvider.from_arn("arn:aws:iam::222222222222:saml-provider/acme")),
    ):
        with pytest.raises(
            Problem, match=r'^The role "tes-x": the .* is of account 2{12} .*own account'
        ):
            AssumableRole(stack, "x", trusted_entities=[entity])
    with pytest.raises(Problem, match=r"is of account 1{12} \(aws-cn\), and tes is"):
        AssumableRole(stack, "x", trusted_entities=[immutable(OidcProvider.from_arn(china))])


def test_a_pool_is_trusted_by_reference_and_variables_of_aws_stay(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    pool = IdentityPool(stack, "app", login_providers={"accounts.google.com": "1.apps"})
    AssumableRole(
        stack,
        "user",
        trusted_entities=[CognitoIdentityPool(pool)],
        inline_policies={
            "own": {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::x/${cognito-identity.amazonaws.com:sub}/*",
                },
            }
        },
    )
    found = synthesized(stack)
    role, trust = role_of(found, "user")
    assert pool.pool_id == "${aws_cognito_identity_pool.app.id}"
    assert f'"{pool.pool_id}"' in role["assume_role_policy"]
    assert "$${" not in role["assume_role_policy"]
    assert role["depends_on"] == ["aws_cognito_identity_pool.app"]
    [inline] = found["resource"]["aws_iam_role_policy"].values()
    assert "x/$${cognito-identity.amazonaws.com:sub}/*" in inline["policy"]
    # Before the pool exists nobody is known to be of it.
    assert not admits(trust, "cognito-identity.amazonaws.com", aud="eu-central-1:x")


def test_a_pool_of_another_stack_is_refused(own_app: App) -> None:
    base = EnvironmentStack(own_app, replace(FACTS, name="base"))
    pool = IdentityPool(base, "app", login_providers={"accounts.google.com": "1.apps"})
    stack = EnvironmentStack(own_app, FACTS)
    with pytest.raises(Problem, match="the stack base, whose references mean nothing in tes"):
        AssumableRole(stack, "user", trusted_entities=[CognitoIdentityPool(pool)])


@dataclass(frozen=True)
class Written:
    """An entity of a user's own, which says what it likes."""

    value: str

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        return (
            Statement(
                principals=Principals(federated=("cognito-identity.amazonaws.com",)),
                actions=("sts:AssumeRoleWithWebIdentity",),
                conditions=(
                    Condition("StringEquals", "cognito-identity.amazonaws.com:aud", (self.value,)),
                ),
            ),
        )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("${aws_cognito_identity_pool.x.id}", "${aws_cognito_identity_pool.x.id}"),
        ("${data.aws_cognito_identity_pool.x.id}", "${data.aws_cognito_identity_pool.x.id}"),
        ("${aws:username}", "$${aws:username}"),
        ("${accounts.google.com:sub}", "$${accounts.google.com:sub}"),
        ("${id.example.com/realms/a_b:sub}", "$${id.example.com/realms/a_b:sub}"),
        ("${aws:PrincipalTag/team, 'none'}", "$${aws:PrincipalTag/team, 'none'}"),
        ("%{x}", "%%{x}"),
    ],
)
def test_what_terraform_reads_of_a_trust_policy(
    stack: EnvironmentStack, synthesized: Synth, value: str, written: str
) -> None:
    AssumableRole(stack, "own", trusted_entities=[Written(value)])
    text = role_of(synthesized(stack), "own")[0]["assume_role_policy"]
    statement = json.loads(text)["Statement"]
    assert statement["Condition"]["StringEquals"]["cognito-identity.amazonaws.com:aud"] == written


@pytest.mark.parametrize(
    "value",
    [
        "${var.pool}",
        "${local.pool}",
        '${file(\\"/etc/passwd\\")}',
        "${aws_cognito_identity_pool.x.id == 1}",
        "${aws_cognito_identity_pool.x}",
        "${provider::aws::arn_parse(1)}",
    ],
)
def test_expressions_nobody_sees_in_a_review_are_refused(
    stack: EnvironmentStack, value: str
) -> None:
    with pytest.raises(Problem, match=r"neither an attribute of a resource|well formed"):
        AssumableRole(stack, "own", trusted_entities=[Written(value)])


def test_references_and_variables_are_told_apart() -> None:
    for text in (
        "${aws_iam_role.x.arn}",
        "${TfToken[TOKEN.1]}",
        "${local.exclusive_roles}",
        "$${aws:username}",
        "${provider::aws::arn_parse(x)}",
    ):
        assert for_terraform(text) == text
    for text in ("${aws:username}", "${saml:sub}", "${www.amazon.com:user_id}", "${*}", "${$}"):
        assert for_terraform(text) == f"${text}"
