"""Roles for the pods of Amazon EKS: which service accounts a role admits, and their manifests."""

from rolecall.session.eks.choose import choose_service_accounts
from rolecall.session.eks.manifest import manifests
from rolecall.session.eks.trust import (
    EksTrust,
    ServiceAccount,
    admits_by_pod_identity,
    eks_trust,
)

__all__ = [
    "EksTrust",
    "ServiceAccount",
    "admits_by_pod_identity",
    "choose_service_accounts",
    "eks_trust",
    "manifests",
]
