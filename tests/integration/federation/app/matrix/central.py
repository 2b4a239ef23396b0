"""The stack with the providers, and a role for every kind of trusted entity."""

from matrix.given import Given
from matrix.people import GOOGLE_ACCOUNT, GOOGLE_CLIENT, add_people
from matrix.pipelines import add_pipelines
from matrix.repositories import add_repositories
from matrix.roles import SECOND, role
from matrix.workloads import add_workloads
from rolecall.environment import Environment
from rolecall.trust import GitHubActions, GitLab
from rolecall_cdktf import EnvironmentStack, OidcProvider
from rolecall_cdktf._cdktf import App

#: Every audience that a role of this stack asks for.
AUDIENCES = (
    "sts.amazonaws.com",
    "https://gitlab.com",
    "https://gitlab.rolecall.test",
    "ari:cloud:bitbucket::workspace/d9e5b1ad-7c6b-4c0d-9f53-0a3c8f1e2b40",
    "aws.workload.identity",
    "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60",
    "tmGcN9fKqZ3wXyB7",
    "aws-console",
    "rolecall-console",
    "https://sts.rolecall.test",
    GOOGLE_CLIENT,
    GOOGLE_ACCOUNT,
    SECOND,
)


class CentralStack(EnvironmentStack):
    """Pipelines, workloads and people, each with the narrowest entity and its wide variants."""

    def __init__(self, scope: App, environment: Environment, given: Given) -> None:
        super().__init__(scope, environment)
        github, gitlab = add_repositories(self)
        add_pipelines(self)
        add_workloads(self, given, add_people(self, given))
        # Another provider of the account: whatever it says, no role may believe it.
        OidcProvider(self, "rival-issuer", url="https://rival.rolecall.test", client_ids=AUDIENCES)
        role(
            self,
            "two-issuers",
            GitHubActions(github, "acme/infra", environment="prd"),
            GitLab(gitlab, "acme/infra", branch="main", protected=True),
        )
