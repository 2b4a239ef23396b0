"""Trust anchors: the certificate authorities whose certificates may ask for sessions.

Source: IAM Roles Anywhere API reference; "The IAM Roles Anywhere trust model", user guide,
for what a certificate of an authority must have.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.gaps import inputs
from rolecall.local.roles_anywhere import certificates, tables
from rolecall.local.roles_anywhere.errors import invalid
from rolecall.local.roles_anywhere.kind import Kind
from rolecall.local.roles_anywhere.tables import SERVICE, Held

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_EVENTS = ("CA_CERTIFICATE_EXPIRY", "END_ENTITY_CERTIFICATE_EXPIRY")
_DEFAULT_THRESHOLD = 45


def create(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer CreateTrustAnchor."""
    given = inputs.read(call, SERVICE)
    _check_source(given["source"])
    held = {
        **tables.new(call, identity, cloud, "trust-anchor"),
        "name": given["name"],
        "source": given["source"],
        # "Specifies whether the trust anchor is enabled": not, if the call does not say so.
        "enabled": bool(given.get("enabled", False)),
        "tags": tables.tags_of(given.get("tags")),
        "notifications": {},
    }
    _notify(held, given.get("notificationSettings") or ())
    return ANCHORS.made(call, cloud, held)


def update(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UpdateTrustAnchor: name and source."""
    given = inputs.read(call, SERVICE)
    held = ANCHORS.own(call, identity, cloud)
    if given.get("source") is not None:
        _check_source(given["source"])
    held.update({name: given[name] for name in ("name", "source") if given.get(name) is not None})
    return ANCHORS.changed(call, cloud, held)


def put_notifications(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer PutNotificationSettings: kept and shown; nobody is notified here."""
    given = inputs.read(call, SERVICE)
    held = ANCHORS.own(call, identity, cloud)
    _notify(held, given["notificationSettings"])
    return ANCHORS.changed(call, cloud, held)


def reset_notifications(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ResetNotificationSettings."""
    given = inputs.read(call, SERVICE)
    held = ANCHORS.own(call, identity, cloud)
    for key in given["notificationSettingKeys"]:
        held["notifications"].pop(key["event"], None)
    return ANCHORS.changed(call, cloud, held)


def shown(held: Held) -> dict[str, Any]:
    """A trust anchor as replies show it."""
    return {
        "trustAnchorId": held["id"],
        "trustAnchorArn": held["arn"],
        "name": held["name"],
        "source": held["source"],
        "enabled": held["enabled"],
        "createdAt": held["createdAt"],
        "updatedAt": held["updatedAt"],
        "notificationSettings": [_notification(held, event) for event in _EVENTS],
    }


ANCHORS = Kind(tables.anchors, "trustAnchor", "Trust anchor", shown)


def _check_source(source: Mapping[str, Any]) -> None:
    kind, data = source.get("sourceType"), source.get("sourceData") or {}
    if kind == "CERTIFICATE_BUNDLE" and data.get("x509CertificateData"):
        certificates.authorities(data["x509CertificateData"])
    elif kind == "AWS_ACM_PCA" and data.get("acmPcaArn"):
        pass  # kept and shown; the embedded AWS has no private authority, so nobody comes in
    else:
        raise invalid(
            "The source needs a sourceType of CERTIFICATE_BUNDLE with x509CertificateData, or "
            "AWS_ACM_PCA with acmPcaArn."
        )


def _notify(held: Held, settings: Any) -> None:
    for setting in settings:
        held["notifications"][setting["event"]] = {
            "enabled": bool(setting["enabled"]),
            "threshold": setting.get("threshold", _DEFAULT_THRESHOLD),
            "channel": setting.get("channel", "ALL"),
        }


def _notification(held: Held, event: str) -> dict[str, Any]:
    configured = held["notifications"].get(event)
    if configured is not None:
        return {"event": event, **configured, "configuredBy": held["account"]}
    return {
        "event": event,
        "enabled": True,
        "threshold": _DEFAULT_THRESHOLD,
        "channel": "ALL",
        "configuredBy": "rolesanywhere.amazonaws.com",
    }
