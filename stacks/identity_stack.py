"""The people. They have no rights here; they work through roles, mostly of the environments."""

from collections.abc import Sequence

from rolecall.environment import Environment
from rolecall.policy import role_arn
from rolecall.trust import IamUsers
from rolecall_cdktf import App, AssumableRole, EnvironmentStack, TrustedUser


class IdentityStack(EnvironmentStack):
    """The users of the identity account, each with the roles he may assume."""

    def __init__(
        self, scope: App, environment: Environment, workplaces: Sequence[Environment]
    ) -> None:
        super().__init__(scope, environment)
        # The trust of breakglass demands that the name of the person is in the trail.
        TrustedUser(
            self,
            "alice",
            source_identity=True,
            may_assume=[
                (environment, ["staff"]),
                *((place, ["deployer", "breakglass"]) for place in workplaces),
            ],
        )
        TrustedUser(
            self,
            "bob",
            source_identity=True,
            may_assume=[
                (environment, ["staff"]),
                *((place, ["auditor", "breakglass"]) for place in workplaces),
            ],
        )
        # One sign-in for all accounts: `rolecall assume identity staff`, then
        # `rolecall switch stg reader`.
        AssumableRole(
            self,
            "staff",
            description="Leads on to the role reader of every environment",
            trusted_entities=[IamUsers(environment.account_id, ["alice", "bob"])],
            inline_policies={"readers": _readers(workplaces)},
        )


def _readers(workplaces: Sequence[Environment]) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": [
                role_arn(place.account_id, f"{place.name}-reader", partition=place.partition)
                for place in workplaces
            ],
        },
    }
