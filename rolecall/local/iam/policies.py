"""Rules of permission policies that moto does not have.

Source: "IAM and AWS STS quotas" for sizes, which count no white space.
"""

from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall, AwsError, Identity
from rolecall.local.directory import user_boundary
from rolecall.local.iam import documents
from rolecall.local.iam.parameters import (
    check_name,
    check_path,
    delete_conflict,
    limit_exceeded,
    required,
)

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_MANAGED_SIZE = 6144
_INLINE_SIZE = {"RoleName": 10240, "UserName": 2048, "GroupName": 5120}


def put_inline_policy(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """PutRolePolicy, PutUserPolicy, PutGroupPolicy: grammar, and the total size of an entity."""
    text = required(call.params, "PolicyDocument")
    policy_name = check_name(call.params, "PolicyName", 128)
    documents.check_permissions(text)
    kind = {"PutRolePolicy": "RoleName", "PutUserPolicy": "UserName"}.get(call.action, "GroupName")
    name = required(call.params, kind)
    holder = _holder(identity.account, kind, name)
    if holder is None:
        return  # moto answers NoSuchEntity
    others = sum(
        documents.compact_size(other)
        for key, other in holder.policies.items()
        if key != policy_name
    )
    limit = _INLINE_SIZE[kind]
    if others + documents.compact_size(text) > limit:
        noun = kind.removesuffix("Name").lower()
        raise limit_exceeded(f"Maximum policy size of {limit} bytes exceeded for {noun} {name}")


def create_policy(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """CreatePolicy: name, path, grammar and size."""
    check_name(call.params, "PolicyName", 128)
    check_path(call.params)
    _check_managed(required(call.params, "PolicyDocument"))


def check_own_policy(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """A policy of AWS is changed by AWS alone ("AWS managed policies"); moto would do it."""
    arn = required(call.params, "PolicyArn")
    if arn.split(":")[4:5] == ["aws"]:
        raise AwsError(
            "AccessDenied",
            f"User: {identity.caller.arn} is not authorized to perform: iam:{call.action} on "
            f"resource: policy {arn}",
            403,
            "a managed policy of AWS cannot be changed by its users; make a policy of your own",
        )


def create_policy_version(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """CreatePolicyVersion: grammar and size, of a policy of one's own."""
    check_own_policy(call, identity, cloud)
    _check_managed(required(call.params, "PolicyDocument"))


def delete_policy(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """DeletePolicy: not while it is attached, somebody's boundary, or has other versions."""
    check_own_policy(call, identity, cloud)
    arn = required(call.params, "PolicyArn")
    backend = iam_backends[identity.account]["aws"]
    holders: list[Any] = [
        *backend.roles.values(),
        *backend.users.values(),
        *backend.groups.values(),
    ]
    if any(arn in holder.managed_policies for holder in holders):
        raise delete_conflict("Cannot delete a policy attached to entities.")
    boundaries = [role.permissions_boundary_arn for role in backend.roles.values()]
    boundaries += [user_boundary(user) for user in backend.users.values()]
    if arn in boundaries:
        raise delete_conflict("Cannot delete a policy that is in use as a permissions boundary.")
    policy = backend.managed_policies.get(arn)
    if policy is not None and len(policy.versions) > 1:
        # "You must delete all versions of the policy but the default one" (paraphrased from
        # DeletePolicy, IAM API reference).
        raise delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete "
            "the policy's versions. The default version is deleted with the policy."
        )


def _check_managed(text: str) -> None:
    documents.check_permissions(text)
    if documents.compact_size(text) > _MANAGED_SIZE:
        raise limit_exceeded(f"Cannot exceed quota for PolicySize: {_MANAGED_SIZE}")


def _holder(account: str, kind: str, name: str) -> Any | None:
    backend = iam_backends[account]["aws"]
    if kind == "RoleName":
        return next((r for r in list(backend.roles.values()) if r.name == name), None)
    return (backend.users if kind == "UserName" else backend.groups).get(name)
