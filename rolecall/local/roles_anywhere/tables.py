"""Trust anchors and profiles as they are kept with the state, and what both have in common."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, Identity
from rolecall.local.roles_anywhere.errors import invalid, not_found

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: botocore's name of the service.
SERVICE = "rolesanywhere"
Held = dict[str, Any]
_MOST_TAGS = 50


def anchors(cloud: "Cloud") -> dict[str, Held]:
    """Every trust anchor by its id."""
    return cloud.records.setdefault("rolesanywhere_trust_anchors", {})


def profiles(cloud: "Cloud") -> dict[str, Held]:
    """Every profile by its id."""
    return cloud.records.setdefault("rolesanywhere_profiles", {})


def new(call: ApiCall, identity: Identity, cloud: "Cloud", kind: str) -> Held:
    """The members that every new anchor and profile has; `kind` is as in the ARN."""
    number = str(uuid.uuid4())
    now = stamp(cloud.now())
    return {
        "id": number,
        "arn": f"arn:aws:rolesanywhere:{call.region}:{identity.account}:{kind}/{number}",
        "account": identity.account,
        "region": call.region,
        "createdAt": now,
        "updatedAt": now,
    }


def own(
    table: Mapping[str, Held], number: str, call: ApiCall, identity: Identity, what: str
) -> Held:
    """What has that id in the caller's account and the region of the call."""
    held = table.get(number)
    if held is None or (held["account"], held["region"]) != (identity.account, call.region):
        raise not_found(f"{what} with id {number} not found.")
    return held


def listed(
    table: Mapping[str, Held],
    call: ApiCall,
    identity: Identity,
    given: Mapping[str, Any],
    show: Callable[[Held], Mapping[str, Any]],
) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """A page of the caller's own, and the token of the next page."""
    found = [
        held
        for _, held in sorted(dict(table).items())
        if (held["account"], held["region"]) == (identity.account, call.region)
    ]
    numbers = [held["id"] for held in found]
    token = given.get("nextToken")
    if token is not None and token not in numbers:
        raise invalid("Invalid pagination token.")
    start = numbers.index(token) if token else 0
    size = given.get("pageSize") or 50
    end = start + max(1, min(size, 100))
    return [show(each) for each in found[start:end]], numbers[end] if end < len(numbers) else None


def by_arn(cloud: "Cloud", arn: str) -> Held:
    """The anchor or profile with an ARN."""
    for table in (anchors(cloud), profiles(cloud)):
        for held in list(table.values()):
            if held["arn"] == arn:
                return held
    raise not_found(f"Resource {arn} not found.")


def tags_of(given: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    """Tags of a call, as they are kept."""
    tags = {each["key"]: each["value"] for each in given or ()}
    check_tags(tags)
    return tags


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse more tags than a resource can have, and those of AWS."""
    if len(tags) > _MOST_TAGS:
        raise invalid(f"A resource can have at most {_MOST_TAGS} tags.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("Tag keys that start with aws: are reserved for AWS.")


def stamp(moment: datetime) -> str:
    """A moment as the service writes it (ISO 8601)."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
