"""Tags of clusters and of pod identity associations."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.eks.associations import by_arn
from rolecall.local.eks.clusters import SERVICE, backend
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_MOST = 50


def tag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer TagResource."""
    given = inputs.read(call, SERVICE, "BadRequestException")
    tags = _tags(call, identity, cloud, given)
    added: Mapping[str, str] = given["tags"]
    if any(key.lower().startswith("aws:") for key in added):
        raise AwsError("BadRequestException", "Tag keys that start with aws: are reserved.", 400)
    if len({**tags, **added}) > _MOST:
        raise AwsError("BadRequestException", f"A resource can have at most {_MOST} tags.", 400)
    tags.update(added)
    return json_reply(call, {})


def untag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UntagResource."""
    given = inputs.read(call, SERVICE, "BadRequestException")
    tags = _tags(call, identity, cloud, given)
    for key in given["tagKeys"]:
        tags.pop(key, None)
    return json_reply(call, {})


def list_tags(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ListTagsForResource."""
    given = inputs.read(call, SERVICE, "BadRequestException")
    return json_reply(call, {"tags": dict(_tags(call, identity, cloud, given))})


def _tags(
    call: ApiCall, identity: Identity, cloud: "Cloud", given: Mapping[str, Any]
) -> dict[str, str]:
    """The tags of the resource, to be changed in place."""
    arn = given["resourceArn"]
    here = f"arn:aws:eks:{call.region}:{identity.account}:"
    if arn.startswith(f"{here}podidentityassociation/"):
        held = by_arn(cloud, arn)
        if held is not None:
            tags: dict[str, str] = held["tags"]
            return tags
    elif arn.startswith(here):
        own = backend(identity.account, call.region)
        for cluster in list(own.clusters.values()):
            for each in (
                cluster,
                *cluster.nodegroups.values(),
                *cluster.fargate_profiles.values(),
            ):
                if arn == getattr(each, "arn", getattr(each, "fargate_profile_arn", None)):
                    kept: dict[str, str] = each.tags
                    return kept
    raise AwsError("NotFoundException", "The specified resource could not be found", 404)
