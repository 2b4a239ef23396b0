"""Tags of trust anchors and profiles."""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply
from rolecall.local.roles_anywhere import tables
from rolecall.local.roles_anywhere.errors import not_found
from rolecall.local.roles_anywhere.tables import SERVICE, Held

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def tag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer TagResource."""
    given = inputs.read(call, SERVICE)
    held = _own(call, identity, cloud, given["resourceArn"])
    tags = {**held["tags"], **{each["key"]: each["value"] for each in given["tags"]}}
    tables.check_tags(tags)
    held["tags"] = tags
    return json_reply(call, {}, 201)


def untag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UntagResource."""
    given = inputs.read(call, SERVICE)
    held = _own(call, identity, cloud, given["resourceArn"])
    gone = set(given["tagKeys"])
    held["tags"] = {key: value for key, value in held["tags"].items() if key not in gone}
    return json_reply(call, {})


def list_tags(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ListTagsForResource."""
    held = _own(call, identity, cloud, inputs.read(call, SERVICE)["resourceArn"])
    tags = [{"key": key, "value": value} for key, value in held["tags"].items()]
    return json_reply(call, {"tags": tags})


def _own(call: ApiCall, identity: Identity, cloud: "Cloud", arn: str) -> Held:
    held = tables.by_arn(cloud, arn)
    if (held["account"], held["region"]) != (identity.account, call.region):
        raise not_found(f"Resource {arn} not found.")
    return held
