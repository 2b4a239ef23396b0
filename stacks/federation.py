"""Roles of those who have no IAM user: pipelines, pods, Google accounts and single sign-on."""

from rolecall.environment import Environment
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.trust import EksServiceAccount, GitHubActions, Google, Saml
from rolecall_cdktf import AssumableRole, EnvironmentStack, OidcProvider, SamlProvider

#: The web application in which the analysts sign in with Google, and who they are.
ANALYTICS = "407408718192-analytics.apps.googleusercontent.com"
ANALYSTS = ("110169484474386276334",)


def add_federated_roles(stack: EnvironmentStack) -> None:
    """Add them, as far as the environment's file says where its people and pods come from."""
    environment = stack.environment
    github = OidcProvider(stack, "github", issuer=GITHUB_ACTIONS)
    AssumableRole(
        stack,
        "pipeline",
        description="Deploys from GitHub Actions",
        # The environment of the job, so that its protection rules decide who deploys.
        trusted_entities=[GitHubActions(github, "acme/infra", environment=environment.name)],
        managed_policies=["ReadOnlyAccess"],
    )
    AssumableRole(
        stack,
        "analyst",
        description="Reads reports, signed in with Google",
        trusted_entities=[Google(audience=ANALYTICS, subject=ANALYSTS)],
        inline_policies={"reports": _own_reports(environment)},
    )
    if issuer := environment.issuers.get("eks"):
        cluster = OidcProvider(stack, "cluster", url=issuer)
        AssumableRole(
            stack,
            "orders",
            description="The pods of the order service",
            trusted_entities=[
                EksServiceAccount(cluster, namespace="orders", service_account="api")
            ],
            inline_policies={"queue": _order_queue(environment)},
        )
    if metadata := environment.saml_metadata_file:
        AssumableRole(
            stack,
            "operator",
            description="Staff, through single sign-on",
            trusted_entities=[
                Saml(
                    SamlProvider(stack, "sso", metadata_file=metadata),
                    attributes={"edupersonaffiliation": ["staff"]},
                )
            ],
            managed_policies=["ReadOnlyAccess"],
        )


def _own_reports(environment: Environment) -> dict[str, object]:
    """Each analyst reads what lies under his own Google account."""
    bucket = f"arn:{environment.partition}:s3:::{environment.name}-reports"
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": bucket + "/${accounts.google.com:sub}/*",
        },
    }


def _order_queue(environment: Environment) -> dict[str, object]:
    queue = f"arn:{environment.partition}:sqs:{environment.region}:{environment.account_id}"
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
            "Resource": f"{queue}:{environment.name}-orders",
        },
    }
