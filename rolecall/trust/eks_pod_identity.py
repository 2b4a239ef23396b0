"""Pods of Amazon EKS, through EKS Pod Identity."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rolecall.policy import (
    Arn,
    Condition,
    PolicyError,
    Principals,
    Statement,
    partition_of_region,
)
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError

# The same in China ("Create IAM role with trust policy required by EKS Pod Identity").
_PRINCIPALS = Principals(service=("pods.eks.amazonaws.com",))
_CLUSTER = re.compile(r"cluster/[0-9A-Za-z][0-9A-Za-z_-]{0,99}", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAMESPACE = re.compile(_LABEL, re.ASCII)
_SERVICE_ACCOUNT = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_EXAMPLE = '"arn:aws:eks:eu-central-1:111122223333:cluster/main"'


@dataclass(frozen=True, kw_only=True)
class _Pods:
    """Pods of clusters; `tags` says which."""

    cluster_arn: str | Sequence[str]

    @property
    def kind(self) -> str:
        """The name of the entity as its author wrote it, for messages."""
        return type(self).__name__

    def __post_init__(self) -> None:
        self._clusters()

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement; raises `TrustError` for a cluster of another account.

        AssumeRole and TagSession share it, as in AWS's own example: EKS sends the tags
        with each call, and TagSession knows them as well.
        """
        clusters = self._clusters()
        for text in clusters:
            arn = Arn.parse(text)
            if (arn.partition, arn.account) != (context.partition, context.account_id):
                # "Identity and Access Management", Amazon EKS Best Practices Guide.
                raise TrustError(
                    f"{self.kind}: {text!r} is not of the role's account {context.account_id} in "
                    f"partition {context.partition}, and EKS assumes roles of the cluster's own "
                    "account only; give a role there the permission to assume this one."
                )
        return (
            Statement(
                sid=self.kind,
                principals=_PRINCIPALS,
                actions=("sts:AssumeRole", "sts:TagSession"),
                # EKS sends the cluster as source: "Amazon EKS Pod Identity: a new way for
                # applications on EKS to obtain IAM credentials", AWS Containers Blog.
                conditions=(
                    Condition("ArnEquals", "aws:SourceArn", clusters),
                    *(
                        Condition("StringEquals", f"aws:RequestTag/{key}", values)
                        for key, values in self.tags().items()
                    ),
                ),
            ),
        )

    def tags(self) -> dict[str, tuple[str, ...]]:
        """The session tags that EKS must send. Source: "List of session tags added by EKS"."""
        return {}

    def _clusters(self) -> tuple[str, ...]:
        found = checks.one_or_several(self.kind, "cluster_arn", self.cluster_arn, _EXAMPLE)
        for text in found:
            try:
                arn = Arn.parse(text)
            except PolicyError as error:
                raise TrustError(f"{self.kind}: cluster_arn: {error}") from error
            known = arn.service == "eks" and partition_of_region(arn.region) == arn.partition
            if not known or not _CLUSTER.fullmatch(arn.resource):
                raise TrustError(
                    f"{self.kind}: {text!r} is not the ARN of an EKS cluster; write {_EXAMPLE}."
                )
            checks.account(self.kind, arn.account)
        return found


@dataclass(frozen=True, kw_only=True)
class _PodsOfNamespace(_Pods):
    """Pods of one namespace, in each of the clusters."""

    namespace: str

    def __post_init__(self) -> None:
        super().__post_init__()
        text = checks.arguments(self.kind).text("namespace", self.namespace, '"payments"')
        if not _NAMESPACE.fullmatch(text):
            raise TrustError(
                f"{self.kind}: {text!r} is not a namespace of Kubernetes; it has 1 to 63 small "
                "letters, digits and hyphens, and no wildcard."
            )

    def tags(self) -> dict[str, tuple[str, ...]]:
        """The cluster and the namespace: namespaces are unique within a cluster only."""
        return {
            "eks-cluster-arn": self._clusters(),
            "kubernetes-namespace": (self.namespace,),
        }


@dataclass(frozen=True, kw_only=True)
class EksPodIdentity(_PodsOfNamespace):
    """The pods of a service account, through EKS Pod Identity.

    cluster_arn: the cluster or clusters, whole ARNs of the role's own account.
    namespace, service_account: the account or accounts, in each of the clusters.

    Told by the session tags that EKS sends; an association that disables them
    (`disableSessionTags`) keeps its pods out. Raises `TrustError`; the wide variants are
    `AnyPodOfNamespace` and `AnyPodOfCluster`.
    """

    service_account: str | Sequence[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        self._service_accounts()

    def tags(self) -> dict[str, tuple[str, ...]]:
        """Cluster, namespace and service account: the last is unique in a namespace only."""
        return super().tags() | {"kubernetes-service-account": self._service_accounts()}

    def _service_accounts(self) -> tuple[str, ...]:
        found = checks.one_or_several(
            self.kind, "service_account", self.service_account, '"processor"'
        )
        for text in found:
            if not _SERVICE_ACCOUNT.fullmatch(text):
                raise TrustError(
                    f"{self.kind}: {text!r} is not a service account of Kubernetes; it has 1 to "
                    "253 small letters, digits, hyphens and dots; for all of a namespace write "
                    "AnyPodOfNamespace(…)."
                )
        return found


@dataclass(frozen=True, kw_only=True)
class AnyPodOfNamespace(_PodsOfNamespace):
    """Every pod of a namespace whose service account was given the role. Wide on purpose.

    cluster_arn: the cluster or clusters. namespace: the namespace, in each of them.
    """


@dataclass(frozen=True, kw_only=True)
class AnyPodOfCluster(_Pods):
    """Every pod of a cluster whose service account was given the role. Wide on purpose.

    cluster_arn: the cluster or clusters, whole ARNs of the role's own account.

    Who may make associations in the cluster and pass the role (`iam:PassRole`) decides
    which pods come in.
    """
