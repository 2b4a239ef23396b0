"""Amazon EKS as far as Pod Identity needs it: clusters, associations, and EKS Auth.

Clusters are moto's, corrected; node groups and Fargate profiles moto answers by itself.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.eks import associations, auth, clusters, tags
from rolecall.local.gaps.inputs import operation_name

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_Operation = Callable[[ApiCall, Identity, "Cloud"], ApiReply]

_EKS: dict[str, _Operation] = {
    "CreateCluster": clusters.create,
    "CreatePodIdentityAssociation": associations.create,
    "DeleteCluster": clusters.delete,
    "DeletePodIdentityAssociation": associations.delete,
    "DescribeCluster": clusters.describe,
    "DescribePodIdentityAssociation": associations.describe,
    "DescribeUpdate": clusters.describe_update,
    "ListPodIdentityAssociations": associations.list_all,
    "ListTagsForResource": tags.list_tags,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "UpdateClusterConfig": clusters.update_config,
    "UpdateClusterVersion": clusters.update_version,
    "UpdatePodIdentityAssociation": associations.update,
}
_AUTH: dict[str, _Operation] = {"AssumeRoleForPodIdentity": auth.assume_role_for_pod_identity}


def handle(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply | None:
    """Answer an authorized call, or return None to let moto answer."""
    name = operation_name(call)
    table = _EKS if call.service == "eks" else _AUTH
    operation = table.get(name) if name is not None else None
    return operation(call, identity, cloud) if operation is not None else None
