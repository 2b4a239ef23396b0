"""Which tokens the author of each role meant, and which others are most like them.

The shapes are those that the issuers document (`tests/idp/shapes`); the roles are in `app/`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.idp import shapes

Claims = Callable[..., shapes.Claims]

ENTERPRISE = f"{shapes.GITHUB}/acme"
OWN_GITLAB = "https://gitlab.rolecall.test"
SECOND_CLUSTER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE2C8F14B7A9D03E6615EXAMPLE"
WORKFLOW = "acme/infra/.github/workflows/deploy.yml@refs/heads/main"
REPOSITORY = "1d6b4c8a-3f0e-4b57-8c29-5e7a9d1f2c30"
PRODUCTION = "7b2f9c1e-0d4a-4e6b-a3c5-8f1d2e3a4b5c"
OTHER_UUID = "00000000-0000-4000-8000-000000000000"
GOOGLE_CLIENT = "407408718192-matrix.apps.googleusercontent.com"
AUTH0_CLIENT = "tmGcN9fKqZ3wXyB7"


@dataclass(frozen=True)
class Kind:
    """A deployed role, and tokens by what is remarkable of them.

    meant: who is to come in; the first is the one that the other cases spoil.
    others: whose tokens are good, and who is somebody else (or at another place). None
        where everyone of the issuer is meant.
    built_in: AWS compares no client IDs; the trust policy alone does.
    """

    meant: Mapping[str, Claims]
    others: Mapping[str, Claims] | None
    built_in: bool = False


def github(**facts: Any) -> Claims:
    return partial(shapes.github, **facts)


def gitlab(**facts: Any) -> Claims:
    return partial(shapes.gitlab, **facts)


def bitbucket(**facts: Any) -> Claims:
    return partial(shapes.bitbucket, **facts)


def hcp(**facts: Any) -> Claims:
    return partial(shapes.hcp_terraform, **facts)


def circleci(**facts: Any) -> Claims:
    return partial(shapes.circleci, **facts)


def buildkite(**facts: Any) -> Claims:
    return partial(shapes.buildkite, **facts)


def buildkite_tag(tag: str, **facts: Any) -> Claims:
    """A build of a tag: its subject has the tag, `build_branch` what it was started for."""
    made = shapes.buildkite(**facts)
    return buildkite(
        **facts, branch=tag, sub=made["sub"].replace("refs/heads/main", f"refs/tags/{tag}")
    )


def eks(**facts: Any) -> Claims:
    return partial(shapes.kubernetes, **facts)


def google(**facts: Any) -> Claims:
    return partial(shapes.google, **facts)


def google_person(**facts: Any) -> Claims:
    """Somebody who signed in to the client: `aud` and `azp` are both its ID."""
    return google(**{"audience": GOOGLE_CLIENT, "azp": GOOGLE_CLIENT, **facts})


def circleci_v2(**facts: Any) -> Claims:
    """CIRCLE_OIDC_TOKEN_V2: the origin and the ref stand behind the user."""
    sub = shapes.circleci(**facts)["sub"]
    return circleci(**facts, sub=f"{sub}/vcs-origin/github.com/acme/infra/vcs-ref/refs/heads/main")


#: Jobs on GitHub that are not of acme/infra.
_OTHER_REPOSITORIES = {
    "longer-name": github(repository="acme/infra2"),
    "other-owner": github(repository="acme-evil/infra"),
    "other-case": github(repository="Acme/infra"),
}
_OTHER_PROJECTS = {
    "longer-name": gitlab(project="acme/infra2"),
    "other-group": gitlab(project="acme-evil/infra"),
    "below-it": gitlab(project="acme/infra/fork"),
}
_TAG = {"ref": "refs/tags/v1.0"}

_GITHUB = {
    "github-branch": Kind(
        {"main": github(), "release": github(ref="refs/heads/release/1.0")},
        {
            **_OTHER_REPOSITORIES,
            "longer-branch": github(ref="refs/heads/main2"),
            "bare-release": github(ref="refs/heads/release"),
            "tag-of-that-name": github(ref="refs/tags/main"),
            "pull-request": github(event="pull_request"),
            "environment": github(environment="main"),
            "ids-in-subject": github(ids_in_subject=True),
        },
    ),
    "github-tag": Kind(
        {"tag": github(**_TAG)},
        {
            "longer-tag": github(ref="refs/tags/v1.0.1"),
            "branch-of-that-name": github(ref="refs/heads/v1.0"),
            "other-repository": github(repository="acme/infra2", **_TAG),
            "environment": github(environment="prd", **_TAG),
        },
    ),
    "github-environment": Kind(
        {"prd": github(environment="prd"), "of-a-tag": github(environment="prd", **_TAG)},
        {
            "other-environment": github(environment="stg"),
            "longer-environment": github(environment="prd2"),
            "other-case": github(environment="PRD"),
            "none": github(),
            "other-repository": github(repository="acme-evil/infra", environment="prd"),
        },
    ),
    "github-pull-request": Kind(
        {"pull-request": github(event="pull_request")},
        {
            "push": github(),
            "branch-of-that-name": github(ref="refs/heads/pull_request"),
            "other-repository": github(repository="acme/infra2", event="pull_request"),
        },
    ),
    "github-immutable": Kind(
        {"main": github(ids_in_subject=True)},
        {
            "recreated": github(ids_in_subject=True, repository_id="75"),
            "owner-of-that-name": github(ids_in_subject=True, owner_id="66"),
            "without-ids": github(),
            "other-branch": github(ids_in_subject=True, ref="refs/heads/feature"),
        },
    ),
    "github-ids": Kind(
        {"main": github()},
        {
            "recreated": github(repository_id="75"),
            "owner-of-that-name": github(owner_id="66"),
            "id-missing": github(repository_id=None),
            "other-branch": github(ref="refs/heads/feature"),
        },
    ),
    "github-job": Kind(
        {
            "of-the-branch": github(),
            "with-environment": github(environment="prd"),
            "of-a-pull-request": github(event="pull_request"),
        },
        {
            "other-workflow": github(workflow="other.yml"),
            "workflow-of-another-ref": github(ref="refs/heads/feature"),
            "other-repository": github(repository="acme/other", job_workflow_ref=WORKFLOW),
            "claim-missing": github(job_workflow_ref=None),
        },
    ),
    "github-job-of-branch": Kind(
        {"main": github()},
        {
            "other-workflow": github(workflow="other.yml"),
            "other-branch": github(ref="refs/heads/feature", job_workflow_ref=WORKFLOW),
        },
    ),
    "github-any-branch": Kind(
        {"main": github(), "feature": github(ref="refs/heads/feature/x")},
        {
            **_OTHER_REPOSITORIES,
            "tag": github(**_TAG),
            "pull-request": github(event="pull_request"),
            "environment": github(environment="prd"),
        },
    ),
    "github-any-tag": Kind(
        {"v1": github(**_TAG), "v2": github(ref="refs/tags/v2/rc")},
        {
            "branch": github(),
            "pull-request": github(event="pull_request"),
            "other-repository": github(repository="acme/infra2", **_TAG),
        },
    ),
    "github-any-job": Kind(
        {
            "branch": github(),
            "tag": github(**_TAG),
            "pull-request": github(event="pull_request"),
            "environment": github(environment="prd"),
        },
        {**_OTHER_REPOSITORIES, "ids-in-subject": github(ids_in_subject=True)},
    ),
    "github-any-repository": Kind(
        {"infra": github(), "other": github(repository="acme/other", event="pull_request")},
        {
            "longer-owner": github(repository="acme2/infra"),
            "other-owner": github(repository="acme-evil/infra"),
            "ids-in-subject": github(ids_in_subject=True),
        },
    ),
    "github-any-repository-immutable": Kind(
        {
            "infra": github(ids_in_subject=True),
            "other": github(ids_in_subject=True, repository="acme/other", repository_id="80"),
        },
        {
            "owner-of-that-name": github(ids_in_subject=True, owner_id="66"),
            "longer-id": github(ids_in_subject=True, owner_id="651"),
            "without-ids": github(),
        },
    ),
    "github-enterprise": Kind(
        {"main": github(issuer=ENTERPRISE)},
        {
            "other-branch": github(issuer=ENTERPRISE, ref="refs/heads/feature"),
            "of-everybodys-issuer": github(),
        },
    ),
}

_GITLAB = {
    "gitlab-branch": Kind(
        {"main": gitlab()},
        {
            **_OTHER_PROJECTS,
            "longer-branch": gitlab(ref="main2"),
            "tag-of-that-name": gitlab(ref_type="tag"),
        },
    ),
    "gitlab-tag": Kind(
        {"tag": gitlab(ref="v1.0", ref_type="tag")},
        {
            "branch-of-that-name": gitlab(ref="v1.0"),
            "other-tag": gitlab(ref="v1.0.1", ref_type="tag"),
        },
    ),
    "gitlab-protected": Kind(
        {"main": gitlab()},
        {
            "not-protected": gitlab(protected=False),
            "claim-missing": gitlab(ref_protected=None),
            "recreated": gitlab(project_id="21"),
            "group-of-that-name": gitlab(namespace_id="73"),
        },
    ),
    "gitlab-any-branch": Kind(
        {"main": gitlab(), "feature": gitlab(ref="feature/x")},
        {**_OTHER_PROJECTS, "tag": gitlab(ref="v1.0", ref_type="tag")},
    ),
    "gitlab-any-tag": Kind(
        {"v1": gitlab(ref="v1.0", ref_type="tag")},
        {"branch": gitlab(), "other-project": gitlab(project="acme/infra2", ref_type="tag")},
    ),
    "gitlab-any-job": Kind(
        {"branch": gitlab(), "tag": gitlab(ref="v1.0", ref_type="tag")}, _OTHER_PROJECTS
    ),
    "gitlab-any-project": Kind(
        {"infra": gitlab(), "of-a-subgroup": gitlab(project="acme/platform/infra")},
        {
            "longer-group": gitlab(project="acme2/infra"),
            "group-below-another": gitlab(project="evil/acme/infra"),
        },
    ),
    "gitlab-own": Kind(
        {"main": gitlab(issuer=OWN_GITLAB, audience=OWN_GITLAB)},
        {
            "other-branch": gitlab(issuer=OWN_GITLAB, audience=OWN_GITLAB, ref="feature"),
            "of-gitlab-com": gitlab(),
        },
    ),
}

_PIPELINES = {
    "bitbucket": Kind(
        {"step": bitbucket(), "deployment": bitbucket(environment_uuid=PRODUCTION)},
        {"other-repository": bitbucket(repository_uuid=OTHER_UUID)},
    ),
    "bitbucket-environment": Kind(
        {"deployment": bitbucket(environment_uuid=PRODUCTION)},
        {
            "other-environment": bitbucket(environment_uuid=OTHER_UUID),
            "no-environment": bitbucket(),
            "other-repository": bitbucket(repository_uuid=OTHER_UUID, environment_uuid=PRODUCTION),
        },
    ),
    "bitbucket-any-repository": Kind(
        {"one": bitbucket(), "other": bitbucket(repository_uuid=OTHER_UUID)}, None
    ),
    "hcp-workspace": Kind(
        {"apply": hcp(), "plan": hcp(run_phase="plan")},
        {
            "other-workspace": hcp(workspace="network2"),
            "other-project": hcp(project="sandbox"),
            "other-organization": hcp(organization="acme2"),
            "other-case": hcp(workspace="Network"),
        },
    ),
    "hcp-apply": Kind({"apply": hcp()}, {"plan": hcp(run_phase="plan")}),
    "hcp-any-of-project": Kind(
        {"network": hcp(), "other": hcp(workspace="other")},
        {
            "longer-project": hcp(project="platform2"),
            "other-organization": hcp(organization="acme2"),
        },
    ),
    "hcp-any-of-organization": Kind(
        {"network": hcp(), "other": hcp(project="sandbox", workspace="other")},
        {"longer-organization": hcp(organization="acme2")},
    ),
    "circleci": Kind(
        {"job": circleci(), "other-user": circleci(user=OTHER_UUID), "v2": circleci_v2()},
        {"other-project": circleci(project=OTHER_UUID)},
    ),
    "circleci-user": Kind(
        {"job": circleci(), "v2": circleci_v2()},
        {
            "other-user": circleci(user=OTHER_UUID),
            "other-user-v2": circleci_v2(user=OTHER_UUID),
            "other-project": circleci(project=OTHER_UUID),
        },
    ),
    "circleci-any-project": Kind(
        {"one": circleci(), "other": circleci(project=OTHER_UUID)},
        {"says-another-organization": circleci(sub=f"org/{OTHER_UUID}/project/x/user/y")},
    ),
    "buildkite-branch": Kind(
        {"main": buildkite()},
        {
            "longer-branch": buildkite(branch="main2"),
            "of-a-fork": buildkite(branch="main", build_branch="mallory:main"),
            # Its subject begins like that of a commit of main.
            "branch-that-looks-like-main": buildkite(branch="main:commit:x"),
            "claim-missing": buildkite(build_branch=None),
            "other-pipeline": buildkite(pipeline="infra2"),
            "other-organization": buildkite(organization="acme2"),
            "tag-of-that-name": buildkite_tag("main"),
        },
    ),
    "buildkite-tag": Kind(
        {"tag": buildkite_tag("v1.0")},
        {
            "other-tag": buildkite_tag("v1.0.1"),
            "branch-of-that-name": buildkite(branch="v1.0"),
        },
    ),
    "buildkite-any-branch": Kind(
        {"main": buildkite(), "feature": buildkite(branch="feature/x")},
        {"tag": buildkite_tag("v1.0"), "other-pipeline": buildkite(pipeline="infra2")},
    ),
    "buildkite-any-tag": Kind(
        {"tag": buildkite_tag("v1.0")},
        {"branch": buildkite(), "other-pipeline": buildkite_tag("v1.0", pipeline="infra2")},
    ),
    "buildkite-any-job": Kind(
        {"branch": buildkite(), "tag": buildkite_tag("v1.0")},
        {"other-pipeline": buildkite(pipeline="infra2")},
    ),
    "buildkite-any-pipeline": Kind(
        {"infra": buildkite(), "other": buildkite(pipeline="other")},
        {"longer-organization": buildkite(organization="acme2")},
    ),
}

_WORKLOADS = {
    "eks": Kind(
        {"pod": eks()},
        {
            "other-account": eks(service_account="worker2"),
            "other-namespace": eks(namespace="default"),
            "longer-namespace": eks(namespace="payments2"),
            "of-another-cluster": eks(issuer=SECOND_CLUSTER),
        },
    ),
    "eks-any": Kind(
        {"one": eks(), "other": eks(service_account="cron")},
        {
            "longer-namespace": eks(namespace="payments2"),
            "of-another-cluster": eks(issuer=SECOND_CLUSTER),
        },
    ),
}

_PEOPLE = {
    "auth0": Kind(
        {
            "alice": shapes.auth0,
            "machine": partial(
                shapes.auth0,
                client="https://api.rolecall.test",
                user=f"{AUTH0_CLIENT}@clients",
                azp=AUTH0_CLIENT,
                gty="client-credentials",
            ),
        },
        {
            "bob": partial(shapes.auth0, user="auth0|0000000000000000000000bb"),
            "longer": partial(shapes.auth0, user="auth0|5f7c8ec7c33c6c004bbafe82a"),
        },
    ),
    "auth0-any": Kind({"alice": shapes.auth0, "bob": partial(shapes.auth0, user="auth0|bb")}, None),
    "keycloak": Kind(
        {"id-token": shapes.keycloak, "access-token": shapes.keycloak_access},
        {
            "bob": partial(shapes.keycloak, user="bob"),
            "bobs-access": partial(shapes.keycloak_access, user="bob"),
        },
    ),
    "keycloak-any": Kind(
        {"alice": shapes.keycloak, "bob": partial(shapes.keycloak, user="bob")}, None
    ),
    "google": Kind(
        {"account": google_person()},
        {
            "other-account": google_person(subject="1"),
            # A service account writes any `aud`; its `azp` is its own number.
            "machine-that-says-the-client": google(audience=GOOGLE_CLIENT),
        },
        built_in=True,
    ),
    "google-machine": Kind(
        {"machine": google()},
        {
            "other-machine": google(subject="1", azp="1"),
            "other-machine-of-that-azp": google(subject="1", azp="113774264463038321964"),
            "for-another-service": google(audience="https://other.rolecall.test"),
        },
        built_in=True,
    ),
    "google-any": Kind(
        {"one": google_person(), "other": google_person(subject="1")}, None, built_in=True
    ),
}

_SEVERAL = {
    "two-issuers": Kind(
        {"github": github(environment="prd"), "gitlab": gitlab()},
        {
            "other-environment-of-github": github(environment="stg"),
            "not-protected-on-gitlab": gitlab(protected=False),
            "gitlab-says-githubs-subject": gitlab(sub="repo:acme/infra:environment:prd"),
            "github-says-gitlabs-subject": github(
                sub="project_path:acme/infra:ref_type:branch:ref:main"
            ),
        },
    ),
    "team-deployer": Kind(
        {"main": github(repository="acme/shop")}, {"of-centrals-repository": github()}
    ),
    "team-everywhere": Kind(
        {
            "github": github(repository="acme/shop", ids_in_subject=True, repository_id="91"),
            "gitlab": gitlab(project="acme/shop"),
        },
        {
            "recreated": github(repository="acme/shop", ids_in_subject=True, repository_id="92"),
            "without-ids": github(repository="acme/shop"),
            "other-project": gitlab(),
        },
    ),
}

KINDS: Mapping[str, Kind] = {
    **_GITHUB,
    **_GITLAB,
    **_PIPELINES,
    **_WORKLOADS,
    **_PEOPLE,
    **_SEVERAL,
}
