"""The roles of tes, stg and prd. The environments differ in facts only."""

from datetime import timedelta

from rolecall.environment import Environment
from rolecall.trust import AwsService, IamRoles, IamUsers, WholeAccount
from rolecall_cdktf import App, AssumableRole, EnvironmentStack
from stacks.federation import add_federated_roles


class DeployStack(EnvironmentStack):
    """Who may deploy, look, copy data away, and break the glass; and who comes from elsewhere."""

    def __init__(self, scope: App, environment: Environment) -> None:
        super().__init__(scope, environment)
        people = environment.identity_account_id

        AssumableRole(
            self,
            "deployer",
            description="Deploys the application",
            trusted_entities=[IamUsers(people, ["alice"], external_id=environment.external_id)],
            managed_policies=["ReadOnlyAccess"],
            inline_policies={"artifacts": _artifacts(environment)},
            max_session=timedelta(hours=2),
        )
        AssumableRole(
            self,
            "auditor",
            description="Looks at everything and changes nothing",
            trusted_entities=[
                WholeAccount(
                    people,
                    principal_arns=[f"arn:{environment.partition}:iam::{people}:user/bob"],
                    mfa=True,
                )
            ],
            managed_policies=["SecurityAudit"],
        )
        AssumableRole(
            self,
            "reader",
            description="Sees what there is, without data; from the one role where people sign in",
            trusted_entities=[IamRoles(people, ["identity-staff"])],
            managed_policies=["job-function/ViewOnlyAccess"],
        )
        AssumableRole(
            self,
            "backup",
            description="Starts the nightly copy",
            trusted_entities=[AwsService("scheduler", source_account=environment.account_id)],
            inline_policies={"start": _start_backup(environment)},
        )
        AssumableRole(
            self,
            "breakglass",
            description="For emergencies; a fresh second factor and a name in the trail",
            trusted_entities=[
                IamUsers(
                    people,
                    ["alice", "bob"],
                    mfa_max_age=timedelta(minutes=15),
                    source_identity=["alice", "bob"],
                )
            ],
            managed_policies=["AdministratorAccess"],
        )
        add_federated_roles(self)


def _artifacts(environment: Environment) -> dict[str, object]:
    bucket = f"arn:{environment.partition}:s3:::{environment.name}-artifacts-*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OwnBuckets",
                "Effect": "Allow",
                "Action": ["s3:CreateBucket", "s3:ListBucket"],
                "Resource": bucket,
            },
            {
                "Sid": "OwnObjects",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"{bucket}/*",
            },
        ],
    }


def _start_backup(environment: Environment) -> dict[str, object]:
    vaults = f"arn:{environment.partition}:backup:{environment.region}:{environment.account_id}"
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "backup:StartBackupJob",
            "Resource": f"{vaults}:backup-vault:*",
        },
    }
