"""What moto lacks and Terraform needs: answered here, or refused at once.

moto answers 500 to an operation that it does not have, and Terraform's provider repeats
such a call for minutes. So every operation that the provider calls for the resources we
support has an answer, and every other one a refusal that is final.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from moto.iam.models import iam_backends

from rolecall.local import cognito, eks, roles_anywhere
from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.iam import kept_tags
from rolecall.local.iam.parameters import no_such_entity
from rolecall.local.sts.xml import IAM, query_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_Gap = Callable[[ApiCall, Identity, "Cloud"], ApiReply]


def _no_service_credentials(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Passwords of single services (CodeCommit, Keyspaces) cannot be made here: there are none."""
    name = call.params.get("UserName")
    if name and name not in iam_backends[identity.account]["aws"].users:
        raise no_such_entity(f"The user with name {name} cannot be found.")
    return query_reply(call.action, IAM, cloud.new_request_id(), {"ServiceSpecificCredentials": []})


_IAM: dict[str, _Gap] = {
    "ListInstanceProfileTags": kept_tags.list_tags,
    "ListMFADeviceTags": kept_tags.list_tags,
    "ListSAMLProviderTags": kept_tags.list_tags,
    "ListServerCertificateTags": kept_tags.list_tags,
    # Terraform asks before it deletes a user.
    "ListServiceSpecificCredentials": _no_service_credentials,
    "TagMFADevice": kept_tags.tag,
    "TagSAMLProvider": kept_tags.tag,
    "TagServerCertificate": kept_tags.tag,
    "UntagMFADevice": kept_tags.untag,
    "UntagSAMLProvider": kept_tags.untag,
    "UntagServerCertificate": kept_tags.untag,
}


def handle(call: ApiCall, identity: Identity | None, cloud: "Cloud") -> ApiReply | None:
    """Answer an authorized call that moto cannot, or return None to let moto answer.

    `identity` is None for a call that AWS answers without a signature (`public_calls`).
    """
    if call.service == "cognito-identity":
        return cognito.handle(call, identity, cloud)
    if call.service == "rolesanywhere":
        return roles_anywhere.handle(call, identity, cloud)
    if call.service in ("eks", "eks-auth") and identity is not None:
        return eks.handle(call, identity, cloud)
    if call.service != "iam" or identity is None:
        return None
    gap = _IAM.get(call.action)
    return gap(call, identity, cloud) if gap is not None else None
