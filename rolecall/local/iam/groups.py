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
    no_such_entity,
    required,
)
from rolecall.local.sts.xml import IAM, query_reply

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


def update_group(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """UpdateGroup, answered here: moto compares names with case, and no path without a name."""
    groups = iam_backends[identity.account]["aws"].groups
    old_name = required(call.params, "GroupName")
    group = groups.get(old_name)
    if group is None:
        raise no_such_entity(f"The group with name {old_name} cannot be found.")
    new_name = call.params.get("NewGroupName") or old_name
    if new_name != old_name:
        check_name(call.params, "NewGroupName", 128)
        if any(o.lower() == new_name.lower() for o in list(groups) if o != old_name):
            raise already_exists(f"Group with name {new_name} already exists.")
    path = check_path({"Path": call.params.get("NewPath") or group.path})
    group.path = path
    group.name = new_name
    # Under both names for a moment: its policies count at every moment.
    groups[new_name] = group
    if new_name != old_name:
        del groups[old_name]
    cloud.mark_changed()
    return query_reply(call.action, IAM, cloud.new_request_id())


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
