"""Every kind of trusted entity: who is meant comes in, and whoever is only like him does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from rolecall import issuers, trust
from rolecall.testing import (
    Caller,
    assert_admits,
    assert_denies,
    assert_only_admits,
    bitbucket_token,
    buildkite_token,
    circleci_token,
    cognito_token,
    eks_token,
    github_token,
    gitlab_token,
    google_token,
    hcp_terraform_token,
    hostile,
    iam_user,
    oidc_token,
    pod_identity,
    role_session,
    roles_anywhere,
    saml_assertion,
    service,
    trust_of,
)
from rolecall.testing.insiders import insiders, unfound
from rolecall.trust import TrustContext, trust_policy

OWN, PEOPLE, PARTNER = "111111111111", "999999999999", "555555555555"
HERE = TrustContext(OWN, region="eu-central-1", own_accounts=frozenset({PEOPLE}))
UUID = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
OTHER_UUID = "0f2cbb6a-5c4d-4b7f-9d3e-8a1b2c3d4e5f"
GITHUB, GITLAB = issuers.GITHUB_ACTIONS, issuers.GITLAB_COM
CLUSTER = issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLE")
EKS = f"arn:aws:eks:eu-central-1:{OWN}:cluster/main"
ANCHOR = (
    f"arn:aws:rolesanywhere:eu-central-1:{OWN}:trust-anchor/12345678-90ab-cdef-1234-567890abcdef"
)
POOL = "eu-central-1:1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
CLIENT = "407408718192-web.apps.googleusercontent.com"
SCHEDULE = f"arn:aws:scheduler:eu-central-1:{OWN}:schedule/nightly"
JOB = "acme/ci/.github/workflows/deploy.yml@refs/heads/main"


class Sso:
    provider_name = "sso"


@dataclass(frozen=True)
class Kind:
    """An entity, who stands for those it means, and the attempts that its author means too."""

    entity: Any
    callers: Sequence[Caller]
    meant: Sequence[str] = ()


ANY_USER = ("another user of the account", "another kind of principal", "a user under another path")
KINDS = {
    "IamUsers": Kind(
        trust.IamUsers(PEOPLE, ["alice", "bob"]),
        [iam_user("alice", account=PEOPLE), iam_user("bob", account=PEOPLE)],
    ),
    "IamUsers guarded": Kind(
        trust.IamUsers(
            PARTNER,
            ["alice"],
            external_id="acme-4711",
            mfa_max_age=timedelta(minutes=15),
            source_identity="alice",
            session_tags={"team": "blue"},
            source_ip="203.0.113.0/24",
        ),
        [
            iam_user(
                "alice",
                account=PARTNER,
                external_id="acme-4711",
                mfa_age=60,
                source_identity="alice",
                tags={"team": "blue"},
                ip="203.0.113.9",
            )
        ],
    ),
    "IamRoles": Kind(
        trust.IamRoles(PEOPLE, ["ci"], path="/build/"),
        [role_session("ci", account=PEOPLE, path="/build/")],
    ),
    "WholeAccount": Kind(
        trust.WholeAccount(
            PEOPLE,
            principal_arns=[f"arn:aws:iam::{PEOPLE}:role/team/*"],
            organization_id="o-a1b2c3d4e5",
        ),
        [
            role_session(
                "any",
                account=PEOPLE,
                path="/team/",
                context={"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
            )
        ],
        ["another role of the account"],
    ),
    "AnyPrincipalOf": Kind(
        trust.AnyPrincipalOf(PARTNER, external_id="acme-4711"),
        [iam_user(account=PARTNER, external_id="acme-4711")],
    ),
    "AwsService": Kind(
        trust.AwsService("scheduler", source_account=OWN, source_arn=SCHEDULE),
        [service("scheduler", source_account=OWN, source_arn=SCHEDULE)],
    ),
    "AwsService ec2": Kind(trust.AwsService("ec2"), [service("ec2")]),
    "AnyCallerOfService": Kind(
        trust.AnyCallerOfService("monitoring.rds"),
        [service("monitoring.rds")],
        ["for another account"],
    ),
    "GitHubActions": Kind(
        trust.GitHubActions(GITHUB, "acme/infra", environment="tes"),
        [github_token("acme/infra", environment="tes")],
    ),
    "GitHubActions branches": Kind(
        trust.GitHubActions(GITHUB, "acme/infra", branch=["main", "release/*"], repository_id=4711),
        [
            github_token("acme/infra", branch="main", claims={"repository_id": "4711"}),
            github_token("acme/infra", branch="release/*", claims={"repository_id": "4711"}),
        ],
    ),
    "GitHubActions job": Kind(
        trust.GitHubActions(GITHUB, "acme/infra", job=JOB),
        [github_token("acme/infra", claims={"job_workflow_ref": JOB})],
    ),
    "GitHubActions pull request": Kind(
        trust.GitHubActions(GITHUB, "acme/infra", pull_request=True, immutable_ids=(1, 2)),
        [github_token("acme/infra", pull_request=True, immutable_ids=(1, 2))],
    ),
    "AnyRepositoryOf": Kind(
        trust.AnyRepositoryOf(GITHUB, "acme"),
        [github_token("acme/any")],
        ["another repository"],
    ),
    "AnyBranchOf": Kind(
        trust.AnyBranchOf(GITHUB, "acme/infra"),
        [github_token("acme/infra", branch="main")],
        ["another branch"],
    ),
    "AnyTagOf": Kind(
        trust.AnyTagOf(GITLAB, "acme/a/infra"),
        [gitlab_token("acme/a/infra", tag="v1")],
        ["another tag"],
    ),
    "AnyJobOf": Kind(trust.AnyJobOf(GITHUB, "acme/infra"), [github_token("acme/infra")]),
    "GitLab": Kind(
        trust.GitLab(GITLAB, "acme/a/infra", branch="main", protected=True, project_id=20),
        [
            gitlab_token(
                "acme/a/infra",
                branch="main",
                claims={"ref_protected": "true", "project_id": "20"},
            )
        ],
    ),
    "AnyProjectOf": Kind(
        trust.AnyProjectOf(GITLAB, "acme"), [gitlab_token("acme/any")], ["another project"]
    ),
    "BitbucketPipelines": Kind(
        trust.BitbucketPipelines(issuers.BITBUCKET("acme", UUID), UUID, environment=OTHER_UUID),
        [bitbucket_token(issuers.BITBUCKET("acme", UUID), UUID, environment=OTHER_UUID)],
    ),
    "AnyRepositoryOfWorkspace": Kind(
        trust.AnyRepositoryOfWorkspace(issuers.BITBUCKET("acme", UUID)),
        [oidc_token(issuers.BITBUCKET("acme", UUID), {"sub": "*"})],
    ),
    "HcpTerraform": Kind(
        trust.HcpTerraform(issuers.HCP_TERRAFORM, "acme", "Default Project", "network"),
        [
            hcp_terraform_token("acme", "Default Project", "network", run_phase="plan"),
            hcp_terraform_token("acme", "Default Project", "network", run_phase="apply"),
        ],
    ),
    "AnyWorkspaceOf": Kind(
        trust.AnyWorkspaceOf(issuers.HCP_TERRAFORM, "acme", "infra"),
        [hcp_terraform_token("acme", "infra")],
    ),
    "CircleCi": Kind(
        trust.CircleCi(issuers.CIRCLECI(UUID), OTHER_UUID),
        [circleci_token(issuers.CIRCLECI(UUID), OTHER_UUID)],
    ),
    "CircleCi user": Kind(
        trust.CircleCi(issuers.CIRCLECI(UUID), OTHER_UUID, user=UUID),
        [
            circleci_token(issuers.CIRCLECI(UUID), OTHER_UUID, user=UUID),
            circleci_token(issuers.CIRCLECI(UUID), OTHER_UUID, user=f"{UUID}/*"),
        ],
    ),
    "AnyProjectOfOrganization": Kind(
        trust.AnyProjectOfOrganization(issuers.CIRCLECI(UUID)),
        [circleci_token(issuers.CIRCLECI(UUID), OTHER_UUID)],
        ["another project"],
    ),
    "Buildkite": Kind(
        trust.Buildkite(issuers.BUILDKITE, "acme", "infra", branch="main"),
        [buildkite_token("acme", "infra", branch="main")],
    ),
    "AnyPipelineOf": Kind(
        trust.AnyPipelineOf(issuers.BUILDKITE, "acme"),
        [buildkite_token("acme", "any")],
        ["another pipeline"],
    ),
    "EksServiceAccount": Kind(
        trust.EksServiceAccount(CLUSTER, "orders", ["api", "worker"]),
        [eks_token(CLUSTER, "orders", "api"), eks_token(CLUSTER.url, "orders", "worker")],
    ),
    "AnyServiceAccountIn": Kind(
        trust.AnyServiceAccountIn(CLUSTER, "orders"), [eks_token(CLUSTER, "orders")]
    ),
    "Auth0": Kind(
        trust.Auth0(issuers.auth0("acme.eu.auth0.com"), ["auth0|5f7c8ec7"], audience="web"),
        [oidc_token("https://acme.eu.auth0.com/", {"sub": "auth0|5f7c8ec7", "aud": "web"})],
    ),
    "Keycloak": Kind(
        trust.Keycloak(issuers.keycloak("https://id.acme.io", "staff"), [UUID], audience="web"),
        [oidc_token("https://id.acme.io/realms/staff", {"sub": UUID, "aud": "x", "azp": "web"})],
    ),
    "OidcSubjects": Kind(
        trust.OidcSubjects(
            issuers.oidc_issuer("https://id.example.com"), ["alice", "team:ops:*"], audience="web"
        ),
        [
            oidc_token("https://id.example.com", {"sub": "alice", "aud": "web"}),
            oidc_token("https://id.example.com", {"sub": "team:ops:*", "aud": "web"}),
        ],
    ),
    "AnySubjectOf": Kind(
        trust.AnySubjectOf(issuers.oidc_issuer("https://id.example.com"), audience="web"),
        [oidc_token("https://id.example.com", {"sub": "*", "aud": "web"})],
    ),
    "Google": Kind(
        trust.Google(audience=CLIENT, subject="110169484474386276334"),
        [google_token("110169484474386276334", audience=CLIENT)],
    ),
    "Google oaud": Kind(
        trust.Google(audience=CLIENT, oaud="sts", subject="110169484474386276334"),
        [google_token("110169484474386276334", audience=CLIENT, oaud="sts")],
    ),
    "AnyGoogleAccount": Kind(
        trust.AnyGoogleAccount(audience=CLIENT), [google_token(audience=CLIENT)]
    ),
    "CognitoIdentityPool": Kind(trust.CognitoIdentityPool(POOL), [cognito_token(POOL)]),
    "CognitoIdentityPool identity": Kind(
        trust.CognitoIdentityPool(POOL, identity_ids=[POOL.replace("1a", "2a")]),
        [cognito_token(POOL, POOL.replace("1a", "2a"))],
    ),
    "UnauthenticatedOf": Kind(
        trust.UnauthenticatedOf(POOL), [cognito_token(POOL, authenticated=False)]
    ),
    "Saml": Kind(
        trust.Saml(Sso(), attributes={"eduPersonAffiliation": "staff"}),
        [saml_assertion("sso", {"eduPersonAffiliation": "staff"})],
    ),
    "Saml subject": Kind(
        trust.Saml(Sso(), subjects="_cbb88bf5", issuer="https://sso.acme.io", session_name="ann"),
        [
            saml_assertion(
                "sso", subject="_cbb88bf5", issuer="https://sso.acme.io", session_name="ann"
            )
        ],
    ),
    "AnyUserOf": Kind(trust.AnyUserOf(Sso()), [saml_assertion("sso")]),
    "EksPodIdentity": Kind(
        trust.EksPodIdentity(cluster_arn=EKS, namespace="pay", service_account="web"),
        [pod_identity(EKS, "pay", "web")],
    ),
    "AnyPodOfNamespace": Kind(
        trust.AnyPodOfNamespace(cluster_arn=EKS, namespace="pay"), [pod_identity(EKS, "pay")]
    ),
    "AnyPodOfCluster": Kind(trust.AnyPodOfCluster(cluster_arn=EKS), [pod_identity(EKS)]),
    "RolesAnywhere": Kind(
        trust.RolesAnywhere(
            trust_anchor_arn=ANCHOR, subject={"CN": "web-1"}, issuer={"CN": "Site"}
        ),
        [roles_anywhere(ANCHOR, subject={"CN": "web-1"}, issuer={"CN": "Site"})],
    ),
    "RawStatement": Kind(
        trust.RawStatement(
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:sts::{PEOPLE}:assumed-role/ci/build"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:RoleSessionName": "deploy"}},
            },
            why="one session only",
        ),
        [role_session("ci", account=PEOPLE, session="build", session_name="deploy")],
        # The ARN of a session has no path.
        ["a role under another path"],
    ),
    "AnyCertificateOf": Kind(
        trust.AnyCertificateOf(trust_anchor_arn=ANCHOR),
        [roles_anywhere(ANCHOR, subject={"CN": "web-1"})],
        ["another x509Subject/CN"],
    ),
}


def role(entity: Any) -> Any:
    return trust_of(trust_policy([entity], HERE, size_limit=4096), "role", account=OWN)


@pytest.mark.parametrize("name", KINDS)
def test_only_who_is_meant_comes_in(name: str) -> None:
    kind = KINDS[name]
    assert_only_admits(role(kind.entity), kind.callers, meant=kind.meant)


@pytest.mark.parametrize("name", KINDS)
def test_the_policy_alone_tells_whom_to_imitate(name: str) -> None:
    tested = role(KINDS[name].entity)
    assert insiders(tested)
    assert unfound(tested) == ()
    attempts = hostile(tested)
    assert len(attempts) > 5
    for attempt in attempts:
        if (name, attempt.name) == ("AnyCallerOfService", "for another account"):
            # The confused deputy: what this entity leaves open, and is named for.
            assert_admits(tested, attempt.caller)
            continue
        assert_denies(tested, attempt.caller)


@pytest.mark.parametrize("name", KINDS)
def test_hostile_is_deterministic(name: str) -> None:
    tested = role(KINDS[name].entity)
    assert [str(each) for each in hostile(tested)] == [str(each) for each in hostile(tested)]


@pytest.mark.parametrize("name", KINDS)
def test_who_is_meant_for_one_kind_is_nobody_for_another(name: str) -> None:
    kind = type(KINDS[name].entity)
    like = {"WholeAccount", "AnyPrincipalOf", "IamUsers", "IamRoles"}
    for other, written in KINDS.items():
        if type(written.entity) is kind or {other.split()[0], name.split()[0]} <= like:
            continue
        if type(written.callers[0]) is type(KINDS[name].callers[0]):
            continue  # of one issuer, perhaps, and then another test's
        assert_denies(role(KINDS[name].entity), written.callers[0])


def test_the_table_holds_every_kind() -> None:
    kinds = {
        each
        for each in trust.__all__
        if each != "TrustedEntity" and hasattr(getattr(trust, each), "statements")
    }
    assert {type(kind.entity).__name__ for kind in KINDS.values()} == kinds


def test_a_caller_without_a_name_stands_for_everybody_of_the_account() -> None:
    wide = role(trust.AnyPrincipalOf(PEOPLE))
    assert_admits(wide, iam_user(account=PEOPLE))
    assert_only_admits(wide, [iam_user("alice", account=PEOPLE)], meant=ANY_USER)
