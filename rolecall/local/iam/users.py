"""Rules of users that moto does not have."""

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, cast

from moto.iam.models import iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.authorization.context import timestamp
from rolecall.local.iam import principal_ids
from rolecall.local.iam.parameters import (
    already_exists,
    check_name,
    check_path,
    delete_conflict,
    no_such_entity,
    required,
    validation_error,
)
from rolecall.local.iam.roles import check_boundary
from rolecall.local.iam.tags import check_tags
from rolecall.local.sts.xml import IAM, query_reply
from rolecall.policy import IamUser, RootUser, user_arn

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: Operations in which a missing UserName means the calling user.
OWN_BY_DEFAULT = frozenset(
    {
        "CreateAccessKey",
        "DeleteAccessKey",
        "GetUser",
        "ListAccessKeys",
        "ListMFADevices",
        "ListSSHPublicKeys",
        "ListSigningCertificates",
        "UpdateAccessKey",
        "DeleteSigningCertificate",
        "UpdateSigningCertificate",
        "UploadSigningCertificate",
    }
)


def fill_in_own_name(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply | None:
    """Write the caller's name where IAM takes the caller by default.

    moto would look for whoever owns the access key that is spoken of, so that a user
    could reach another user's keys.
    """
    if call.params.get("UserName"):
        return None
    caller = identity.caller
    if isinstance(caller, IamUser):
        cast("MutableMapping[str, str]", call.params)["UserName"] = caller.name
        return None
    if isinstance(caller, RootUser) and call.action == "GetUser":
        return query_reply(
            "GetUser",
            IAM,
            cloud.new_request_id(),
            {
                "User": {
                    "UserId": caller.account,
                    "Arn": caller.arn,
                    "CreateDate": timestamp(cloud.now()),
                }
            },
        )
    raise validation_error("Must specify userName when calling with non-User credentials")


def create_user(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """CreateUser: name, path, uniqueness ignoring case, and an existing boundary."""
    name = check_name(call.params, "UserName", 64)
    check_path(call.params)
    check_tags(call, identity, cloud)
    taken = _backend(identity.account).users
    if any(other.lower() == name.lower() for other in list(taken)):
        raise already_exists(f"User with name {name} already exists.")
    check_boundary(call.params.get("PermissionsBoundary"), identity.account, cloud)


def user_created(call: ApiCall, account: str, reply: ApiReply, cloud: "Cloud") -> ApiReply:
    """Give the new user a unique id as AWS has them (AIDA…), and its boundary."""
    user = _backend(account).users.get(call.params["UserName"])
    if user is None:
        return reply
    old_id = str(user.id)
    user.id = generate_access_key_id_from_account_id(account, prefix="AIDA", total_length=21)
    body = reply.body.replace(old_id.encode(), user.id.encode())
    arn = call.params.get("PermissionsBoundary")
    if arn:
        set_boundary(user, arn)
        element = (
            "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>"
            f"<PermissionsBoundaryArn>{arn}</PermissionsBoundaryArn></PermissionsBoundary></User>"
        )
        body = body.replace(b"</User>", element.encode(), 1)
    cloud.mark_changed()
    return ApiReply(reply.status, body, reply.headers)


def set_boundary(user: Any, arn: str | None) -> None:
    """Set or remove a user's permissions boundary; see `directory.user_boundary`."""
    user.permissions_boundary = (
        {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None
    )


def put_user_permissions_boundary(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """PutUserPermissionsBoundary, which moto lacks."""
    user = found_user(call, identity)
    arn = required(call.params, "PermissionsBoundary")
    check_boundary(arn, identity.account, cloud)
    set_boundary(user, arn)
    cloud.mark_changed()
    return query_reply(call.action, IAM, cloud.new_request_id())


def delete_user_permissions_boundary(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """DeleteUserPermissionsBoundary, which moto lacks."""
    set_boundary(found_user(call, identity), None)
    cloud.mark_changed()
    return query_reply(call.action, IAM, cloud.new_request_id())


def delete_user(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """DeleteUser: what must be removed first. moto would leave live keys behind."""
    user = found_user(call, identity)
    groups = _backend(identity.account).groups
    for what, present in (
        ("delete access keys", user.access_keys),
        ("delete MFA device", user.mfa_devices),
        ("delete login profile", user.password),
        ("delete the SSH public keys", user.ssh_public_keys),
        ("delete signing certificates", user.signing_certificates),
        ("remove users from group", any(user in g.users for g in list(groups.values()))),
        ("detach all policies", user.managed_policies),
        ("delete policies", user.policies),
    ):
        if present:
            raise delete_conflict(f"Cannot delete entity, must {what} first.")


def user_deleted(call: ApiCall, account: str, reply: ApiReply, cloud: "Cloud") -> ApiReply:
    """Trust policies that named the user now show its unique id."""
    principal_ids.principal_changed(cloud, account, call.params["UserName"])
    return reply


def update_user(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """UpdateUser, answered here: moto would lose the user's keys and tags."""
    user = found_user(call, identity)
    backend = _backend(identity.account)
    old_name, new_name = user.name, call.params.get("NewUserName") or user.name
    if new_name != old_name:
        check_name(call.params, "NewUserName", 64)
        if any(o.lower() == new_name.lower() for o in list(backend.users) if o != old_name):
            raise already_exists(f"User with name {new_name} already exists.")
    path = check_path({"Path": call.params.get("NewPath") or user.path})
    # Found under his name, and with his tags, at every moment: he may be calling.
    old_arn, new_arn = user.arn, user_arn(identity.account, new_name, path)
    if new_arn != old_arn:
        tags = backend.tagger.list_tags_for_resource(old_arn)["Tags"]
        backend.tagger.tag_resource(new_arn, tags)
    backend.users[new_name] = user
    user.path, user.name = path, new_name
    for key in user.access_keys:
        key.user_name = new_name
    if new_name != old_name:
        del backend.users[old_name]
    if new_arn != old_arn:
        backend.tagger.delete_all_tags_for_resource(old_arn)
    principal_ids.principal_changed(cloud, identity.account, old_name)
    return query_reply(call.action, IAM, cloud.new_request_id())


def get_access_key_last_used(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """GetAccessKeyLastUsed: moto would tell about keys of any account."""
    key = cloud.directory.long_lived_key(required(call.params, "AccessKeyId"))
    if key is None or key.account != identity.account:
        raise AwsError(
            "AccessDenied",
            f"User: {identity.caller.arn} is not authorized to perform: "
            "iam:GetAccessKeyLastUsed on resource: "
            f"arn:aws:iam::{identity.account}:user/*",
            403,
            "there is no such access key in this account",
        )


def found_user(call: ApiCall, identity: Identity) -> Any:
    """Moto's user that the call is about, or NoSuchEntity."""
    name = required(call.params, "UserName")
    user = _backend(identity.account).users.get(name)
    if user is None:
        raise no_such_entity(f"The user with name {name} cannot be found.")
    return user


def _backend(account: str) -> Any:
    return iam_backends[account]["aws"]
