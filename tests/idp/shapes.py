"""What tokens of well-known issuers say: every claim, in the shape that the issuer documents.

Each function returns claims; `ShapedIssuers.token` signs them as the issuer of their `iss`.
Keyword arguments of any other name replace or add claims; None leaves a claim out.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

Claims = dict[str, Any]

STS = "sts.amazonaws.com"
EKS_CLUSTER = "https://oidc.eks.eu-central-1.amazonaws.com/id/B71EXAMPLE7A9D4633E53DE1EXAMPLE0"
KEYCLOAK_REALM = "https://keycloak.rolecall.test/realms/acme"
GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
HCP_TERRAFORM = "https://app.terraform.io"
BUILDKITE = "https://agent.buildkite.com"
GOOGLE = "https://accounts.google.com"
COGNITO = "https://cognito-identity.amazonaws.com"
AUTH0 = "https://acme.eu.auth0.com/"
CIRCLECI_ORGANIZATION = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
BITBUCKET_WORKSPACE_UUID = "d9e5b1ad-7c6b-4c0d-9f53-0a3c8f1e2b40"

_SHA = "9f3182061f1e2cca4702c368cbc039b7dc9d4485"


def kubernetes(
    *,
    namespace: str = "payments",
    service_account: str = "worker",
    audience: str | Sequence[str] = STS,
    issuer: str = EKS_CLUSTER,
    pod: str | None = None,
    seconds: int = 86400,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """A projected service account token, as the kubelet mounts it.

    Source: "Schema for service account private claims", "Managing Service Accounts",
    Kubernetes; the day of validity is EKS's.
    """
    start = _seconds(now)
    pod = pod or f"{service_account}-6d8f7c9b4-x2x7k"
    bound = {
        "namespace": namespace,
        "node": {"name": "ip-10-0-1-23.eu-central-1.compute.internal", "uid": _uuid()},
        "pod": {"name": pod, "uid": _uuid()},
        "serviceaccount": {"name": service_account, "uid": _uuid()},
    }
    return _made(
        claims,
        aud=[audience] if isinstance(audience, str) else list(audience),
        exp=start + seconds,
        iat=start,
        iss=issuer,
        jti=_uuid(),
        **{"kubernetes.io": bound},
        nbf=start,
        sub=f"system:serviceaccount:{namespace}:{service_account}",
    )


def keycloak(
    *,
    client: str = "aws-console",
    user: str = "alice",
    roles: Sequence[str] = ("developers",),
    issuer: str = KEYCLOAK_REALM,
    seconds: int = 300,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The ID token that a client of a realm gets: `aud` and `azp` are the client's ID.

    Source: "Server Administration Guide", Keycloak: OIDC token and SAML assertion mappings.
    """
    start = _seconds(now)
    name = user.title()
    return _made(
        claims,
        exp=start + seconds,
        iat=start,
        auth_time=start,
        jti=f"onrtac:{_uuid()}",
        iss=issuer,
        aud=client,
        sub=_stable_uuid(user),
        typ="ID",
        azp=client,
        sid=_uuid(),
        at_hash="PV5sZIXQfHbTYmLMTlwvCA",
        acr="1",
        email_verified=True,
        realm_access={"roles": ["default-roles-acme", *roles]},
        name=f"{name} Example",
        preferred_username=user,
        given_name=name,
        family_name="Example",
        email=f"{user}@rolecall.test",
    )


def keycloak_access(
    *,
    client: str = "aws-console",
    audience: str | Sequence[str] = "account",
    user: str = "alice",
    issuer: str = KEYCLOAK_REALM,
    seconds: int = 300,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The access token of the same sign-in: `azp` is the client, `aud` the resource servers."""
    made = keycloak(client=client, user=user, issuer=issuer, seconds=seconds, now=now)
    del made["at_hash"]
    made |= {
        "typ": "Bearer",
        "aud": audience,
        "allowed-origins": ["https://console.rolecall.test"],
        "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}},
        "scope": "openid profile email",
    }
    return _made(claims, **made)


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
    start = _seconds(now)
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
    return _made(
        claims,
        jti=_uuid(),
        sub=f"repo:{subject}:{context}",
        aud=audience,
        environment=environment,
        ref="refs/pull/7/merge" if pull_request else ref,
        sha=_SHA,
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
        job_workflow_sha=_SHA,
        workflow_ref=path,
        workflow_sha=_SHA,
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
    start = _seconds(now)
    path = f"refs/{'tags' if ref_type == 'tag' else 'heads'}/{ref}"
    deployment = environment and {
        "environment": environment,
        "environment_protected": "false",
        "deployment_tier": "production",
        "environment_action": "start",
    }
    return _made(
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
        sha=_SHA,
        project_visibility="private",
        ci_config_ref_uri=f"gitlab.com/{project}//.gitlab-ci.yml@{path}",
        ci_config_sha=_SHA,
        jti=_uuid(),
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
    start = _seconds(now)
    step = f"{{{_uuid()}}}"
    repository = f"{{{repository_uuid}}}"
    environment = environment_uuid and f"{{{environment_uuid}}}"
    return _made(
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
        pipelineUuid=f"{{{_uuid()}}}",
        workspaceUuid=f"{{{workspace_uuid}}}",
    )


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
    start = _seconds(now)
    full = f"organization:{organization}:project:{project}:workspace:{workspace}"
    return _made(
        claims,
        jti=_uuid(),
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
    start = _seconds(now)
    prefix = "oidc.circleci.com"
    return _made(
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
            f"{prefix}/pipeline-definition-id": _uuid(),
            f"{prefix}/pipeline-id": _uuid(),
            f"{prefix}/workflow-id": _uuid(),
            f"{prefix}/job-id": _uuid(),
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
    start = _seconds(now)
    return _made(
        claims,
        iss=BUILDKITE,
        sub=(
            f"organization:{organization}:pipeline:{pipeline}:ref:refs/heads/{branch}"
            f":commit:{_SHA}:step:{step}"
        ),
        aud=audience,
        iat=start,
        nbf=start,
        exp=start + seconds,
        organization_slug=organization,
        organization_id=_stable_uuid(organization),
        pipeline_slug=pipeline,
        pipeline_id=_stable_uuid(f"{organization}/{pipeline}"),
        build_number=42,
        build_branch=branch,
        build_commit=_SHA,
        step_key=step,
        job_id=_uuid(),
        agent_id=_uuid(),
        build_source="webhook",
        runner_environment="self-hosted",
    )


def google(
    *,
    audience: str = "https://sts.rolecall.test",
    azp: str | None = None,
    subject: str = "113774264463038321964",
    email: str = "deployer@acme-prod.iam.gserviceaccount.com",
    seconds: int = 3600,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """A service account's identity token: `azp` is its unique ID, `aud` what it asked for.

    AWS compares `azp` where there is one.
    Source: "Verify the identity of instances" and "generateIdToken", Google Cloud.
    """
    start = _seconds(now)
    return _made(
        claims,
        aud=audience,
        azp=azp or subject,
        email=email,
        email_verified=True,
        exp=start + seconds,
        google={"organization_number": "123456789012"},
        iat=start,
        iss=GOOGLE,
        sub=subject,
    )


def cognito(
    *,
    pool: str = "eu-central-1:3f1c0a52-7b5e-4d6a-9c8e-2a4b6c8d0e1f",
    identity: str = "eu-central-1:8b0a6f3d-1e2c-4f5a-b6c7-d8e9f0a1b2c3",
    authenticated: bool = True,
    account: str = "111122223333",
    seconds: int = 600,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """What an identity pool's GetOpenIdToken gives. Real ones are signed RS512.

    Source: "GetOpenIdToken" and "Basic (classic) authflow", Amazon Cognito.
    """
    start = _seconds(now)
    user_pool = f"cognito-idp.{pool.partition(':')[0]}.amazonaws.com/eu-central-1_Example01"
    methods = ["authenticated", user_pool, f"{user_pool}:CognitoSignIn:{_stable_uuid(identity)}"]
    return _made(
        claims,
        sub=identity,
        aud=pool,
        amr=methods if authenticated else ["unauthenticated"],
        iss=COGNITO,
        **{
            f"{COGNITO}/identity-pool-arn": (
                f"arn:aws:cognito-identity:{pool.partition(':')[0]}:{account}:identitypool/{pool}"
            )
        },
        exp=start + seconds,
        iat=start,
    )


def auth0(
    *,
    client: str = "tmGcN9fKqZ3wXyB7",
    user: str = "auth0|5f7c8ec7c33c6c004bbafe82",
    issuer: str = AUTH0,
    seconds: int = 36000,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The ID token of an Auth0 application; `iss` ends in a slash.

    Source: "ID Token Structure", Auth0 Docs.
    """
    start = _seconds(now)
    return _made(
        claims,
        nickname="alice",
        name="Alice Example",
        picture="https://acme.eu.auth0.com/avatars/al.png",
        updated_at=_iso(start),
        email="alice@rolecall.test",
        email_verified=True,
        iss=issuer,
        aud=client,
        sub=user,
        iat=start,
        exp=start + seconds,
        sid=uuid.uuid4().hex,
        nonce="Zm9yLXRoZS10ZXN0cw",
    )


def _made(replaced: Mapping[str, Any], **claims: Any) -> Claims:
    return {name: value for name, value in {**claims, **replaced}.items() if value is not None}


def _seconds(now: float | None) -> int:
    return int(time.time() if now is None else now)


def _iso(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def _uuid() -> str:
    return str(uuid.uuid4())


def _stable_uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://rolecall.test/{name}"))
