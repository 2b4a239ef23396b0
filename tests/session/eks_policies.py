"""Trust policies of roles for pods, written by hand, and stacks that hold them."""

import json
from pathlib import Path
from typing import Any

CLUSTER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
OTHER_CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/0000000000000000000000000EXAMPLE"
ACCOUNT = "111111111111"


def statement(
    subjects: str | list[str] | None,
    *,
    operator: str = "StringEquals",
    audience: str | None = "sts.amazonaws.com",
    cluster: str = CLUSTER,
    principal: str | None = None,
    effect: str = "Allow",
    more: dict[str, Any] | None = None,
) -> dict[str, Any]:
    conditions: dict[str, dict[str, Any]] = {}
    if subjects is not None:
        conditions.setdefault(operator, {})[f"{cluster}:sub"] = subjects
    if audience is not None:
        conditions.setdefault("StringEquals", {})[f"{cluster}:aud"] = audience
    for name, keys in (more or {}).items():
        conditions.setdefault(name, {}).update(keys)
    made: dict[str, Any] = {
        "Effect": effect,
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": principal or f"arn:aws:iam::{ACCOUNT}:oidc-provider/{cluster}"},
    }
    return {**made, "Condition": conditions} if conditions else made


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def account(namespace: str, name: str) -> str:
    return f"system:serviceaccount:{namespace}:{name}"


def write_stack(directory: Path, roles: dict[str, str], stack: str = "tes") -> Path:
    """What cdktf writes: role ids with their trust policies, Terraform's escapes included."""
    folder = directory / "stacks" / stack
    folder.mkdir(parents=True)
    resources = {
        key.replace("-", "_"): {
            "name": f"{stack}-{key}",
            "assume_role_policy": trust.replace("${aws:", "$${aws:"),
        }
        for key, trust in roles.items()
    }
    document = {"resource": {"aws_iam_role": resources}} if roles else {}
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return directory
