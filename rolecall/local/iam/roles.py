"""Rules of roles that moto does not have."""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.iam import documents, model_constraints, principal_ids
from rolecall.local.iam.parameters import (
    already_exists,
    check_name,
    check_number,
    check_path,
    no_such_entity,
    required,
    validation_error,
)
from rolecall.local.iam.tags import check_tags
from rolecall.local.sts.xml import IAM, query_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


#: What nobody but AWS may do to a role of AWS ("Using service-linked roles").
_CHANGES = frozenset(
    {
        "AttachRolePolicy",
        "DeleteRole",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
    }
)
_RESERVED = ("/aws-service-role/", "/aws-reserved/")


def check_modifiable(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """Refuse to change a role that only AWS may change, or to make one of its kind.

    Raises:
        AwsError: UnmodifiableEntity; ValidationError for a path that AWS keeps.
    """
    if call.action == "CreateRole" and call.params.get("Path", "").startswith(_RESERVED):
        raise validation_error("The specified value for path is reserved for roles of AWS.")
    if call.action not in _CHANGES:
        return
    role = cloud.directory.role_named(identity.account, call.params.get("RoleName", ""))
    if role is not None and role.path.startswith(_RESERVED):
        raise AwsError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{role.name}' - this role is "
            "only modifiable by AWS",
        )


def create_role(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """CreateRole: everything that can be wrong with it."""
    params = call.params
    name = check_name(params, "RoleName", 64)
    check_path(params)
    check_tags(call, identity, cloud)
    check_number(params, "MaxSessionDuration", 3600, 43200)
    documents.check_trust(required(params, "AssumeRolePolicyDocument"), cloud)
    if cloud.directory.role_named(identity.account, name) is not None:
        raise already_exists(f"Role with name {name} already exists.")
    check_boundary(params.get("PermissionsBoundary"), identity.account, cloud)


def role_created(call: ApiCall, account: str, reply: ApiReply, cloud: "Cloud") -> ApiReply:
    """Note which principals the new role's trust policy means."""
    role = cloud.directory.role_named(account, call.params["RoleName"])
    if role is not None:
        principal_ids.remember(cloud, role.unique_id, documents.parse(role.trust_text))
    return reply


def update_assume_role_policy(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """UpdateAssumeRolePolicy, answered here: moto refuses documents that AWS accepts."""
    name = required(call.params, "RoleName")
    text = required(call.params, "PolicyDocument")
    role = cloud.directory.moto_role(identity.account, name)
    if role is None:
        raise no_such_entity(f"The role with name {name} cannot be found.")
    document = documents.check_trust(text, cloud)
    model_constraints.check(call.action, call.params)
    role.assume_role_policy_document = text
    principal_ids.remember(cloud, role.id, document)
    return query_reply(call.action, IAM, cloud.new_request_id())


def update_role(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """UpdateRole, answered here: moto resets what the call does not mention."""
    params = call.params
    name = required(params, "RoleName")
    seconds = check_number(params, "MaxSessionDuration", 3600, 43200)
    model_constraints.check(call.action, params)
    role = cloud.directory.moto_role(identity.account, name)
    if role is None:
        raise no_such_entity(f"The role with name {name} cannot be found.")
    if seconds is not None:
        role.max_session_duration = str(seconds)
    if "Description" in params:
        role.description = params["Description"]
    return query_reply("UpdateRole", IAM, cloud.new_request_id(), {})


def role_deleted(call: ApiCall, account: str, reply: ApiReply, cloud: "Cloud") -> ApiReply:
    """Trust policies that named the role now show its unique id."""
    principal_ids.principal_changed(cloud, account, call.params["RoleName"])
    principal_ids.forget_role(cloud, account)
    return reply


def put_role_permissions_boundary(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """PutRolePermissionsBoundary: the policy must exist."""
    check_boundary(required(call.params, "PermissionsBoundary"), identity.account, cloud)


def check_boundary(arn: str | None, account: str, cloud: "Cloud") -> None:
    """A permissions boundary is a managed policy that exists."""
    if arn is not None and cloud.directory.managed_policy(account, arn) is None:
        raise no_such_entity(f"Scope ARN: {arn} does not exist or is not attachable.")
