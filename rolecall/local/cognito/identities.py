"""Identities of a pool: who has been here, and by which logins an identity is known again."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.cognito import tables
from rolecall.local.cognito.pools import SERVICE, Pool, own_pool, pool_of, region_of
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: Anybody may make identities of an open pool, so their number must end somewhere.
_MOST_IDENTITIES = 100_000


def pool_of_identity(cloud: "Cloud", identity_id: str) -> Pool:
    """The pool that an identity belongs to.

    Raises:
        AwsError: ResourceNotFoundException.
    """
    held = tables.identities(cloud).get(identity_id)
    if held is None:
        raise _no_identity(identity_id)
    return pool_of(cloud, held["pool"])


def logins_of(cloud: "Cloud", identity_id: str) -> Mapping[str, str]:
    """The logins that an identity is linked to: provider and user."""
    held = tables.identities(cloud).get(identity_id)
    return dict(held["logins"]) if held is not None else {}


def identity_for(
    cloud: "Cloud", pool: Pool, users: Mapping[str, str], wanted: str | None = None
) -> str:
    """The identity of verified users (provider to user), made or extended as needed.

    An identity that has a login is known by it. With `wanted`, the logins are linked to
    that identity.

    Raises:
        AwsError: ResourceConflictException if the logins belong to several identities,
            NotAuthorizedException for an identity that others' logins belong to.
    """
    with tables.lock:
        table = tables.identities(cloud)
        known = {
            identity_id
            for identity_id, held in table.items()
            if held["pool"] == pool.pool_id and held["logins"].items() & users.items()
        }
        if wanted is not None:
            known.add(wanted)
        if len(known) > 1:
            raise AwsError(
                "ResourceConflictException",
                "Logins don't match. Please include at "
                "least one valid login for this identity or identity pool.",
                400,
            )
        now = cloud.now().isoformat()
        if known:
            (identity_id,) = known
            held = table[identity_id]
            if any(held["logins"].get(name, user) != user for name, user in users.items()):
                raise _mismatch("another user of the same provider is linked to this identity")
            if held["logins"] and not held["logins"].items() & users.items():
                # Linking is for whoever proves to be the identity already (GetId:
                # "Supplying multiple logins will create an implicit linked account").
                raise _mismatch("none of the logins is linked to this identity")
            if held["logins"].items() >= users.items():
                return identity_id
            held["logins"] = {**held["logins"], **users}
            held["modified"] = now
        else:
            if len(table) >= _MOST_IDENTITIES:
                raise AwsError("LimitExceededException", "Exceeded the number of identities.", 400)
            identity_id = f"{region_of(pool.pool_id)}:{uuid.uuid4()}"
            table[identity_id] = {
                "pool": pool.pool_id,
                "logins": dict(users),
                "created": now,
                "modified": now,
            }
    cloud.mark_changed()
    return identity_id


def check_guest(cloud: "Cloud", pool: Pool, identity_id: str) -> None:
    """Let an identity in without logins.

    Raises:
        AwsError: NotAuthorizedException if the pool has no guests, or the identity has
            logged in before and so is nobody's to use without a login.
    """
    if logins_of(cloud, identity_id):
        raise AwsError(
            "NotAuthorizedException",
            f"Access to Identity '{identity_id}' is forbidden.",
            400,
            "the identity has logins, and none was given",
        )
    if not pool.guests:
        raise no_guests()


def no_guests() -> AwsError:
    """The refusal of a caller without logins."""
    return AwsError(
        "NotAuthorizedException",
        "Unauthenticated access is not supported for this identity pool.",
        400,
        "AllowUnauthenticatedIdentities of the pool is false and no login was given",
    )


def describe(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DescribeIdentity."""
    identity_id = inputs.read(call, SERVICE)["IdentityId"]
    _own(call, identity, cloud, identity_id)
    return json_reply(call, _shown(cloud, identity_id))


def list_all(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ListIdentities."""
    given = inputs.read(call, SERVICE)
    pool = own_pool(call, identity, cloud, given["IdentityPoolId"])
    own = sorted(
        identity_id
        for identity_id, held in list(tables.identities(cloud).items())
        if held["pool"] == pool.pool_id
    )
    page, following = tables.page(own, given["MaxResults"], given.get("NextToken"))
    return json_reply(
        call,
        {
            "IdentityPoolId": pool.pool_id,
            "Identities": [_shown(cloud, each) for each in page],
            "NextToken": following,
        },
    )


def delete(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DeleteIdentities: those that are not of this account stay unprocessed."""
    left: list[dict[str, str]] = []
    for identity_id in inputs.read(call, SERVICE)["IdentityIdsToDelete"]:
        try:
            _own(call, identity, cloud, identity_id)
        except AwsError:
            left.append({"IdentityId": identity_id, "ErrorCode": "AccessDenied"})
            continue
        with tables.lock:
            tables.identities(cloud).pop(identity_id, None)
    return json_reply(call, {"UnprocessedIdentityIds": left})


def _own(call: ApiCall, identity: Identity, cloud: "Cloud", identity_id: str) -> None:
    pool = pool_of_identity(cloud, identity_id)
    if pool.account != identity.account or region_of(pool.pool_id) != call.region:
        raise _no_identity(identity_id)


def _shown(cloud: "Cloud", identity_id: str) -> dict[str, Any]:
    held = tables.identities(cloud)[identity_id]
    return {
        "IdentityId": identity_id,
        "Logins": sorted(held["logins"]),
        "CreationDate": datetime.fromisoformat(held["created"]).timestamp(),
        "LastModifiedDate": datetime.fromisoformat(held["modified"]).timestamp(),
    }


def _no_identity(identity_id: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Identity '{identity_id}' not found.", 400)


def _mismatch(reason: str) -> AwsError:
    return AwsError(
        "NotAuthorizedException",
        "Logins don't match. Please include at least one valid login for this identity or "
        "identity pool.",
        400,
        reason,
    )
