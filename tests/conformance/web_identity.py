"""Rows of AssumeRoleWithWebIdentity: what the token says besides the usual, the role, the call."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.case import Answer, Case, Expected
from tests.conformance.world import World
from tests.local.oidc.issuer import URL, Key

HOST = URL.removeprefix("https://")
DENIED: Expected = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
NO_JWT: Expected = (
    "InvalidIdentityToken",
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
    "Token)",
)


@dataclass(frozen=True)
class Later:
    """A moment so many seconds from now."""

    seconds: int


@dataclass(frozen=True)
class WebIdentity(Case):
    """`claims` and `header` change a good token (None leaves one out); `role` is the
    condition or the actions of the role that is made for the row."""

    claims: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    key: Key | None = None
    role: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    def ask(self, world: World) -> Answer:
        oidc = world.oidc
        role = oidc.make_role(**self.role) if self.role else oidc.role
        claims = {name: _moment(value) for name, value in self.claims.items()}
        token = oidc.issuer.token(dict(self.header), self.key, **claims)
        params = {"RoleArn": role, "WebIdentityToken": token, **self.params}
        params["RoleArn"] = params["RoleArn"].replace("{role}", role)
        told = oidc.send(params.pop("WebIdentityToken"), **params)
        return Answer(told.status, told.code, told.message, told.reason, told.reply)


def when(operator: str, **keys: Any) -> dict[str, Any]:
    """A role with one condition; `__` in a key is a colon, a leading one the issuer's host."""
    named = {
        f"{HOST}:{key[2:]}" if key.startswith("__") else key.replace("__", ":"): value
        for key, value in keys.items()
    }
    return {"condition": {operator: named}}


def missing(claim: str) -> Expected:
    return "InvalidIdentityToken", f"Missing a required claim: {claim}"


def _moment(value: Any) -> Any:
    return int(time.time()) + value.seconds if isinstance(value, Later) else value
