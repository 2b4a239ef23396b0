"""Trust anchors: the certificate authorities whose certificates may ask for sessions.

Source: IAM Roles Anywhere API reference; "The IAM Roles Anywhere trust model", user guide,
for what a certificate of an authority must have.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply
from rolecall.local.roles_anywhere import certificates, tables
from rolecall.local.roles_anywhere.errors import invalid
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
    tables.anchors(cloud)[held["id"]] = held
    return json_reply(call, {"trustAnchor": shown(held)}, 201)


def get(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer GetTrustAnchor."""
    return json_reply(call, {"trustAnchor": shown(_own(call, identity, cloud))})


def update(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UpdateTrustAnchor: name and source."""
    given = inputs.read(call, SERVICE)
    held = _own(call, identity, cloud)
    if given.get("source") is not None:
        _check_source(given["source"])
    held.update({name: given[name] for name in ("name", "source") if given.get(name) is not None})
    return _changed(call, cloud, held)


def delete(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DeleteTrustAnchor."""
    held = _own(call, identity, cloud)
    tables.anchors(cloud).pop(held["id"], None)
    return json_reply(call, {"trustAnchor": shown(held)})


def enable(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer EnableTrustAnchor."""
    held = _own(call, identity, cloud)
    held["enabled"] = True
    return _changed(call, cloud, held)


def disable(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DisableTrustAnchor: its certificates get no sessions from now on."""
    held = _own(call, identity, cloud)
    held["enabled"] = False
    return _changed(call, cloud, held)


def list_all(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ListTrustAnchors."""
    given = inputs.read(call, SERVICE)
    page, token = tables.listed(tables.anchors(cloud), call, identity, given, shown)
    return json_reply(call, {"trustAnchors": page, "nextToken": token})


def put_notifications(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer PutNotificationSettings: kept and shown; nobody is notified here."""
    given = inputs.read(call, SERVICE)
    held = _own(call, identity, cloud)
    _notify(held, given["notificationSettings"])
    return _changed(call, cloud, held)


def reset_notifications(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ResetNotificationSettings."""
    given = inputs.read(call, SERVICE)
    held = _own(call, identity, cloud)
    for key in given["notificationSettingKeys"]:
        held["notifications"].pop(key["event"], None)
    return _changed(call, cloud, held)


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


def _own(call: ApiCall, identity: Identity, cloud: "Cloud") -> Held:
    number = inputs.read(call, SERVICE)["trustAnchorId"]
    return tables.own(tables.anchors(cloud), number, call, identity, "Trust anchor")


def _changed(call: ApiCall, cloud: "Cloud", held: Held) -> ApiReply:
    held["updatedAt"] = tables.stamp(cloud.now())
    return json_reply(call, {"trustAnchor": shown(held)})


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
