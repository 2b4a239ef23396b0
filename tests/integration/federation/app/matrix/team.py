"""A stack that makes no provider: its roles trust those that the account has already."""

from matrix.given import Given
from matrix.roles import SECOND, role
from rolecall.environment import Environment
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.trust import GitHubActions, GitLab, Saml
from rolecall_cdktf import EnvironmentStack, OidcProvider, SamlProvider
from rolecall_cdktf._cdktf import App


class TeamStack(EnvironmentStack):
    """Roles through `from_url`, `from_arn` and `from_name`."""

    def __init__(self, scope: App, environment: Environment, given: Given) -> None:
        super().__init__(scope, environment)
        iam = f"arn:aws:iam::{environment.account_id}"
        github = OidcProvider.from_url(
            GITHUB_ACTIONS.url, client_ids=[str(GITHUB_ACTIONS.audience), SECOND]
        )
        gitlab = OidcProvider.from_arn(f"{iam}:oidc-provider/gitlab.com")
        sso = SamlProvider.from_name("central-sso")
        role(self, "deployer", GitHubActions(github, "acme/shop", branch="main"))
        role(
            self,
            "everywhere",
            GitHubActions(github, "acme/shop", branch="main", immutable_ids=(65, 91)),
            GitLab(gitlab, "acme/shop", branch="main"),
            Saml(sso, attributes={"eduPersonAffiliation": "faculty"}),
        )
