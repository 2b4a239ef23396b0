"""Rows of AssumeRoleWithSAML: what the response says besides the usual, the role, the call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.conformance.case import Answer, Case, Expected
from tests.conformance.world import World

DENIED: Expected = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
SIGNATURE: Expected = ("InvalidIdentityToken", "Response signature invalid")


@dataclass(frozen=True)
class WithSaml(Case):
    """`said` changes a good response (`{role}` and `{provider}` in its pairs are ARNs);
    `role` is the condition or the actions of the role that is made for the row."""

    said: Mapping[str, Any] = field(default_factory=dict)
    role: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    def ask(self, world: World) -> Answer:
        saml = world.saml
        role = saml.make_role(**self.role) if self.role else saml.role
        said: dict[str, Any] = {"role": role, **self.said}
        if said.get("roles") is not None:
            said["roles"] = [
                pair.replace("{role}", role).replace("{provider}", saml.provider)
                for pair in said["roles"]
            ]
        told = saml.ask(saml.said(**said), **self.params)
        return Answer(told.status, told.code, told.message, told.reason, told.reply)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def when(operator: str, **keys: Any) -> dict[str, Any]:
    """A role with one condition; `__` in a key is a colon."""
    return {"condition": {operator: {k.replace("__", ":"): v for k, v in keys.items()}}}
