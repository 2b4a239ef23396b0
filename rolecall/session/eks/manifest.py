"""Kubernetes manifests of service accounts that stand for a role.

Source: the annotations of the Amazon EKS pod identity webhook, "Assign IAM roles to
Kubernetes service accounts".
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rolecall.policy import Arn, LimitError
from rolecall.session.eks.rule import DEFAULT_AUDIENCE
from rolecall.session.eks.trust import ServiceAccount

_DOMAIN = "eks.amazonaws.com"
#: The API server gives no token for less, EKS none for more.
SHORTEST_TOKEN_SECONDS, LONGEST_TOKEN_SECONDS = 3600, 86400


def manifests(
    accounts: Sequence[ServiceAccount],
    role_arn: str,
    *,
    regional_endpoints: bool | None = None,
    token_seconds: int | None = None,
) -> tuple[dict[str, Any], ...]:
    """One ServiceAccount for each, annotated with the role.

    The audience is written where it is not the webhook's own, and in China always: there
    clusters and guides disagree on it.

    Raises `LimitError` for a token time that clusters do not give.
    """
    if token_seconds is not None and not (
        SHORTEST_TOKEN_SECONDS <= token_seconds <= LONGEST_TOKEN_SECONDS
    ):
        raise LimitError(
            "token-expiration",
            f"{token_seconds} is not allowed",
            f"{SHORTEST_TOKEN_SECONDS} to {LONGEST_TOKEN_SECONDS} seconds",
        )
    china = Arn.parse(role_arn).partition == "aws-cn"
    made = []
    for account in accounts:
        annotations = {f"{_DOMAIN}/role-arn": role_arn}
        if account.audience is not None and (china or account.audience != DEFAULT_AUDIENCE):
            annotations[f"{_DOMAIN}/audience"] = account.audience
        if regional_endpoints is not None:
            annotations[f"{_DOMAIN}/sts-regional-endpoints"] = str(regional_endpoints).lower()
        if token_seconds is not None:
            annotations[f"{_DOMAIN}/token-expiration"] = str(token_seconds)
        made.append(
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {
                    "name": account.name,
                    "namespace": account.namespace,
                    "annotations": annotations,
                },
            }
        )
    return tuple(made)


def as_yaml(documents: Sequence[Mapping[str, Any]], comments: Sequence[str] = ()) -> str:
    """The documents as YAML, a comment before each.

    Every text is quoted, as JSON quotes it, which is YAML too: readers differ in which
    bare words are numbers or truth values (`1e3`, `no`), and annotations must be texts.
    """
    written = []
    for index, document in enumerate(documents):
        lines = [f"# {comments[index]}"] if index < len(comments) else []
        written.append("\n".join([*lines, *_lines(document, "")]))
    return "\n---\n".join(written) + "\n"


def as_json(documents: Sequence[Mapping[str, Any]]) -> str:
    """One document, or a List of several, as JSON: `kubectl apply -f -` takes both."""
    if len(documents) == 1:
        return json.dumps(documents[0], indent=2) + "\n"
    listed = {"apiVersion": "v1", "kind": "List", "items": list(documents)}
    return json.dumps(listed, indent=2) + "\n"


def _lines(mapping: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in mapping.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{key}:", *_lines(value, indent + "  ")]
        elif key in ("apiVersion", "kind"):
            lines.append(f"{indent}{key}: {value}")
        else:
            lines.append(f"{indent}{key}: {json.dumps(value)}")
    return lines
