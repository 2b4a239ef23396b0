"""Pods that have a role by EKS Pod Identity: told apart by the session tags EKS sends.

Source: "Grant Pods access to AWS resources based on tags", Amazon EKS User Guide.
"""

from collections.abc import Sequence

from rolecall.explain.who import Who
from rolecall.explain.wording import ordered, shown
from rolecall.policy import Condition

_NAMESPACE = "aws:requesttag/kubernetes-namespace"
_ACCOUNT = "aws:requesttag/kubernetes-service-account"


def pods(
    who: Who, service: str, conditions: Sequence[Condition]
) -> tuple[list[Who], tuple[Condition, ...]]:
    """The pods by namespace and service account, and the conditions left to tell."""
    if service != "pods.eks.amazonaws.com":
        return [who], tuple(conditions)
    taken = [_only(conditions, key) for key in (_NAMESPACE, _ACCOUNT)]
    namespaces, accounts = (None if each is None else ordered(each.values) for each in taken)
    found = []
    every: list[str | None] = [None]
    for namespace in namespaces or every:
        for account in accounts or every:
            place = "any namespace" if namespace is None else f"namespace {shown(namespace)}"
            name = f"service account {shown(account)}" if account else "any service account"
            found.append(
                Who(
                    who.kind,
                    f"pods of {name} in {place} (EKS Pod Identity)",
                    "Pods of",
                    f"{name} in {place}",
                    "(EKS Pod Identity)",
                    f"{who.key}|{namespace}|{account}",
                )
            )
    if taken == [None, None]:
        found = [who]
    return found, tuple(each for each in conditions if each not in taken)


def _only(conditions: Sequence[Condition], key: str) -> Condition | None:
    """The condition that demands one of its values under the key."""
    found = [each for each in conditions if each.key.lower() == key]
    if len(found) != 1 or found[0].operator != "StringEquals":
        return None
    return None if any("*" in value or "${" in value for value in found[0].values) else found[0]
