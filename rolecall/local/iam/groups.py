"""Groups: unique ids as AWS has them."""

from typing import TYPE_CHECKING

from moto.iam.models import iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.iam.parameters import (
    already_exists,
    check_name,
    check_path,
    delete_conflict,
    required,
)

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def create_group(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """CreateGroup: name, path, and uniqueness ignoring case."""
    name = check_name(call.params, "GroupName", 128)
    check_path(call.params)
    groups = iam_backends[identity.account]["aws"].groups
    if any(other.lower() == name.lower() for other in list(groups)):
        raise already_exists(f"Group with name {name} already exists.")


def group_created(call: ApiCall, account: str, reply: ApiReply, cloud: "Cloud") -> ApiReply:
    """Give the new group a unique id as AWS has them (AGPA…)."""
    group = iam_backends[account]["aws"].groups.get(call.params["GroupName"])
    if group is None:
        return reply
    old_id = str(group.id)
    group.id = generate_access_key_id_from_account_id(account, prefix="AGPA", total_length=21)
    cloud.mark_changed()
    return ApiReply(
        reply.status, reply.body.replace(old_id.encode(), group.id.encode()), reply.headers
    )


def delete_group(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """DeleteGroup: only an empty one; moto would leave its members' rights in the air."""
    group = iam_backends[identity.account]["aws"].groups.get(required(call.params, "GroupName"))
    if group is None:
        return
    for what, present in (
        ("remove users from group", group.users),
        ("detach all policies", group.managed_policies),
        ("delete policies", group.policies),
    ):
        if present:
            raise delete_conflict(f"Cannot delete entity, must {what} first.")
