"""Policies as the rows write them."""

import json
from typing import Any


def policy(*statements: dict[str, Any]) -> str:
    """A document as JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trusts(
    principal: Any = "@alice", action: Any = "sts:AssumeRole", **more: Any
) -> dict[str, Any]:
    """A statement of a trust policy; `@alice` is the ARN of that user or session."""
    who = principal if isinstance(principal, dict) or principal == "*" else {"AWS": principal}
    return {"Effect": "Allow", "Principal": who, "Action": action, **more}


def refuses(principal: Any = "*", action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    """The same with Deny."""
    return {**trusts(principal, action, **more), "Effect": "Deny"}


def given(operator: str, **keys: Any) -> dict[str, Any]:
    """A condition; `__` in a key is a colon, `___` a slash."""
    named = {k.replace("___", "/").replace("__", ":"): v for k, v in keys.items()}
    return {"Condition": {operator: named}}


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]
