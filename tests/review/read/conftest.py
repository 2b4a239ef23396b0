import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolecall.policy import PolicyDocument
from rolecall.review.model import Pair, Policy, RoleSide, Snapshot
from rolecall.review.read import read_plan

PLANS = Path(__file__).parents[1] / "plans"
ACCOUNT = "111111111111"


@pytest.fixture(scope="session")
def made() -> Callable[[str], Snapshot]:
    """A plan that Terraform made, read."""

    def read(name: str) -> Snapshot:
        text = (PLANS / f"{name}.json").read_bytes()
        return read_plan(text, environment="tes", source=f"{name}.json")

    return read


@pytest.fixture(scope="session")
def role() -> Callable[[Snapshot, str], Pair[RoleSide]]:
    """The role of an address."""

    def find(snapshot: Snapshot, address: str) -> Pair[RoleSide]:
        (found,) = (pair for pair in snapshot.roles if pair.place.address == address)
        return found

    return find


@pytest.fixture(scope="session")
def statement() -> Callable[[Policy], dict[str, Any]]:
    """The only statement of a policy that is known."""

    def find(policy: Policy) -> dict[str, Any]:
        assert isinstance(policy, PolicyDocument), policy
        (found,) = policy.statements
        return found.to_dict()

    return find


@pytest.fixture(scope="session")
def trust() -> Callable[..., str]:
    """The text of a trust policy."""

    def write(principal: Any, **conditions: Any) -> str:
        found: dict[str, Any] = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        found["Principal"] = principal
        if conditions:
            found["Condition"] = conditions
        return json.dumps({"Version": "2012-10-17", "Statement": [found]})

    return write


@pytest.fixture(scope="session")
def change() -> Callable[..., dict[str, Any]]:
    """One member of `resource_changes`."""

    def write(address: str, *actions: str, **more: Any) -> dict[str, Any]:
        type, name = address.split("[")[0].split(".")[-2:]
        details = {"before": None, "after": None, "after_unknown": {}, "actions": list(actions)}
        inner = {k: more.pop(k) for k in list(more) if k in details or k.endswith("_sensitive")}
        return {
            "address": address,
            "mode": "managed",
            "type": type,
            "name": name,
            "change": {**details, **inner},
            **more,
        }

    return write


@pytest.fixture(scope="session")
def plan() -> Callable[..., bytes]:
    """A small plan of JSON configuration: `resources` are address → expressions."""

    def write(
        *changes: dict[str, Any], resources: dict[str, Any] | None = None, **members: Any
    ) -> bytes:
        blocks = []
        for address, attributes in (resources or {}).items():
            mode = "data" if address.startswith("data.") else "managed"
            type, name = address.removeprefix("data.").split(".")
            expressions = {
                key: value if isinstance(value, dict | list) else {"constant_value": value}
                for key, value in attributes.items()
            }
            blocks.append(
                {
                    "address": address,
                    "mode": mode,
                    "type": type,
                    "name": name,
                    "provider_config_key": "aws",
                    "expressions": expressions,
                }
            )
        aws = {
            "name": "aws",
            "expressions": {
                "region": {"constant_value": "eu-central-1"},
                "allowed_account_ids": {"constant_value": [ACCOUNT]},
            },
        }
        document = {
            "format_version": "1.2",
            "planned_values": {},
            "resource_changes": list(changes),
            "configuration": {
                "provider_config": {"aws": aws},
                "root_module": {"resources": blocks},
            },
            "complete": True,
            "errored": False,
            **members,
        }
        return json.dumps(document).encode()

    return write
