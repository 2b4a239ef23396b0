"""Tags of MFA devices, SAML providers and server certificates, which moto does not keep."""

from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.iam.parameters import no_such_entity, required, tag_keys_of, tags_of
from rolecall.local.iam.tags import check_number, check_tags
from rolecall.local.sts.xml import IAM, Result, query_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TABLE = "iam_tags"


def list_tags(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """List…Tags: all of them on one page; there are at most 50."""
    held = cloud.records.get(_TABLE, {}).get(_subject(call, identity), {})
    if call.action == "ListInstanceProfileTags":
        held = _instance_profile_tags(call, identity)
    tags: list[Result] = [{"Key": key, "Value": value} for key, value in sorted(held.items())]
    return query_reply(
        call.action, IAM, cloud.new_request_id(), {"Tags": tags, "IsTruncated": False}
    )


def tag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Tag…: adds tags and overwrites those of the same key, ignoring case; 50 at the most."""
    subject = _subject(call, identity)
    check_tags(call, identity, cloud)
    tags = tags_of(call.params)
    lower = {key.lower() for key in tags}
    table = cloud.records.setdefault(_TABLE, {})
    kept = {key: value for key, value in table.get(subject, {}).items() if key.lower() not in lower}
    check_number(len(kept) + len(tags))
    table[subject] = {**kept, **tags}
    cloud.mark_changed()
    return query_reply(call.action, IAM, cloud.new_request_id())


def untag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Untag…: keys that are not there are no error."""
    held = cloud.records.setdefault(_TABLE, {}).setdefault(_subject(call, identity), {})
    for key in tag_keys_of(call.params):
        for old in [old for old in held if old.lower() == key.lower()]:
            del held[old]
    cloud.mark_changed()
    return query_reply(call.action, IAM, cloud.new_request_id())


def remember_first_tags(cloud: "Cloud", account: str, name: str, tags: dict[str, str]) -> None:
    """Note the tags that a thing was created with, and forget those of a former namesake."""
    table = cloud.records.setdefault(_TABLE, {})
    table.pop(f"{account}/{name}", None)
    if tags:
        table[f"{account}/{name}"] = tags
    cloud.mark_changed()


def tags_by_name(cloud: "Cloud", account: str, name: str) -> dict[str, str]:
    """The tags of a thing of an account; none if it has none, or does not exist."""
    return dict(cloud.records.get(_TABLE, {}).get(f"{account}/{name}", {}))


def _subject(call: ApiCall, identity: Identity) -> str:
    """What is tagged, as a key of the table; NoSuchEntity if it is not in the account."""
    backend = iam_backends[identity.account]["aws"]
    if call.action.endswith(("MFADevice", "MFADeviceTags")):
        name = required(call.params, "SerialNumber")
        known: Any = backend.virtual_mfa_devices
    elif "SAMLProvider" in call.action:
        name = required(call.params, "SAMLProviderArn")
        known = [provider.arn for provider in backend.saml_providers.values()]
    elif "ServerCertificate" in call.action:
        name = required(call.params, "ServerCertificateName")
        known = backend.certificates
    else:
        name = required(call.params, "InstanceProfileName")
        known = [profile.name for profile in backend.instance_profiles.values()]
    if name not in known:
        raise no_such_entity(f"{name} does not exist.")
    return f"{identity.account}/{name}"


def _instance_profile_tags(call: ApiCall, identity: Identity) -> dict[str, str]:
    name = call.params.get("InstanceProfileName")
    for profile in iam_backends[identity.account]["aws"].instance_profiles.values():
        if profile.name == name:
            tags: Any = profile.tags
            listed = tags.values() if isinstance(tags, dict) else tags or []
            return {tag["Key"]: tag["Value"] for tag in listed}
    return {}
