"""Pods of an EKS cluster, by their service account (IRSA).

Source: "IAM roles for service accounts" and "Assign IAM roles to Kubernetes service accounts",
Amazon EKS User Guide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.trust import checks
from rolecall.trust.errors import TrustError
from rolecall.trust.subjects import Subjects, one_name
from rolecall.trust.web_identity import WebIdentities

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SUBDOMAIN = rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*"


@dataclass(frozen=True)
class EksServiceAccount(WebIdentities):
    """Pods that run under a service account, or under several of one namespace.

    namespace, service_account: their names in the cluster. The cluster is the provider's:
        each has an issuer of its own.

    Raises `TrustError`. The wide variant is `AnyServiceAccountIn`.
    """

    namespace: str
    service_account: str | Sequence[str]

    families: ClassVar[tuple[str, ...]] = ("eks",)
    example: ClassVar[str] = "a provider of issuers.eks(region, id)"

    def whose(self) -> Subjects:
        """`system:serviceaccount:<namespace>:<name>`."""
        stem = namespace_subject(self.kind, self.namespace)
        names = checks.one_or_several(
            self.kind, "service_account", self.service_account, '"builder"'
        )
        for name in names:
            if "*" in name:
                raise TrustError(
                    f"{self.kind}: service_account {name!r} holds a wildcard; name each one, or "
                    f'write AnyServiceAccountIn(provider, "{self.namespace}") if you mean all.'
                )
            one_name(self.kind, "service_account", name, _SUBDOMAIN, '"builder"')
        return Subjects(exact=tuple(stem + name for name in names))


@dataclass(frozen=True)
class AnyServiceAccountIn(WebIdentities):
    """Pods of any service account of a namespace. Wide on purpose.

    Whoever may make a service account there comes in.
    """

    namespace: str

    families: ClassVar[tuple[str, ...]] = EksServiceAccount.families
    example: ClassVar[str] = EksServiceAccount.example

    def whose(self) -> Subjects:
        """`system:serviceaccount:<namespace>:*`."""
        return Subjects(patterns=(namespace_subject(self.kind, self.namespace) + "*",))


def namespace_subject(kind: str, namespace: object) -> str:
    """How the subjects of a namespace begin."""
    name = checks.arguments(kind).text("namespace", namespace, '"ci"')
    one_name(kind, "namespace", name, _LABEL, '"ci"')
    return f"system:serviceaccount:{name}:"
