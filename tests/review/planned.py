"""Small plans as Terraform writes them, and what a review says of them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from rolecall.environment import load_environments
from rolecall.review.judge import judge
from rolecall.review.read import read_plan
from rolecall.review.report import Report

TES = "111111111111"
ALICE = "arn:aws:iam::999999999999:user/alice"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = {"Action": "*", "Resource": "*"}
READING = {"Action": "s3:GetObject", "Resource": "*"}
TODAY = date(2026, 11, 1)


def policy(*statements: dict[str, Any]) -> str:
    """The text of a policy; each statement is an Allow where it does not say otherwise."""
    filled = [{"Effect": "Allow", **each} for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": filled})


def trust(principal: Any, action: str = "sts:AssumeRole", **condition: Any) -> str:
    """The text of a trust policy."""
    statement = {"Principal": principal, "Action": action}
    return policy({**statement, "Condition": condition} if condition else statement)


def change(address: str, *actions: str, **members: Any) -> dict[str, Any]:
    """One member of `resource_changes`."""
    type, name = address.split("[")[0].split(".")[-2:]
    inner: dict[str, Any] = {"before": None, "after": None, "after_unknown": {}}
    inner["actions"] = list(actions)
    inner |= {key: members.pop(key) for key in list(members) if key in inner or "sens" in key}
    mode = "data" if address.startswith("data.") else "managed"
    base = {"address": address, "mode": mode, "type": type, "name": name}
    return {**base, "change": inner, **members}


def kept(address: str, values: dict[str, Any]) -> dict[str, Any]:
    """What stays as it is."""
    return change(address, "no-op", before=values, after=values)


def made(address: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is made."""
    return change(address, "create", after=values)


def gone(address: str, values: dict[str, Any]) -> dict[str, Any]:
    """What is deleted."""
    return change(address, "delete", before=values)


def altered(address: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What is changed in place."""
    return change(address, "update", before=values, after={**values, **more})


def role(name: str = "r", text: str | None = None, **more: Any) -> dict[str, Any]:
    """The values of a role that alice may assume."""
    return {
        "name": name,
        "arn": f"arn:aws:iam::{TES}:role/{name}",
        "path": "/",
        "assume_role_policy": trust({"AWS": ALICE}) if text is None else text,
        "max_session_duration": 3600,
        **more,
    }


def named(kind: str, name: str, **more: Any) -> dict[str, Any]:
    """The values of a user, group or policy."""
    return {"name": name, "arn": f"arn:aws:iam::{TES}:{kind}/{name}", "path": "/", **more}


def plan(*changes: Any, written: dict[str, dict[str, Any]] | None = None, **members: Any) -> bytes:
    """A plan. written: what the configuration says, by address."""
    blocks = []
    for address, attributes in (written or {}).items():
        type, name = address.removeprefix("data.").split(".")
        blocks.append(
            {
                "address": address,
                "mode": "data" if address.startswith("data.") else "managed",
                "type": type,
                "name": name,
                "provider_config_key": "aws",
                "expressions": {
                    key: value if isinstance(value, dict | list) else {"constant_value": value}
                    for key, value in attributes.items()
                },
            }
        )
    aws = {"name": "aws", "expressions": {"allowed_account_ids": {"constant_value": [TES]}}}
    document = {
        "format_version": "1.2",
        "planned_values": {},
        "resource_changes": list(changes),
        "configuration": {
            "provider_config": {"aws": aws},
            "root_module": {"resources": blocks},
        },
    }
    return json.dumps({**document, **members}).encode()


def reviewed(*changes: Any, environment: str = "tes", **more: Any) -> Report:
    """The report of one plan, in the environments of this project."""
    text = plan(*changes, **more)
    snapshot = read_plan(text, environment=environment, source="plan.json")
    environments = load_environments(Path(__file__).parents[2] / "environments")
    return judge([snapshot], environments=environments, today=TODAY)
