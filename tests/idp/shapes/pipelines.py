"""Tokens of jobs and runs of CircleCI, Buildkite and HCP Terraform."""

from typing import Any

from tests.idp.shapes.common import SHA, STS, Claims, made, new_uuid, seconds_of, stable_uuid

HCP_TERRAFORM = "https://app.terraform.io"
BUILDKITE = "https://agent.buildkite.com"
CIRCLECI_ORGANIZATION = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"


def hcp_terraform(
    *,
    organization: str = "acme",
    project: str = "platform",
    workspace: str = "network",
    run_phase: str = "apply",
    audience: str = "aws.workload.identity",
    issuer: str = HCP_TERRAFORM,
    seconds: int = 7200,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The workload identity token of a run. Source: "Workload identity", HCP Terraform."""
    start = seconds_of(now)
    full = f"organization:{organization}:project:{project}:workspace:{workspace}"
    return made(
        claims,
        jti=new_uuid(),
        iss=issuer,
        aud=audience,
        iat=start,
        nbf=start - 5,
        exp=start + seconds,
        sub=f"{full}:run_phase:{run_phase}",
        terraform_run_phase=run_phase,
        terraform_workspace_id="ws-mbsd5E3Ktt5Rg2Xm",
        terraform_workspace_name=workspace,
        terraform_organization_id="org-GRNbCjYNpBB6NEBC",
        terraform_organization_name=organization,
        terraform_project_id="prj-vegSA59s1XPwMr2t",
        terraform_project_name=project,
        terraform_run_id="run-X3n1AUXNGWbfECsJ",
        terraform_full_workspace=full,
    )


def circleci(
    *,
    organization: str = CIRCLECI_ORGANIZATION,
    project: str = "0f2cbb6a-5c4d-4b7f-9d3e-8a1b2c3d4e5f",
    user: str = "c1b2a3d4-6e5f-4a7b-8c9d-0e1f2a3b4c5d",
    audience: str | None = None,
    seconds: int = 3600,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The first of the two tokens of a CircleCI job (`CIRCLE_OIDC_TOKEN`).

    Source: "Using OpenID Connect tokens in jobs", CircleCI Docs.
    """
    start = seconds_of(now)
    prefix = "oidc.circleci.com"
    return made(
        claims,
        iss=f"https://oidc.circleci.com/org/{organization}",
        sub=f"org/{organization}/project/{project}/user/{user}",
        aud=audience or organization,
        iat=start,
        exp=start + seconds,
        **{
            f"{prefix}/project-id": project,
            f"{prefix}/context-ids": ["a74579f1-2e7d-451e-b009-5c082ad2729e"],
            f"{prefix}/org-id": organization,
            f"{prefix}/pipeline-definition-id": new_uuid(),
            f"{prefix}/pipeline-id": new_uuid(),
            f"{prefix}/workflow-id": new_uuid(),
            f"{prefix}/job-id": new_uuid(),
            f"{prefix}/vcs-origin": "github.com/acme/infra",
            f"{prefix}/vcs-ref": "refs/heads/main",
            f"{prefix}/ssh-rerun": False,
        },
    )


def buildkite(
    *,
    organization: str = "acme",
    pipeline: str = "infra",
    branch: str = "main",
    step: str = "deploy",
    audience: str = STS,
    seconds: int = 300,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The token of a Buildkite job, with the claims that are asked for by `--claim`.

    Source: "buildkite-agent oidc", Buildkite Documentation.
    """
    start = seconds_of(now)
    return made(
        claims,
        iss=BUILDKITE,
        sub=(
            f"organization:{organization}:pipeline:{pipeline}:ref:refs/heads/{branch}"
            f":commit:{SHA}:step:{step}"
        ),
        aud=audience,
        iat=start,
        nbf=start,
        exp=start + seconds,
        organization_slug=organization,
        organization_id=stable_uuid(organization),
        pipeline_slug=pipeline,
        pipeline_id=stable_uuid(f"{organization}/{pipeline}"),
        build_number=42,
        build_branch=branch,
        build_commit=SHA,
        step_key=step,
        job_id=new_uuid(),
        agent_id=new_uuid(),
        build_source="webhook",
        runner_environment="self-hosted",
    )
