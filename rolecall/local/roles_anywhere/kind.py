"""What the API does alike with trust anchors and with profiles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply
from rolecall.local.roles_anywhere import tables
from rolecall.local.roles_anywhere.tables import SERVICE, Held

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


@dataclass(frozen=True)
class Kind:
    """One of the two, and the calls that both answer alike.

    table: where they are kept. member: what replies call one (`trustAnchor`). what: what
    messages call it. shown: one as replies show it.
    """

    table: Callable[["Cloud"], dict[str, Held]]
    member: str
    what: str
    shown: Callable[[Held], dict[str, Any]]

    def own(self, call: ApiCall, identity: Identity, cloud: "Cloud") -> Held:
        """The one that the call names, of the caller's account and the call's region."""
        number = inputs.read(call, SERVICE)[f"{self.member}Id"]
        return tables.own(self.table(cloud), number, call, identity, self.what)

    def reply(self, call: ApiCall, held: Held, status: int = 200) -> ApiReply:
        """The reply that shows one."""
        return json_reply(call, {self.member: self.shown(held)}, status)

    def made(self, call: ApiCall, cloud: "Cloud", held: Held) -> ApiReply:
        """Keep a new one, and show it."""
        self.table(cloud)[held["id"]] = held
        return self.reply(call, held, 201)

    def changed(self, call: ApiCall, cloud: "Cloud", held: Held) -> ApiReply:
        """Note that one was changed, and show it."""
        held["updatedAt"] = tables.stamp(cloud.now())
        return self.reply(call, held)

    def get(self, call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
        """Answer GetTrustAnchor or GetProfile."""
        return self.reply(call, self.own(call, identity, cloud))

    def delete(self, call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
        """Answer DeleteTrustAnchor or DeleteProfile."""
        held = self.own(call, identity, cloud)
        self.table(cloud).pop(held["id"], None)
        return self.reply(call, held)

    def enable(self, call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
        """Answer EnableTrustAnchor or EnableProfile."""
        held = self.own(call, identity, cloud)
        held["enabled"] = True
        return self.changed(call, cloud, held)

    def disable(self, call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
        """Answer DisableTrustAnchor or DisableProfile: no sessions by it from now on."""
        held = self.own(call, identity, cloud)
        held["enabled"] = False
        return self.changed(call, cloud, held)

    def list_all(self, call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
        """Answer ListTrustAnchors or ListProfiles."""
        given = inputs.read(call, SERVICE)
        page, token = tables.listed(self.table(cloud), call, identity, given, self.shown)
        return json_reply(call, {f"{self.member}s": page, "nextToken": token})
