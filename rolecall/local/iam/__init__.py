"""IAM's own rules, around moto: what AWS would refuse is refused before moto sees it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rolecall.local.access_keys import account_of_access_key
from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.iam import (
    groups,
    mfa_devices,
    model_constraints,
    oidc_providers,
    policies,
    roles,
    saml_providers,
    tags,
    users,
)

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_Before = Callable[[ApiCall, Identity, "Cloud"], ApiReply | None]
_After = Callable[[ApiCall, str, ApiReply, "Cloud"], ApiReply]

_BEFORE: dict[str, _Before] = {
    "CreateGroup": groups.create_group,
    "CreatePolicy": policies.create_policy,
    "CreatePolicyVersion": policies.create_policy_version,
    "CreateRole": roles.create_role,
    "CreateUser": users.create_user,
    "CreateVirtualMFADevice": tags.check_tags,
    "DeactivateMFADevice": mfa_devices.deactivate_mfa_device,
    "DeleteGroup": groups.delete_group,
    "DeletePolicy": policies.delete_policy,
    "DeletePolicyVersion": policies.check_own_policy,
    "DeleteUser": users.delete_user,
    "DeleteUserPermissionsBoundary": users.delete_user_permissions_boundary,
    "DeleteVirtualMFADevice": mfa_devices.delete_virtual_mfa_device,
    "EnableMFADevice": mfa_devices.enable_mfa_device,
    "GetAccessKeyLastUsed": users.get_access_key_last_used,
    "PutGroupPolicy": policies.put_inline_policy,
    "PutRolePermissionsBoundary": roles.put_role_permissions_boundary,
    "PutRolePolicy": policies.put_inline_policy,
    "PutUserPermissionsBoundary": users.put_user_permissions_boundary,
    "PutUserPolicy": policies.put_inline_policy,
    "ResyncMFADevice": mfa_devices.resync_mfa_device,
    "SetDefaultPolicyVersion": policies.check_own_policy,
    "TagPolicy": policies.check_own_policy,
    "TagRole": tags.tag,
    "TagUser": tags.tag,
    "UntagPolicy": policies.check_own_policy,
    "UntagRole": tags.untag,
    "UntagUser": tags.untag,
    "UpdateAssumeRolePolicy": roles.update_assume_role_policy,
    "UpdateGroup": groups.update_group,
    "UpdateRole": roles.update_role,
    "UpdateUser": users.update_user,
    **oidc_providers.BEFORE,
    **saml_providers.BEFORE,
}
_AFTER: dict[str, _After] = {
    "CreateVirtualMFADevice": mfa_devices.device_created,
    "CreateGroup": groups.group_created,
    "CreateRole": roles.role_created,
    "CreateUser": users.user_created,
    "DeleteRole": roles.role_deleted,
    "DeleteUser": users.user_deleted,
}


def before(call: ApiCall, identity: Identity | None, cloud: "Cloud") -> ApiReply | None:
    """Check an IAM call, after it was authorized; answer it where moto cannot.

    Raises:
        AwsError: what AWS would answer.
    """
    if call.service != "iam" or identity is None:
        return None
    if call.action in users.OWN_BY_DEFAULT:
        answer = users.fill_in_own_name(call, identity, cloud)
        if answer is not None:
            return answer
    roles.check_modifiable(call, identity, cloud)
    rule = _BEFORE.get(call.action)
    answer = rule(call, identity, cloud) if rule is not None else None
    if answer is None:
        model_constraints.check(call.action, call.params)
    return answer


def after(call: ApiCall, reply: ApiReply, cloud: "Cloud") -> ApiReply:
    """Finish what moto has done: unique ids, and the trust policies a change touches."""
    if call.service != "iam" or reply.status != 200 or call.signed is None:
        return reply
    finish = _AFTER.get(call.action)
    if finish is None:
        return reply
    # A session's key id carries the account as well; a key put there by hand may not.
    key_id = call.signed.access_key_id
    known = cloud.directory.long_lived_key(key_id)
    account = known.account if known is not None else account_of_access_key(key_id)
    return reply if account is None else finish(call, account, reply, cloud)
