"""The people. They have no rights here; they work through the roles of the environments."""

from collections.abc import Sequence

from rolecall.environment import Environment
from rolecall_cdktf import EnvironmentStack, TrustedUser
from rolecall_cdktf._cdktf import App


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
            may_assume=[(place, ["deployer", "breakglass"]) for place in workplaces],
        )
        TrustedUser(
            self,
            "bob",
            source_identity=True,
            may_assume=[(place, ["auditor", "breakglass"]) for place in workplaces],
        )
