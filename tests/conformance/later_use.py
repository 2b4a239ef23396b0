"""Rows of what a session may do later: how it was made, and the call that it makes."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.conformance.case import Answer, Case, refusal
from tests.conformance.documents import policy
from tests.conformance.world import HOME, UNCHECKED, World

#: Every action on a role that is assumed, and the tags and identity it may bring.
TRUST = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


@dataclass(frozen=True)
class LaterUse(Case):
    """A role with `policies` (statements) is assumed with `session` (parameters of AssumeRole)
    by alice; then it calls `operation` of `service`.

    `boundary` are the statements of the role's permissions boundary. `then` are roles that
    are assumed one after the other on the way (parameters of AssumeRole each): a chain.
    `later`: parameters of GetFederationToken in place of AssumeRole, if `federated`.
    """

    policies: tuple[dict[str, Any], ...] = ()
    session: dict[str, Any] = field(default_factory=dict)
    boundary: tuple[dict[str, Any], ...] | None = None
    tags: tuple[dict[str, str], ...] = ()
    federated: bool = False
    then: tuple[dict[str, Any], ...] = ()
    service: str = "iam"
    operation: str = "get_role"
    params: dict[str, Any] = field(default_factory=lambda: {"RoleName": "red"})

    def ask(self, world: World) -> Answer:
        credentials, arn = self._become(world)
        for params in self.then:
            role = world.role(
                HOME,
                {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": TRUST},
                policies=list(self.policies),
            )
            made = world.server.client("sts", credentials).assume_role(
                RoleArn=role["Arn"], **{"RoleSessionName": "next", **params}
            )
            credentials, arn = made["Credentials"], made["AssumedRoleUser"]["Arn"]
        client = world.server.client(self.service, credentials, config=UNCHECKED)
        try:
            reply = getattr(client, self.operation)(**self.params)
        except ClientError as error:
            return refusal(error, caller=arn)
        return Answer(reply=reply)

    def _become(self, world: World) -> tuple[Any, str]:
        if self.federated:
            made = world.federating(self.policies).get_federation_token(
                **{"Name": "guest", **self.session}
            )
            return made["Credentials"], made["FederatedUser"]["Arn"]
        more: dict[str, Any] = {}
        if self.boundary is not None:
            more["PermissionsBoundary"] = world.managed_policy(policy(*self.boundary))
        role = world.role(
            HOME,
            {"Effect": "Allow", "Principal": {"AWS": "@alice"}, "Action": TRUST},
            policies=list(self.policies) if self.policies else None,
            Tags=list(self.tags),
            **more,
        )
        made = world.sts("alice").assume_role(
            RoleArn=role["Arn"], **{"RoleSessionName": "a-session", **self.session}
        )
        return made["Credentials"], made["AssumedRoleUser"]["Arn"]
