"""Jobs that GitHub, GitLab and Bitbucket run for a repository."""

from matrix.roles import SECOND, role
from rolecall.issuers import BITBUCKET, GITHUB_ACTIONS, GITLAB_COM, OidcIssuer
from rolecall.issuers.known import github_enterprise, gitlab
from rolecall.trust import (
    AnyBranchOf,
    AnyJobOf,
    AnyProjectOf,
    AnyRepositoryOf,
    AnyRepositoryOfWorkspace,
    AnyTagOf,
    BitbucketPipelines,
    GitHubActions,
    GitLab,
)
from rolecall_cdktf import EnvironmentStack, OidcProvider

INFRA = "acme/infra"
WORKFLOW = "acme/infra/.github/workflows/deploy.yml@refs/heads/main"
WORKSPACE = "d9e5b1ad-7c6b-4c0d-9f53-0a3c8f1e2b40"
REPOSITORY = "1d6b4c8a-3f0e-4b57-8c29-5e7a9d1f2c30"
PRODUCTION = "7b2f9c1e-0d4a-4e6b-a3c5-8f1d2e3a4b5c"


def provider(stack: EnvironmentStack, id: str, issuer: OidcIssuer) -> OidcProvider:
    """A provider for the issuer's own audience and a second one."""
    return OidcProvider(
        stack, f"{id}-issuer", issuer=issuer, client_ids=[str(issuer.audience), SECOND]
    )


def add_repositories(stack: EnvironmentStack) -> tuple[OidcProvider, OidcProvider]:
    """Add them; the providers of GitHub and gitlab.com are returned."""
    github = provider(stack, "github", GITHUB_ACTIONS)
    _github(stack, github)
    gitlab_com = provider(stack, "gitlab", GITLAB_COM)
    _gitlab(stack, gitlab_com)
    bitbucket = provider(stack, "bitbucket", BITBUCKET("acme", WORKSPACE))
    role(stack, "bitbucket", BitbucketPipelines(bitbucket, REPOSITORY))
    role(
        stack,
        "bitbucket-environment",
        BitbucketPipelines(bitbucket, REPOSITORY, environment=PRODUCTION),
    )
    role(stack, "bitbucket-any-repository", AnyRepositoryOfWorkspace(bitbucket))
    return github, gitlab_com


def _github(stack: EnvironmentStack, github: OidcProvider) -> None:
    role(stack, "github-branch", GitHubActions(github, INFRA, branch=["main", "release/*"]))
    role(stack, "github-tag", GitHubActions(github, INFRA, tag="v1.0"))
    role(stack, "github-environment", GitHubActions(github, INFRA, environment="prd"))
    role(stack, "github-pull-request", GitHubActions(github, INFRA, pull_request=True))
    role(
        stack,
        "github-immutable",
        GitHubActions(github, INFRA, branch="main", immutable_ids=(65, 74)),
    )
    role(
        stack,
        "github-ids",
        GitHubActions(github, INFRA, branch="main", repository_id=74, owner_id=65),
    )
    role(stack, "github-job", GitHubActions(github, INFRA, job=WORKFLOW))
    role(
        stack,
        "github-job-of-branch",
        GitHubActions(github, INFRA, branch="main", job_workflow_ref=WORKFLOW),
    )
    role(stack, "github-any-branch", AnyBranchOf(github, INFRA))
    role(stack, "github-any-tag", AnyTagOf(github, INFRA))
    role(stack, "github-any-job", AnyJobOf(github, INFRA))
    role(stack, "github-any-repository", AnyRepositoryOf(github, "acme"))
    role(
        stack,
        "github-any-repository-immutable",
        AnyRepositoryOf(github, "acme", owner_id=65, immutable=True),
    )
    enterprise = provider(stack, "enterprise", github_enterprise("acme"))
    role(stack, "github-enterprise", GitHubActions(enterprise, INFRA, branch="main"))


def _gitlab(stack: EnvironmentStack, gitlab_com: OidcProvider) -> None:
    role(stack, "gitlab-branch", GitLab(gitlab_com, INFRA, branch="main"))
    role(stack, "gitlab-tag", GitLab(gitlab_com, INFRA, tag="v1.0"))
    role(
        stack,
        "gitlab-protected",
        GitLab(gitlab_com, INFRA, branch="main", project_id=20, namespace_id=72, protected=True),
    )
    role(stack, "gitlab-any-branch", AnyBranchOf(gitlab_com, INFRA))
    role(stack, "gitlab-any-tag", AnyTagOf(gitlab_com, INFRA))
    role(stack, "gitlab-any-job", AnyJobOf(gitlab_com, INFRA))
    role(stack, "gitlab-any-project", AnyProjectOf(gitlab_com, "acme"))
    own = provider(stack, "own-gitlab", gitlab("https://gitlab.rolecall.test"))
    role(stack, "gitlab-own", GitLab(own, INFRA, branch="main"))
