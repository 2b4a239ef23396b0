"""Tokens of pods: whose association says which role, and what becomes of them."""

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.idp import shapes
from tests.integration.federation.answers import Answer
from tests.integration.federation.cases.spoiled import FORGER, STRANGER

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

AUDIENCE = "pods.eks.amazonaws.com"
DENIED: Answer = (
    "AccessDeniedException",
    "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
)
#: The service account of each role's association, and one that somebody associates with
#: the role by hand although the role does not trust it: cluster, namespace, name.
ASSOCIATED = {
    "pod": ("main", "payments", "worker"),
    "pod-any-of-namespace": ("main", "payments", "cron"),
    "pod-any-of-cluster": ("main", "reports", "cron"),
}
MISTAKEN = {
    "pod": (
        ("main", "payments", "worker2"),
        ("main", "default", "worker"),
        ("second", "payments", "worker"),
    ),
    "pod-any-of-namespace": (("main", "default", "cron"), ("second", "payments", "cron")),
    "pod-any-of-cluster": (("second", "reports", "cron"),),
}


def invalid(message: str) -> Answer:
    return "InvalidTokenException", message


@dataclass(frozen=True)
class Clusters:
    """The clusters of the account, and how their pods ask for a role."""

    deployment: "Deployment"
    issuers: Mapping[str, str]

    def claims(self, cluster: str, namespace: str, account: str, **facts: Any) -> dict[str, Any]:
        """What the token says that the kubelet mounts for Pod Identity."""
        return shapes.kubernetes(
            **{
                "issuer": self.issuers[cluster],
                "namespace": namespace,
                "service_account": account,
                "audience": AUDIENCE,
                **facts,
            }
        )

    def become(self, token: str, cluster: str = "main") -> dict[str, Any]:
        """What the agent on the pod's node does."""
        client = self.deployment.administrator.client("eks-auth")
        return dict(client.assume_role_for_pod_identity(clusterName=cluster, token=token))


@dataclass(frozen=True)
class Row:
    """pod: whose token. spoil: from its claims to the token."""

    role: str
    case: str
    pod: tuple[str, str, str]
    answer: Answer | None = None
    spoil: Callable[[Clusters, dict[str, Any]], str] | None = None


def signed(clusters: Clusters, claims: dict[str, Any]) -> str:
    return clusters.deployment.token(claims)


def changed(clusters: Clusters, claims: dict[str, Any], **changes: Any) -> str:
    return clusters.deployment.token({**claims, **changes})


def expired(clusters: Clusters, claims: dict[str, Any]) -> str:
    now = int(time.time())
    times = {"iat": now - 90_000, "nbf": now - 90_000, "exp": now - 3_600}
    return clusters.deployment.token({**claims, **times})


def of_the_other_cluster(clusters: Clusters, claims: dict[str, Any]) -> str:
    other = next(each for each in clusters.issuers.values() if each != claims["iss"])
    return clusters.deployment.token({**claims, "iss": other})


def unsigned(clusters: Clusters, claims: dict[str, Any]) -> str:
    return f"{part({'alg': 'none', 'kid': 'x'})}.{part(claims)}.AAAA"


def altered(clusters: Clusters, claims: dict[str, Any]) -> str:
    head, _, signature = clusters.deployment.token({**claims, "sub": "x"}).split(".")
    return f"{head}.{part(claims)}.{signature}"


def forged(clusters: Clusters, claims: dict[str, Any]) -> str:
    clusters.deployment.token(claims)
    issuers = clusters.deployment.issuers
    return issuers(claims["iss"]).token(claims, key=issuers(FORGER).key)


def part(members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def rows() -> Iterator[Row]:
    yield Row("pod", "allowed:second-account", ("main", "payments", "batch"))
    for role, pod in ASSOCIATED.items():
        cluster, namespace, _ = pod
        yield Row(role, "allowed", pod)
        nobody = ("ResourceNotFoundException", "No pod identity association for ")
        message = f"{nobody[1]}{namespace}/nobody in cluster {cluster}."
        yield Row(
            role, "wrong-subject:nobody", (cluster, namespace, "nobody"), (nobody[0], message)
        )
        for mistaken in MISTAKEN[role]:
            yield Row(role, f"wrong-subject:{'/'.join(mistaken)}", mistaken, DENIED)
        yield Row(
            role,
            "wrong-audience",
            pod,
            invalid("Incorrect token audience"),
            partial(changed, aud=["sts.amazonaws.com"]),
        )
        other = invalid("Issuer doesn't match providerName")
        yield Row(role, "wrong-issuer:other-cluster", pod, other, of_the_other_cluster)
        yield Row(role, "wrong-issuer:unknown", pod, other, partial(changed, iss=STRANGER))
        message = "Token expired: current date/time <N> must be before the expiration date/time <N>"
        yield Row(role, "expired", pod, ("ExpiredTokenException", message), expired)
        message = (
            "The ID Token provided is not a valid JWT. "
            "(You may see this error if you sent an Access Token)"
        )
        yield Row(role, "unsigned", pod, invalid(message), unsigned)
        yield Row(role, "altered:claims", pod, invalid("Token signature invalid"), altered)
        message = (
            "Couldn't retrieve verification key from your identity provider,  please reference "
            "AssumeRoleWithWebIdentity documentation for requirements"
        )
        yield Row(role, "altered:other-key", pod, invalid(message), forged)
