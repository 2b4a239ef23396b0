"""What the payment service has in each environment: its own resources, and five roles."""

import json

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct
from rolecall.environment import Environment
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.trust import AwsService, EksServiceAccount, GitHubActions, IamRoles, WholeAccount
from rolecall_cdktf import AssumableRole, EnvironmentStack, OidcProvider

#: The payment provider, another company, and the role with which it comes.
VENDOR, VENDOR_ROLE = "444455556666", "settlement-export"


class Payments(EnvironmentStack):
    """Receipts, events, and who may touch them."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, environment)
        receipts = S3Bucket(self, "receipts", bucket=f"acme-payments-receipts-{environment.name}")
        events = SnsTopic(self, "events", name=f"{environment.name}-payment-events")

        github = OidcProvider(self, "github", issuer=GITHUB_ACTIONS)
        AssumableRole(
            self,
            "deploy",
            description="Deploys the payment service from GitHub Actions",
            trusted_entities=[GitHubActions(github, "acme/payments", environment=environment.name)],
            managed_policies=["ReadOnlyAccess"],
        )
        cluster = OidcProvider(self, "cluster", url=environment.issuers["eks"])
        api = AssumableRole(
            self,
            "api",
            description="The pods that take payments",
            trusted_entities=[
                EksServiceAccount(cluster, namespace="payments", service_account="api")
            ],
            inline_policies={
                "pay": _allow(("s3:PutObject", f"{receipts.arn}/*"), ("sns:Publish", events.arn))
            },
        )
        AssumableRole(
            self,
            "settle",
            description="The function that settles at night",
            trusted_entities=[AwsService("lambda")],
            inline_policies={"read": _allow(("s3:GetObject", f"{receipts.arn}/*"))},
        )
        AssumableRole(
            self,
            "vendor",
            description="Our payment provider fetches its reports",
            trusted_entities=[
                WholeAccount(
                    VENDOR,
                    principal_arns=[f"arn:aws:iam::{VENDOR}:role/{VENDOR_ROLE}"],
                    external_id=environment.external_id,
                )
            ],
            inline_policies={"reports": _allow(("s3:GetObject", f"{receipts.arn}/reports/*"))},
        )
        refund = AssumableRole(
            self,
            "refund",
            description="Gives money back; the pods become it for that alone",
            trusted_entities=[IamRoles(environment.account_id, [api.role_name])],
            inline_policies={"refund": _allow(("sns:Publish", events.arn))},
        )
        # IAM looks for the roles that a trust policy names.
        refund.node.add_dependency(api)


def _allow(*grants: tuple[str, str]) -> str:
    """A policy of what may be done to what; the ARNs may be references of Terraform."""
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in grants
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
