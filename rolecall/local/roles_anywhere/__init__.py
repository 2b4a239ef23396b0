"""IAM Roles Anywhere: trust anchors, profiles, and sessions for certificates."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.gaps.inputs import operation_name
from rolecall.local.missing import unimplemented
from rolecall.local.roles_anywhere import anchors, profiles, tagging
from rolecall.local.roles_anywhere.anchors import ANCHORS
from rolecall.local.roles_anywhere.create_session import create_session
from rolecall.local.roles_anywhere.profiles import PROFILES

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_OPERATIONS: dict[str, Callable[[ApiCall, Identity, "Cloud"], ApiReply]] = {
    "CreateProfile": profiles.create,
    "CreateTrustAnchor": anchors.create,
    "DeleteAttributeMapping": profiles.delete_mapping,
    "DeleteProfile": PROFILES.delete,
    "DeleteTrustAnchor": ANCHORS.delete,
    "DisableProfile": PROFILES.disable,
    "DisableTrustAnchor": ANCHORS.disable,
    "EnableProfile": PROFILES.enable,
    "EnableTrustAnchor": ANCHORS.enable,
    "GetProfile": PROFILES.get,
    "GetTrustAnchor": ANCHORS.get,
    "ListProfiles": PROFILES.list_all,
    "ListTagsForResource": tagging.list_tags,
    "ListTrustAnchors": ANCHORS.list_all,
    "PutAttributeMapping": profiles.put_mapping,
    "PutNotificationSettings": anchors.put_notifications,
    "ResetNotificationSettings": anchors.reset_notifications,
    "TagResource": tagging.tag,
    "UntagResource": tagging.untag,
    "UpdateProfile": profiles.update,
    "UpdateTrustAnchor": anchors.update,
}


def is_create_session(call: ApiCall) -> bool:
    """Whether this is CreateSession, which a certificate signs and no AWS key."""
    return (
        call.service == "rolesanywhere"
        and call.signed is None
        and call.protocol == "rest-json"
        and (call.method, call.path) == ("POST", "/sessions")
    )


def handle(call: ApiCall, identity: Identity | None, cloud: "Cloud") -> ApiReply:
    """Answer a call; one with an AWS signature was authorized before.

    Raises:
        AwsError: what AWS would answer, or InvalidAction for what there is not.
    """
    if identity is None:
        return create_session(call, cloud)
    name = operation_name(call)
    operation = _OPERATIONS.get(name) if name is not None else None
    if operation is None:
        raise unimplemented(call)
    return operation(call, identity, cloud)
