"""Tokens of jobs that GitHub and GitLab run for a repository."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from tests.idp import shapes
from tests.integration.federation.cases.kind import Claims, Kind

ENTERPRISE = f"{shapes.GITHUB}/acme"
OWN_GITLAB = "https://gitlab.rolecall.test"
WORKFLOW = "acme/infra/.github/workflows/deploy.yml@refs/heads/main"


def github(**facts: Any) -> Claims:
    return partial(shapes.github, **facts)


def gitlab(**facts: Any) -> Claims:
    return partial(shapes.gitlab, **facts)


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

GITHUB: Mapping[str, Kind] = {
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

GITLAB: Mapping[str, Kind] = {
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
