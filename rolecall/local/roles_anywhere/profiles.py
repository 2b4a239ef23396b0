"""Profiles: which roles sessions may be of, what limits them, and which tags they get.

Source: IAM Roles Anywhere API reference; "Certificate attribute mapping", user guide.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.gaps import inputs
from rolecall.local.roles_anywhere import attributes, tables
from rolecall.local.roles_anywhere.errors import invalid
from rolecall.local.roles_anywhere.kind import Kind
from rolecall.local.roles_anywhere.tables import SERVICE, Held
from rolecall.policy import PolicyDocument, PolicyError

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_ONE_HOUR = 3600
_ROLE_ARN = re.compile(r"arn:aws:iam::[0-9]{12}:role/[\x21-\x7e]+", re.ASCII)
_MEMBERS = (
    "name",
    "sessionPolicy",
    "roleArns",
    "managedPolicyArns",
    "durationSeconds",
    "acceptRoleSessionName",
)


def create(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer CreateProfile."""
    given = inputs.read(call, SERVICE)
    _check(given)
    held = {
        **tables.new(call, identity, cloud, "profile"),
        "createdBy": identity.caller.arn,
        "enabled": bool(given.get("enabled", False)),
        "requireInstanceProperties": bool(given.get("requireInstanceProperties", False)),
        "durationSeconds": _ONE_HOUR,
        "roleArns": [],
        "managedPolicyArns": [],
        "acceptRoleSessionName": False,
        "mappings": attributes.DEFAULT,
        "tags": tables.tags_of(given.get("tags")),
        **{name: given[name] for name in _MEMBERS if given.get(name) is not None},
    }
    return PROFILES.made(call, cloud, held)


def update(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UpdateProfile: what the call does not speak of stays."""
    given = inputs.read(call, SERVICE)
    held = PROFILES.own(call, identity, cloud)
    _check(given)
    held.update({name: given[name] for name in _MEMBERS if given.get(name) is not None})
    return PROFILES.changed(call, cloud, held)


def put_mapping(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer PutAttributeMapping: the rules of one field of the certificate, anew."""
    given = inputs.read(call, SERVICE)
    held = PROFILES.own(call, identity, cloud)
    rules = [rule["specifier"] for rule in given["mappingRules"]]
    attributes.check_rules(given["certificateField"], rules)
    held["mappings"] = {**held["mappings"], given["certificateField"]: rules}
    return PROFILES.changed(call, cloud, held)


def delete_mapping(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DeleteAttributeMapping: some rules of a field, or all of them."""
    given = inputs.read(call, SERVICE)
    held = PROFILES.own(call, identity, cloud)
    name, gone = given["certificateField"], given.get("specifiers")
    left = [rule for rule in held["mappings"].get(name, ()) if gone and rule not in gone]
    held["mappings"] = {**held["mappings"], name: left}
    return PROFILES.changed(call, cloud, held)


def shown(held: Held) -> dict[str, Any]:
    """A profile as replies show it."""
    names = (
        "name",
        "requireInstanceProperties",
        "enabled",
        "createdBy",
        "roleArns",
        "managedPolicyArns",
        "createdAt",
        "updatedAt",
        "durationSeconds",
        "acceptRoleSessionName",
    )
    policy = {"sessionPolicy": held["sessionPolicy"]} if held.get("sessionPolicy") else {}
    return {
        "profileId": held["id"],
        "profileArn": held["arn"],
        **{name: held[name] for name in names},
        **policy,
        "attributeMappings": [
            {"certificateField": name, "mappingRules": [{"specifier": rule} for rule in rules]}
            for name, rules in held["mappings"].items()
            if rules
        ],
    }


PROFILES = Kind(tables.profiles, "profile", "Profile", shown)


def _check(given: Mapping[str, Any]) -> None:
    for arn in given.get("roleArns") or ():
        # Only what is a role's ARN was also asked iam:PassRole for.
        if _ROLE_ARN.fullmatch(arn) is None:
            raise invalid(f"{arn} is no role's ARN.")
    policy = given.get("sessionPolicy")
    if policy:
        try:
            PolicyDocument.parse(policy)
        except PolicyError as error:
            raise invalid(f"The session policy is malformed: {error}") from None
