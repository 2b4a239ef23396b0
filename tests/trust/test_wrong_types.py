"""Any value in any place of an entity is accepted or refused in words, never a traceback."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall import issuers, trust
from rolecall.issuers import GITHUB_ACTIONS, GITLAB_COM, HCP_TERRAFORM
from rolecall.problems import Problem
from rolecall.trust import (
    AnyBranchOf,
    AnyCallerOfService,
    AnyCertificateOf,
    AnyGoogleAccount,
    AnyJobOf,
    AnyPipelineOf,
    AnyPodOfCluster,
    AnyPodOfNamespace,
    AnyPrincipalOf,
    AnyProjectOf,
    AnyProjectOfOrganization,
    AnyRepositoryOf,
    AnyRepositoryOfWorkspace,
    AnyServiceAccountIn,
    AnySubjectOf,
    AnyTagOf,
    AnyUserOf,
    AnyWorkspaceOf,
    Auth0,
    AwsService,
    BitbucketPipelines,
    Buildkite,
    CircleCi,
    CognitoIdentityPool,
    EksPodIdentity,
    EksServiceAccount,
    GitHubActions,
    GitLab,
    Google,
    HcpTerraform,
    IamRoles,
    IamUsers,
    Keycloak,
    OidcSubjects,
    RawStatement,
    RolesAnywhere,
    Saml,
    TrustContext,
    TrustError,
    UnauthenticatedOf,
    WholeAccount,
    trust_policy,
)

OWN, PEOPLE = "111111111111", "999999999999"
CONTEXT = TrustContext(OWN, own_accounts=frozenset({PEOPLE}))
UUID = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
POOL = f"eu-central-1:{UUID}"
BITBUCKET = issuers.BITBUCKET("acme", UUID)
CIRCLECI = issuers.CIRCLECI(UUID)
EKS = issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLE")
CLUSTER = f"arn:aws:eks:eu-central-1:{OWN}:cluster/main"
ANCHOR = f"arn:aws:rolesanywhere:eu-central-1:{OWN}:trust-anchor/{UUID}"


class Okta:
    provider_name = "okta"


WRITTEN: dict[Callable[..., Any], dict[str, Any]] = {
    IamUsers: {"account_id": PEOPLE, "names": ["alice"]},
    IamRoles: {"account_id": PEOPLE, "names": ["ci"]},
    WholeAccount: {"account_id": PEOPLE, "organization_id": "o-a1b2c3d4e5"},
    AnyPrincipalOf: {"account_id": PEOPLE},
    AwsService: {"service": "scheduler", "source_account": OWN},
    AnyCallerOfService: {"service": "scheduler"},
    GitHubActions: {"provider": GITHUB_ACTIONS, "repository": "acme/infra", "branch": "main"},
    AnyRepositoryOf: {"provider": GITHUB_ACTIONS, "owner": "acme"},
    AnyBranchOf: {"provider": GITHUB_ACTIONS, "name": "acme/infra"},
    AnyTagOf: {"provider": issuers.BUILDKITE, "name": "acme/infra"},
    AnyJobOf: {"provider": GITLAB_COM, "name": "acme/infra"},
    GitLab: {"provider": GITLAB_COM, "project": "acme/infra", "branch": "main"},
    AnyProjectOf: {"provider": GITLAB_COM, "group": "acme"},
    BitbucketPipelines: {"provider": BITBUCKET, "repository": UUID},
    AnyRepositoryOfWorkspace: {"provider": BITBUCKET},
    HcpTerraform: {
        "provider": HCP_TERRAFORM,
        "organization": "acme",
        "project": "Default Project",
        "workspace": "network",
    },
    AnyWorkspaceOf: {"provider": HCP_TERRAFORM, "organization": "acme"},
    CircleCi: {"provider": CIRCLECI, "project": UUID},
    AnyProjectOfOrganization: {"provider": CIRCLECI},
    Buildkite: {
        "provider": issuers.BUILDKITE,
        "organization": "acme",
        "pipeline": "infra",
        "branch": "main",
    },
    AnyPipelineOf: {"provider": issuers.BUILDKITE, "organization": "acme"},
    EksServiceAccount: {"provider": EKS, "namespace": "ci", "service_account": "builder"},
    AnyServiceAccountIn: {"provider": EKS, "namespace": "ci"},
    Auth0: {
        "provider": issuers.auth0("acme.eu.auth0.com"),
        "audience": "app",
        "subjects": ["auth0|5f7c"],
    },
    Keycloak: {
        "provider": issuers.keycloak("https://id.example.com", "staff"),
        "audience": "app",
        "subjects": [UUID],
    },
    RawStatement: {
        "statement": {
            "Effect": "Allow",
            "Principal": {"AWS": PEOPLE},
            "Action": "sts:AssumeRole",
        },
        "why": "an example",
    },
    OidcSubjects: {
        "provider": issuers.oidc_issuer("https://id.example.com"),
        "audience": "app",
        "subjects": ["alice"],
    },
    AnySubjectOf: {
        "provider": issuers.oidc_issuer("https://id.example.com"),
        "audience": "app",
    },
    Google: {"audience": "1-a.apps.googleusercontent.com", "subject": "110169484474386276334"},
    AnyGoogleAccount: {"audience": "1-a.apps.googleusercontent.com"},
    CognitoIdentityPool: {"pool_id": POOL},
    UnauthenticatedOf: {"pool_id": POOL},
    Saml: {"provider": Okta(), "attributes": {"eduPersonAffiliation": ["staff"]}},
    AnyUserOf: {"provider": Okta()},
    EksPodIdentity: {"cluster_arn": CLUSTER, "namespace": "ci", "service_account": "builder"},
    AnyPodOfNamespace: {"cluster_arn": CLUSTER, "namespace": "ci"},
    AnyPodOfCluster: {"cluster_arn": CLUSTER},
    RolesAnywhere: {"trust_anchor_arn": ANCHOR, "subject": {"CN": "web-1"}},
    AnyCertificateOf: {"trust_anchor_arn": ANCHOR},
}
PLACES = [(kind, name) for kind in WRITTEN for name in inspect.signature(kind).parameters]
words = st.sampled_from(
    ["", "a", "a b", "*", "${x}", "alice", "ec2", PEOPLE, f"arn:aws:iam::{PEOPLE}:role/x", "::1%a"]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=5)
json_like = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def test_every_entity_is_tried() -> None:
    kinds = {name for name in trust.__all__ if hasattr(getattr(trust, name), "statements")}
    assert kinds - {"TrustedEntity"} == {kind.__name__ for kind in WRITTEN}


@settings(max_examples=500)
@given(st.sampled_from(PLACES), json_like)
def test_any_value_anywhere(place: tuple[Callable[..., Any], str], value: object) -> None:
    kind, name = place
    try:
        trust_policy([kind(**WRITTEN[kind] | {name: value})], CONTEXT)
    except TrustError as refusal:
        assert "\n" not in str(refusal)


@given(json_like, json_like)
def test_any_list_of_entities_and_any_limit(entities: Any, limit: Any) -> None:
    with pytest.raises(TrustError):
        trust_policy(entities, CONTEXT)
    try:
        trust_policy([IamUsers(PEOPLE, ["alice"])], CONTEXT, size_limit=limit)
    except Problem as refusal:
        assert isinstance(refusal, TrustError)


REFUSED: dict[str, tuple[Callable[..., Any], dict[str, Any], str]] = {
    "no names": (IamUsers, {"names": None}, r'names is None; write a list: \["alice"\]'),
    "a set of names": (IamUsers, {"names": {"a", "b"}}, r"names is \{.*write a list"),
    "name as a number": (IamUsers, {"names": [5]}, "names holds 5, which is not a string"),
    "seconds": (IamUsers, {"mfa_max_age": 900}, r"900; write a timedelta: timedelta\(minutes=15\)"),
    "mfa in words": (IamUsers, {"mfa": "no"}, "mfa is 'no'; write True or False"),
    "mfa as a number": (IamUsers, {"mfa": 1}, "mfa is 1; write True or False"),
    "external id": (IamUsers, {"external_id": 7}, 'external_id is 7; write a string: "acme-4711"'),
    "path": (IamUsers, {"path": None}, r'path is None; write a string: "/team/"'),
    "address": (IamUsers, {"source_ip": 5}, "source_ip is 5; write a string or a list"),
    "scope": (IamUsers, {"source_ip": "fe80::1%eth0"}, "no address or CIDR block"),
    "identity": (IamUsers, {"source_identity": {}}, "source_identity is {}; write a string or a"),
    "tags as a list": (
        IamUsers,
        {"session_tags": ["team"]},
        r'session_tags is \[.*write a mapping: {"team": "blue"}',
    ),
    "tag key": (IamUsers, {"session_tags": {5: "x"}}, "5 is not a session tag key"),
    "tag value": (IamUsers, {"session_tags": {"team": 5}}, r"session_tags\['team'\] is 5; write"),
    "arns": (WholeAccount, {"principal_arns": 5}, "principal_arns is 5; write a list"),
    "organization": (WholeAccount, {"organization_id": 5}, "organization_id is 5; write a string"),
    "service": (AnyCallerOfService, {"service": 5}, "^AnyCallerOfService: service is 5"),
    "source": (AwsService, {"source_account": 5}, "source_account is 5; write a string or a list"),
    "provider": (GitHubActions, {"provider": "github"}, "provider is 'github'; write an OIDC"),
    "no provider": (EksServiceAccount, {"provider": None}, "provider is None; write an OIDC"),
    "audience": (GitHubActions, {"audience": 5}, "audience is 5; write a string"),
    "branch": (GitHubActions, {"branch": 5}, "branch is 5; write a string or a list"),
    "pull request in words": (
        GitHubActions,
        {"branch": None, "pull_request": "yes"},
        "pull_request is 'yes'; write True or False",
    ),
    "numbers": (GitHubActions, {"immutable_ids": 5}, "immutable_ids is 5; write a list"),
    "truth as number": (GitHubActions, {"repository_id": True}, "True is not one of GitHub's"),
    "protected in words": (GitLab, {"protected": "no"}, "protected is 'no'; write True or False"),
    "namespace": (EksServiceAccount, {"namespace": 5}, "namespace is 5; write a string"),
    "subjects": (Keycloak, {"subjects": UUID}, r"subjects is a list; write \["),
    "pool": (CognitoIdentityPool, {"pool_id": 5}, "5 is not the ID of an identity pool"),
    "signed in in words": (
        CognitoIdentityPool,
        {"authenticated": "yes"},
        "authenticated is 'yes'; write True or False",
    ),
    "client": (Google, {"audience": None}, "audience is None; write a string"),
    "variable in path": (IamUsers, {"path": "/${aws:username}/"}, "path .* knows none in a princ"),
    "wildcard in path": (IamRoles, {"path": "/*/"}, "path .* knows none in a principal"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_type_is_refused_with_the_right_one(case: str) -> None:
    kind, options, words = REFUSED[case]
    with pytest.raises(TrustError, match=words):
        kind(**WRITTEN[kind] | options)


def test_a_class_is_no_entity() -> None:
    with pytest.raises(TrustError, match="not a trusted entity"):
        trust_policy([IamUsers], CONTEXT)  # type: ignore[list-item]


def test_what_is_shown_of_a_wrong_value_stays_on_one_line_and_short() -> None:
    with pytest.raises(TrustError) as refusal:
        IamUsers(PEOPLE, ["alice"], path=[["x\n"] * 500])  # type: ignore[arg-type]
    assert len(str(refusal.value)) < 200
    assert str(refusal.value).isprintable()


def test_the_right_types_stay_accepted() -> None:
    entity = IamUsers(
        PEOPLE, ("alice",), mfa_max_age=timedelta(minutes=5), session_tags={"team": ("a", "b")}
    )
    assert trust_policy((entity,), CONTEXT)
