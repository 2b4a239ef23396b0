"""Entities for OpenID Connect: whom each lets in, what it renders to, what it refuses and why."""

from dataclasses import dataclass
from typing import Any

import pytest

from rolecall import issuers
from rolecall.issuers import GITHUB_ACTIONS, GITLAB_COM, OidcIssuer, oidc_context
from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    PolicyDocument,
    WebIdentity,
    may_assume,
)
from rolecall.trust import (
    AnyBranchOf,
    AnyGoogleAccount,
    AnyJobOf,
    AnyPipelineOf,
    AnyProjectOf,
    AnyProjectOfOrganization,
    AnyRepositoryOf,
    AnyRepositoryOfWorkspace,
    AnyServiceAccountIn,
    AnySubjectOf,
    AnyTagOf,
    AnyWorkspaceOf,
    Auth0,
    BitbucketPipelines,
    Buildkite,
    CircleCi,
    CognitoIdentityPool,
    EksServiceAccount,
    GitHubActions,
    GitLab,
    Google,
    HcpTerraform,
    IamUsers,
    Keycloak,
    OidcSubjects,
    TrustContext,
    TrustError,
    UnauthenticatedOf,
    trust_policy,
)

OWN = "111111111111"
ROLE = f"arn:aws:iam::{OWN}:role/tes-deployer"
CONTEXT = TrustContext(OWN, region="eu-central-1")
UUID = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
OTHER = "7cd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f61"
STS = "sts.amazonaws.com"
POOL = f"eu-central-1:{UUID}"
BITBUCKET = issuers.BITBUCKET("acme", UUID)
CIRCLECI = issuers.CIRCLECI(UUID)
BUILDKITE = issuers.BUILDKITE
HCP = issuers.HCP_TERRAFORM
EKS = issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLE")
AUTH0 = issuers.auth0("acme.eu.auth0.com")
KEYCLOAK = issuers.keycloak("https://id.example.com", "staff")
PRIVATE = issuers.oidc_issuer("https://id.example.com/oidc")
JOB = "acme/ci/.github/workflows/deploy.yml@refs/heads/main"
CLIENT = "1-a.apps.googleusercontent.com"


@dataclass(frozen=True)
class Provider:
    issuer: OidcIssuer
    client_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    entity: Any
    issuer: OidcIssuer
    claims: dict[str, Any]
    wrong: dict[str, Any]  # other claims of somebody else of the same issuer


CASES = {
    "GitHub branch": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", branch="main"),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:ref:refs/heads/main", "aud": STS},
        {"sub": "repo:acme/infra:ref:refs/heads/main2"},
    ),
    "GitHub folder": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", branch="release/*"),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:ref:refs/heads/release/1/2", "aud": STS},
        {"sub": "repo:acme/infra:ref:refs/heads/releases/1"},
    ),
    "GitHub tag": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", tag="v1"),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:ref:refs/tags/v1", "aud": STS},
        {"sub": "repo:acme/infra:ref:refs/heads/v1"},
    ),
    "GitHub environment": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", environment="Prod:V1"),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:environment:Prod%3AV1", "aud": STS},
        {"sub": "repo:acme/infra:environment:Prod"},
    ),
    "GitHub pull request": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", pull_request=True),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:pull_request", "aud": STS},
        {"sub": "repo:acme/infra:ref:refs/heads/main"},
    ),
    "GitHub job": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", job=JOB),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:environment:x", "aud": STS, "job_workflow_ref": JOB},
        {"job_workflow_ref": JOB + "2"},
    ),
    "GitHub immutable": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", branch="main", immutable_ids=(1, 2)),
        GITHUB_ACTIONS,
        {"sub": "repo:acme@1/infra@2:ref:refs/heads/main", "aud": STS},
        {"sub": "repo:acme@1/infra@3:ref:refs/heads/main"},
    ),
    "GitHub repository id": Case(
        GitHubActions(GITHUB_ACTIONS, "acme/infra", branch="main", repository_id=2),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:ref:refs/heads/main", "aud": STS, "repository_id": "2"},
        {"repository_id": "3"},
    ),
    "GitHub Enterprise Server": Case(
        GitHubActions(
            issuers.github_enterprise_server("github.example.com"), "acme/infra", branch="main"
        ),
        issuers.github_enterprise_server("github.example.com"),
        {"sub": "repo:acme/infra:ref:refs/heads/main", "aud": STS},
        {"sub": "repo:acme/infra:pull_request"},
    ),
    "any repository": Case(
        AnyRepositoryOf(GITHUB_ACTIONS, "acme"),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/anything:pull_request", "aud": STS},
        {"sub": "repo:acme-evil/anything:pull_request"},
    ),
    "any branch": Case(
        AnyBranchOf(GITHUB_ACTIONS, "acme/infra"),
        GITHUB_ACTIONS,
        {"sub": "repo:acme/infra:ref:refs/heads/x", "aud": STS},
        {"sub": "repo:acme/infra:pull_request"},
    ),
    "any tag": Case(
        AnyTagOf(GITLAB_COM, "acme/infra"),
        GITLAB_COM,
        {"sub": "project_path:acme/infra:ref_type:tag:ref:v1", "aud": "https://gitlab.com"},
        {"sub": "project_path:acme/infra:ref_type:branch:ref:v1"},
    ),
    "any job": Case(
        AnyJobOf(BUILDKITE, "acme/infra"),
        BUILDKITE,
        {"sub": "organization:acme:pipeline:infra:ref:r:commit:c:step:s", "aud": STS},
        {"sub": "organization:acme:pipeline:infra-2:ref:r:commit:c:step:s"},
    ),
    "GitLab": Case(
        GitLab(GITLAB_COM, "acme/infra", branch="main", protected=True, project_id=5),
        GITLAB_COM,
        {
            "sub": "project_path:acme/infra:ref_type:branch:ref:main",
            "aud": "https://gitlab.com",
            "ref_protected": "true",
            "project_id": "5",
        },
        {"ref_protected": "false"},
    ),
    "any project": Case(
        AnyProjectOf(GITLAB_COM, "acme"),
        GITLAB_COM,
        {"sub": "project_path:acme/a/b:ref_type:tag:ref:v1", "aud": "https://gitlab.com"},
        {"sub": "project_path:acme2/a:ref_type:tag:ref:v1"},
    ),
    "Bitbucket": Case(
        BitbucketPipelines(BITBUCKET, UUID, environment=OTHER),
        BITBUCKET,
        {"sub": f"{{{UUID}}}:{{{OTHER}}}:{{{UUID}}}", "aud": BITBUCKET.audience},
        {"sub": f"{{{UUID}}}:{{{UUID}}}:{{{UUID}}}"},
    ),
    "any of a workspace": Case(
        AnyRepositoryOfWorkspace(BITBUCKET),
        BITBUCKET,
        {"sub": "{a}:{b}", "aud": BITBUCKET.audience},
        {"aud": "ari:cloud:bitbucket::workspace/x"},
    ),
    "HCP Terraform": Case(
        HcpTerraform(HCP, "acme", "Default Project", "network", run_phase="apply"),
        HCP,
        {
            "sub": "organization:acme:project:Default Project:workspace:network:run_phase:apply",
            "aud": "aws.workload.identity",
        },
        {"sub": "organization:acme:project:Default Project:workspace:network:run_phase:plan"},
    ),
    "any workspace": Case(
        AnyWorkspaceOf(HCP, "acme"),
        HCP,
        {
            "sub": "organization:acme:project:p:workspace:w:run_phase:plan",
            "aud": "aws.workload.identity",
        },
        {"sub": "organization:acme2:project:p:workspace:w:run_phase:plan"},
    ),
    "CircleCI": Case(
        CircleCi(CIRCLECI, OTHER, user=UUID),
        CIRCLECI,
        {"sub": f"org/{UUID}/project/{OTHER}/user/{UUID}", "aud": UUID},
        {"sub": f"org/{UUID}/project/{OTHER}/user/{OTHER}"},
    ),
    "CircleCI, newer token": Case(
        CircleCi(CIRCLECI, OTHER, user=UUID),
        CIRCLECI,
        {"sub": f"org/{UUID}/project/{OTHER}/user/{UUID}/vcs-origin/o/vcs-ref/r", "aud": UUID},
        {"sub": f"org/{UUID}/project/{OTHER}/user/{UUID}2/vcs-origin/o/vcs-ref/r"},
    ),
    "any of an organization": Case(
        AnyProjectOfOrganization(CIRCLECI),
        CIRCLECI,
        {"sub": f"org/{UUID}/project/{OTHER}/user/{UUID}", "aud": UUID},
        {"sub": f"org/{OTHER}/project/{OTHER}/user/{UUID}"},
    ),
    "Buildkite": Case(
        Buildkite(BUILDKITE, "acme", "infra", branch="main"),
        BUILDKITE,
        {
            "sub": "organization:acme:pipeline:infra:ref:refs/heads/main:commit:c:step:s",
            "aud": STS,
            "build_branch": "main",
        },
        # A fork of the user `main`, whose branch is named `commit`.
        {
            "sub": "organization:acme:pipeline:infra:ref:refs/heads/main:commit:commit:c:step:s",
            "build_branch": "main:commit",
        },
    ),
    "any pipeline": Case(
        AnyPipelineOf(BUILDKITE, "acme"),
        BUILDKITE,
        {"sub": "organization:acme:pipeline:p:ref:r:commit:c:step:s", "aud": STS},
        {"sub": "organization:acme-2:pipeline:p:ref:r:commit:c:step:s"},
    ),
    "EKS": Case(
        EksServiceAccount(EKS, "ci", "builder"),
        EKS,
        {"sub": "system:serviceaccount:ci:builder", "aud": [STS]},
        {"sub": "system:serviceaccount:ci2:builder"},
    ),
    "any service account": Case(
        AnyServiceAccountIn(EKS, "ci"),
        EKS,
        {"sub": "system:serviceaccount:ci:x", "aud": [STS]},
        {"sub": "system:serviceaccount:ci2:x"},
    ),
    "Auth0": Case(
        Auth0(AUTH0, ["auth0|5f7c"], audience="app"),
        AUTH0,
        {"sub": "auth0|5f7c", "aud": "api", "azp": "app"},
        {"sub": "auth0|5f7d"},
    ),
    "Keycloak": Case(
        Keycloak(KEYCLOAK, [UUID], audience="app"),
        KEYCLOAK,
        {"sub": UUID, "aud": ["account", "other"], "azp": "app"},
        {"sub": OTHER},
    ),
    "subjects": Case(
        OidcSubjects(PRIVATE, ["alice", "team:blue/*"], audience="app"),
        PRIVATE,
        {"sub": "team:blue/x", "aud": "app"},
        {"sub": "team:blue2/x"},
    ),
    "any subject": Case(
        AnySubjectOf(PRIVATE, audience="app"),
        PRIVATE,
        {"sub": "anyone", "aud": "app"},
        {"azp": "other"},
    ),
    "Google": Case(
        Google(audience=CLIENT, subject="110", oaud="web"),
        issuers.GOOGLE,
        {"sub": "110", "aud": "web", "azp": CLIENT},
        {"sub": "1101"},
    ),
    "any Google account": Case(
        AnyGoogleAccount(audience=CLIENT),
        issuers.GOOGLE,
        {"sub": "1", "aud": CLIENT},
        {"azp": "other"},
    ),
    "Cognito": Case(
        CognitoIdentityPool(POOL),
        issuers.COGNITO,
        {"sub": "s", "aud": POOL, "amr": ["authenticated", "accounts.google.com"]},
        {"amr": ["unauthenticated"]},
    ),
    "Cognito guests": Case(
        UnauthenticatedOf(POOL),
        issuers.COGNITO,
        {"sub": "s", "aud": POOL, "amr": ["unauthenticated"]},
        {"amr": ["authenticated"]},
    ),
}


def admitted(entity: Any, issuer: OidcIssuer, claims: dict[str, Any], **attempt: Any) -> bool:
    policy = CompiledPolicy(trust_policy([entity], CONTEXT))
    asked = AssumeRoleAttempt(
        caller=WebIdentity(issuer.principal(OWN)),
        role_arn=ROLE,
        context=oidc_context(issuer, claims),
        **attempt,
    )
    return may_assume(asked, trust=policy, action="sts:AssumeRoleWithWebIdentity").allowed


@pytest.mark.parametrize("name", CASES)
def test_who_is_meant_comes_in_and_nobody_else(name: str) -> None:
    case = CASES[name]
    assert admitted(case.entity, case.issuer, case.claims)
    assert not admitted(case.entity, case.issuer, case.claims | case.wrong)
    wrong_audience = case.claims | {"aud": "evil", "azp": "evil"}
    assert not admitted(case.entity, case.issuer, wrong_audience)
    without_audience = {k: v for k, v in case.claims.items() if k not in ("aud", "azp")}
    assert not admitted(case.entity, case.issuer, without_audience)
    other_issuer = PRIVATE if case.issuer is not PRIVATE else KEYCLOAK
    assert not admitted(case.entity, other_issuer, case.claims)


def statements(*entities: Any, context: TrustContext = CONTEXT) -> list[dict[str, Any]]:
    document = trust_policy(entities, context)
    found = PolicyDocument.parse(document.to_json()).to_dict()["Statement"]
    return found if isinstance(found, list) else [found]  # type: ignore[list-item]


def test_exact_names_and_patterns_are_statements_of_their_own() -> None:
    exact, like = statements(GitHubActions(GITHUB_ACTIONS, "a/b", branch=["main", "release/*"]))
    key = "token.actions.githubusercontent.com"
    assert exact["Condition"] == {
        "StringEquals": {f"{key}:aud": STS, f"{key}:sub": "repo:a/b:ref:refs/heads/main"}
    }
    assert like["Condition"] == {
        "StringEquals": {f"{key}:aud": STS},
        "StringLike": {f"{key}:sub": "repo:a/b:ref:refs/heads/release/*"},
    }
    assert exact["Principal"] == {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/{key}"}


def test_tags_of_a_token_add_their_action_for_the_same_subjects() -> None:
    entity = EksServiceAccount(EKS, "ci", "builder", session_tags={"team": "blue"})
    assume, tag = statements(entity)
    assert tag["Action"] == "sts:TagSession"
    assert tag["Condition"]["StringEquals"] == assume["Condition"]["StringEquals"]
    claims = {"sub": "system:serviceaccount:ci:builder", "aud": STS}
    assert admitted(entity, EKS, claims, tags={"team": "blue"})
    assert not admitted(entity, EKS, claims, tags={"team": "red"})
    assert not admitted(entity, EKS, claims)
    assert not admitted(entity, EKS, {**claims, "sub": "x"}, tags={"team": "blue"})


def test_a_session_name_and_a_source_identity_can_be_asked_for() -> None:
    entity = EksServiceAccount(
        EKS, "ci", "builder", session_name="deploy", source_identity="*@example.com"
    )
    claims = {"sub": "system:serviceaccount:ci:builder", "aud": STS}
    good = {"session_name": "deploy", "source_identity": "a@example.com"}
    assert admitted(entity, EKS, claims, **good)
    assert not admitted(entity, EKS, claims, **good | {"session_name": "other"})
    assert not admitted(entity, EKS, claims, **good | {"source_identity": "a@example.org"})
    assert not admitted(entity, EKS, claims, session_name="deploy")


@pytest.mark.parametrize("guard", ["external_id", "mfa", "mfa_max_age"])
def test_a_token_knows_no_external_id_and_no_second_factor(guard: str) -> None:
    with pytest.raises(TypeError):
        EksServiceAccount(EKS, "ci", "builder", **{guard: "x"})


def test_the_audience_is_the_issuer_s_the_provider_s_only_one_or_given() -> None:
    def audience(provider: Any, **options: Any) -> str:
        return GitHubActions(provider, "a/b", branch="main", **options).checked_audience()

    assert audience(GITHUB_ACTIONS) == STS
    assert audience(Provider(GITHUB_ACTIONS, ("https://github.com/a",))) == "https://github.com/a"
    assert audience(Provider(GITHUB_ACTIONS, ("x", STS))) == STS
    assert audience(Provider(GITHUB_ACTIONS, ("x", STS)), audience="x") == "x"
    with pytest.raises(TrustError, match="takes tokens for x, y only"):
        audience(Provider(GITHUB_ACTIONS, ("x", "y")))
    with pytest.raises(TrustError, match="nobody could come in with one for z"):
        audience(Provider(GITHUB_ACTIONS, ("x", "y")), audience="z")


def test_one_role_through_two_issuers_and_a_user() -> None:
    found = statements(
        GitHubActions(GITHUB_ACTIONS, "a/b", branch="main"),
        GitHubActions(GITHUB_ACTIONS, "a/b", environment="production"),
        GitHubActions(GITHUB_ACTIONS, "a/b", branch="main", immutable_ids=(1, 2)),
        GitLab(GITLAB_COM, "a/b", branch="main"),
        IamUsers(OWN, ["alice"]),
    )
    assert [each["Sid"] for each in found] == [
        "GitHubActions",
        "GitHubActionsn2",
        "GitHubActionsn3",
        "GitLab",
        f"UsersOf{OWN}",
    ]


def test_an_entity_that_another_makes_pointless_is_refused() -> None:
    narrow = GitHubActions(GITHUB_ACTIONS, "acme/infra", branch="main", source_ip="203.0.113.1")
    wide = GitHubActions(GITHUB_ACTIONS, "acme/infra", branch="main")
    with pytest.raises(TrustError, match="fewer conditions"):
        statements(narrow, wide)
    with pytest.raises(TrustError, match=r"AnyRepositoryOf\(…\) for all that GitHubActions"):
        statements(narrow, AnyRepositoryOf(GITHUB_ACTIONS, "acme"))
    with pytest.raises(TrustError, match="twice in the same way"):
        statements(wide, wide)
    assert statements(narrow, AnyRepositoryOf(GITHUB_ACTIONS, "acme-2"))


def test_a_pool_of_the_same_stack_is_named_by_its_reference() -> None:
    reference = "${aws_cognito_identity_pool.users.id}"
    [found] = statements(CognitoIdentityPool(reference))
    assert found["Condition"]["StringEquals"] == {"cognito-identity.amazonaws.com:aud": reference}
    # Until Terraform has filled it in, nobody has it.
    assert not admitted(
        CognitoIdentityPool(reference), issuers.COGNITO, {"aud": reference, "amr": "authenticated"}
    )


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-central-1", "cognito-identity.amazonaws.com"),
        ("aws-us-gov", "us-gov-west-1", "cognito-identity-us-gov.amazonaws.com"),
        ("aws-us-gov", "us-gov-east-1", "cognito-identity.us-gov-east-1.amazonaws.com"),
    ],
)
def test_cognito_in_other_partitions(partition: str, region: str, host: str) -> None:
    context = TrustContext(OWN, partition=partition, region=region)
    [found] = statements(CognitoIdentityPool(f"{region}:{UUID}"), context=context)
    assert found["Principal"] == {"Federated": host}
    assert f"{host}:aud" in found["Condition"]["StringEquals"]


def github(**options: Any) -> Any:
    return GitHubActions(GITHUB_ACTIONS, **{"repository": "acme/infra", "branch": "main"} | options)


REFUSED: dict[str, tuple[Any, str]] = {
    "no limit": (lambda: github(branch=None), r"AnyJobOf\(provider, \"acme/infra\"\)"),
    "two limits": (lambda: github(tag="v1"), "branch and tag cannot both"),
    "every branch": (lambda: github(branch="*"), "AnyBranchOf"),
    "every tag": (lambda: github(branch=None, tag="**"), "AnyTagOf"),
    "branch prefix": (lambda: github(branch="release*"), "ends inside a name"),
    "wildcard inside": (lambda: github(branch="a/*/b"), "ends inside a name"),
    "whole ref": (lambda: github(branch="refs/heads/main"), 'write "main"'),
    "colon": (lambda: github(branch="main:environment:x"), "not a name that git allows"),
    "dots": (lambda: github(branch="a..b"), "not a name that git allows"),
    "variable": (lambda: github(branch="${x}"), "reads as a variable"),
    "wildcard owner": (lambda: github(repository="*/infra"), "not a whole name"),
    "every repository": (lambda: github(repository="acme/*"), "AnyRepositoryOf"),
    "no owner": (lambda: github(repository="infra"), "not a whole name"),
    "subject as repository": (lambda: github(repository="acme/infra:x"), "not a whole name"),
    "environment": (lambda: github(branch=None, environment="*"), "protection rules"),
    "no pull request": (lambda: github(branch=None, pull_request=False), "names no job"),
    "workflow without ref": (
        lambda: github(branch=None, job="acme/ci/.github/workflows/a.yml"),
        "with its whole ref",
    ),
    "workflow prefix": (lambda: github(job_workflow_ref=JOB + "*"), "with its whole ref"),
    "workflow twice": (
        lambda: github(branch=None, job=JOB, job_workflow_ref=JOB),
        "write one of them",
    ),
    "ids": (lambda: github(immutable_ids=("acme", 1)), "one of GitHub's numbers"),
    "one id": (lambda: github(immutable_ids=(1,)), "holds 1 numbers"),
    "repository id": (lambda: github(repository_id="*"), "one of GitHub's numbers"),
    "claims of a server": (
        lambda: GitHubActions(
            issuers.github_enterprise_server("g.example.com"), "a/b", branch="x", owner_id=1
        ),
        "makes no condition key of the repository_owner_id",
    ),
    "GitLab's provider": (
        lambda: GitHubActions(GITLAB_COM, "a/b", branch="main"),
        "GitLab writes no such tokens",
    ),
    "GitHub's provider": (
        lambda: GitLab(GITHUB_ACTIONS, "a/b", branch="main"),
        "GitHub Actions writes no such tokens",
    ),
    "EKS's provider": (
        lambda: Keycloak(EKS, [UUID], audience="x"),
        "writes no such tokens",
    ),
    "built in": (lambda: AnySubjectOf(issuers.GOOGLE, audience="x"), r"write Google\("),
    "no provider": (
        lambda: GitHubActions(None, "a/b", branch="x"),  # type: ignore[arg-type]
        "write an OIDC provider",
    ),
    "a class": (lambda: GitHubActions(Provider, "a/b", branch="x"), "write an OIDC provider"),
    "an issuer without a domain": (
        lambda: AnySubjectOf(OidcIssuer(name="x", url="https://*"), audience="a"),
        "no domain name",
    ),
    "client ids": (
        lambda: GitHubActions(Provider(GITHUB_ACTIONS, "x"), "a/b", branch="x"),  # type: ignore[arg-type]
        "client_ids is a list",
    ),
    "audience pattern": (lambda: github(audience="*"), "not one audience"),
    "audience list": (lambda: github(audience=["a"]), "write a string"),
    "no audience": (lambda: Keycloak(KEYCLOAK, [UUID]), 'write audience="…"'),
    "owner": (lambda: AnyRepositoryOf(GITHUB_ACTIONS, "*"), "not a whole name"),
    "owner pattern": (lambda: AnyRepositoryOf(GITHUB_ACTIONS, "acme*"), "not a whole name"),
    "owner's number": (
        lambda: AnyRepositoryOf(GITHUB_ACTIONS, "acme", immutable=True),
        "write owner_id=…",
    ),
    "ids elsewhere": (
        lambda: AnyJobOf(GITLAB_COM, "a/b", immutable_ids=(1, 2)),
        "only GitHub's subjects",
    ),
    "half a pipeline": (lambda: AnyJobOf(BUILDKITE, "acme"), "not whole"),
    "GitLab group": (lambda: GitLab(GITLAB_COM, "acme/*", branch="x"), "AnyProjectOf"),
    "GitLab all": (lambda: GitLab(GITLAB_COM, "acme/b"), "AnyJobOf"),
    "GitLab number": (
        lambda: GitLab(GITLAB_COM, "a/b", branch="x", project_id="a"),
        "one of GitLab's numbers",
    ),
    "group": (lambda: AnyProjectOf(GITLAB_COM, "*"), "not a whole name"),
    "Bitbucket name": (lambda: BitbucketPipelines(BITBUCKET, "infra"), "not a UUID"),
    "Bitbucket audience": (
        lambda: AnyRepositoryOfWorkspace(issuers.BITBUCKET("acme")),
        'write audience="…"',
    ),
    "workspace": (lambda: HcpTerraform(HCP, "a", "b", "*"), "AnyWorkspaceOf"),
    "workspace prefix": (lambda: HcpTerraform(HCP, "a", "b", "net-*"), "AnyWorkspaceOf"),
    "organization": (lambda: AnyWorkspaceOf(HCP, "*"), "not a whole name"),
    "phase": (lambda: HcpTerraform(HCP, "a", "b", "c", run_phase="*"), '"plan" or "apply"'),
    "CircleCI name": (lambda: CircleCi(CIRCLECI, "infra"), "not a UUID"),
    "CircleCI user": (lambda: CircleCi(CIRCLECI, UUID, user="*"), "not a UUID"),
    "Buildkite pattern": (
        lambda: Buildkite(BUILDKITE, "acme", "infra", branch="release/*"),
        "name each one",
    ),
    "Buildkite all": (lambda: Buildkite(BUILDKITE, "acme", "infra"), "AnyJobOf"),
    "slug": (lambda: AnyPipelineOf(BUILDKITE, "Acme Inc"), "not a whole name"),
    "namespace": (lambda: EksServiceAccount(EKS, "*", "a"), "not a whole name"),
    "account": (lambda: EksServiceAccount(EKS, "ci", "*"), "AnyServiceAccountIn"),
    "account prefix": (lambda: EksServiceAccount(EKS, "ci", "build*"), "AnyServiceAccountIn"),
    "no account": (lambda: EksServiceAccount(EKS, "ci", []), "nobody would be admitted"),
    "Auth0 pattern": (lambda: Auth0(AUTH0, ["auth0|*"], audience="a"), "AnySubjectOf"),
    "no subject": (lambda: OidcSubjects(PRIVATE, [], audience="a"), "nobody would be admitted"),
    "lone subject": (
        lambda: OidcSubjects(PRIVATE, "alice", audience="a"),
        r"write \['alice'\]",
    ),
    "prefix": (lambda: OidcSubjects(PRIVATE, ["acme*"], audience="a"), "merely begin alike"),
    "everyone": (lambda: OidcSubjects(PRIVATE, ["*"], audience="a"), r"AnySubjectOf\(provider\)"),
    "two wildcards": (
        lambda: OidcSubjects(PRIVATE, ["a:*:b:*"], audience="a"),
        "merely begin alike",
    ),
    "question mark": (lambda: OidcSubjects(PRIVATE, ["a?"], audience="a"), "merely begin alike"),
    "empty subject": (lambda: OidcSubjects(PRIVATE, [""], audience="a"), "write it out"),
    "variable subject": (
        lambda: OidcSubjects(PRIVATE, ["${aws:userid}"], audience="a"),
        "reads as a variable",
    ),
    "odd letter": (lambda: OidcSubjects(PRIVATE, ["a\x00b"], audience="a"), "in no policy"),
    "all of GitHub": (lambda: OidcSubjects(GITHUB_ACTIONS, ["repo:*"]), "names no customer"),
    "all of HCP": (lambda: OidcSubjects(HCP, ["organization:*"]), "names no customer"),
    "shared": (lambda: AnySubjectOf(GITLAB_COM), "IAM refuses"),
    "Google address": (lambda: Google(audience=CLIENT, subject="a@b.c"), "account's number"),
    "Google audience": (lambda: Google(audience="*", subject="1"), "not one client ID"),
    "Google oaud": (lambda: Google(audience="a", subject="1", oaud=""), "not one client ID"),
    "pool name": (lambda: CognitoIdentityPool("users"), "not the ID of an identity pool"),
    "pool of a user pool": (
        lambda: CognitoIdentityPool("eu-central-1_AbCdEf"),
        "not the ID of an identity pool",
    ),
    "another reference": (
        lambda: CognitoIdentityPool("${aws_cognito_user_pool.users.id}"),
        "not the ID of an identity pool",
    ),
    "more than a reference": (
        lambda: CognitoIdentityPool("${aws_cognito_identity_pool.a.id}*"),
        "not the ID of an identity pool",
    ),
    "pool variable": (lambda: CognitoIdentityPool("${aws:userid}"), "not the ID of"),
    "guests": (lambda: CognitoIdentityPool(POOL, authenticated=False), "UnauthenticatedOf"),
    "identities": (lambda: CognitoIdentityPool(POOL, identity_ids=["*"]), "not an identity's ID"),
    "session name": (
        lambda: github(session_name="deploy*"),
        "ends inside a name",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_when_written_with_the_fix(case: str) -> None:
    build, fix = REFUSED[case]
    with pytest.raises(TrustError, match=fix) as refusal:
        build()
    assert str(refusal.value).isprintable()
