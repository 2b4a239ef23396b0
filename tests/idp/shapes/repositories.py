"""Tokens of jobs that GitHub, GitLab and Bitbucket run for a repository."""

from typing import Any

from tests.idp.shapes.common import SHA, STS, Claims, made, new_uuid, seconds_of

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
BITBUCKET_WORKSPACE_UUID = "d9e5b1ad-7c6b-4c0d-9f53-0a3c8f1e2b40"


def github(
    *,
    repository: str = "acme/infra",
    ref: str = "refs/heads/main",
    environment: str | None = None,
    event: str = "push",
    audience: str = STS,
    workflow: str = "deploy.yml",
    ids_in_subject: bool = False,
    repository_id: str = "74",
    owner_id: str = "65",
    issuer: str = GITHUB,
    seconds: int = 300,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The token of a GitHub Actions job. GitHub dates `nbf` ten minutes back.

    ids_in_subject: the subject format of repositories with immutable subject claims
        (`repo:acme@65/infra@74:…`).
    Source: "OpenID Connect reference", GitHub Docs.
    """
    start = seconds_of(now)
    owner, name = repository.split("/")
    subject = f"{owner}@{owner_id}/{name}@{repository_id}" if ids_in_subject else repository
    if environment is not None:
        context = f"environment:{environment}"
    elif event == "pull_request":
        context = "pull_request"
    else:
        context = f"ref:{ref}"
    pull_request = event == "pull_request"
    path = f"{repository}/.github/workflows/{workflow}@{ref}"
    return made(
        claims,
        jti=new_uuid(),
        sub=f"repo:{subject}:{context}",
        aud=audience,
        environment=environment,
        ref="refs/pull/7/merge" if pull_request else ref,
        sha=SHA,
        repository=repository,
        repository_owner=owner,
        repository_owner_id=owner_id,
        repository_visibility="private",
        repository_id=repository_id,
        run_id="9802816352",
        run_number="10",
        run_attempt="1",
        runner_environment="github-hosted",
        actor="octocat",
        actor_id="12",
        workflow=workflow.removesuffix(".yml"),
        head_ref="feature" if pull_request else "",
        base_ref="main" if pull_request else "",
        event_name=event,
        ref_type="tag" if ref.startswith("refs/tags/") else "branch",
        ref_protected="true",
        job_workflow_ref=path,
        job_workflow_sha=SHA,
        workflow_ref=path,
        workflow_sha=SHA,
        iss=issuer,
        nbf=start - 600,
        exp=start + seconds,
        iat=start,
    )


def gitlab(
    *,
    project: str = "acme/infra",
    ref: str = "main",
    ref_type: str = "branch",
    environment: str | None = None,
    audience: str = GITLAB,
    protected: bool = True,
    issuer: str = GITLAB,
    seconds: int = 3600,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The ID token of a GitLab job. Identifiers are texts, but the runner's is a number.

    Source: "OpenID Connect (OIDC) Authentication Using ID Tokens", GitLab Docs.
    """
    start = seconds_of(now)
    path = f"refs/{'tags' if ref_type == 'tag' else 'heads'}/{ref}"
    deployment = environment and {
        "environment": environment,
        "environment_protected": "false",
        "deployment_tier": "production",
        "environment_action": "start",
    }
    return made(
        claims,
        namespace_id="72",
        namespace_path=project.rpartition("/")[0],
        project_id="20",
        project_path=project,
        user_id="1",
        user_login="alice",
        user_email="alice@rolecall.test",
        user_access_level="maintainer",
        pipeline_id="574",
        pipeline_source="push",
        job_id="302",
        ref=ref,
        ref_type=ref_type,
        ref_path=path,
        ref_protected="true" if protected else "false",
        groups_direct=[project.partition("/")[0]],
        **(deployment or {}),
        runner_id=1,
        runner_environment="gitlab-hosted",
        sha=SHA,
        project_visibility="private",
        ci_config_ref_uri=f"gitlab.com/{project}//.gitlab-ci.yml@{path}",
        ci_config_sha=SHA,
        jti=new_uuid(),
        iat=start,
        nbf=start - 5,
        exp=start + seconds,
        iss=issuer,
        sub=f"project_path:{project}:ref_type:{ref_type}:ref:{ref}",
        aud=audience,
    )


def bitbucket(
    *,
    workspace: str = "acme",
    workspace_uuid: str = BITBUCKET_WORKSPACE_UUID,
    repository_uuid: str = "1d6b4c8a-3f0e-4b57-8c29-5e7a9d1f2c30",
    environment_uuid: str | None = None,
    branch: str = "main",
    seconds: int = 3600,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The token of a Bitbucket Pipelines step; UUIDs stand in braces, but not in `aud`.

    Source: "Integrate Pipelines with resource servers using OIDC", Atlassian Support.
    """
    start = seconds_of(now)
    step = f"{{{new_uuid()}}}"
    repository = f"{{{repository_uuid}}}"
    environment = environment_uuid and f"{{{environment_uuid}}}"
    return made(
        claims,
        sub=":".join(part for part in (repository, environment, step) if part),
        aud=f"ari:cloud:bitbucket::workspace/{workspace_uuid}",
        stepUuid=step,
        deploymentEnvironmentUuid=environment,
        iss=f"https://api.bitbucket.org/2.0/workspaces/{workspace}/pipelines-config/identity/oidc",
        repositoryUuid=repository,
        branchName=branch,
        exp=start + seconds,
        iat=start,
        pipelineUuid=f"{{{new_uuid()}}}",
        workspaceUuid=f"{{{workspace_uuid}}}",
    )
