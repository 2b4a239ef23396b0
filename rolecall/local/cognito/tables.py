"""Pools and identities as they are kept with the state (`Cloud.records`)."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rolecall.local.api import AwsError

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

Table = dict[str, Any]
#: Held by who looks and then changes.
lock = threading.Lock()


def pools(cloud: "Cloud") -> Table:
    """Every pool, of all accounts, by its id: `account`, `settings`, `tags`, `roles`."""
    return cloud.records.setdefault("cognito_identity_pools", {})


def identities(cloud: "Cloud") -> Table:
    """Every identity by its id: `pool`, `logins` (provider to user), `created`, `modified`."""
    return cloud.records.setdefault("cognito_identities", {})


def forget_identities(cloud: "Cloud", pool_id: str) -> None:
    """Drop the identities of a pool."""
    table = identities(cloud)
    for identity_id in [key for key, held in table.items() if held["pool"] == pool_id]:
        table.pop(identity_id, None)


def page(names: Sequence[str], most: int, token: str | None) -> tuple[Sequence[str], str | None]:
    """A page of sorted names, and the token of the next one.

    Raises:
        AwsError: InvalidParameterException for a token that is none.
    """
    start = 0
    if token is not None:
        if token not in names:
            raise AwsError("InvalidParameterException", "Invalid pagination token.", 400)
        start = names.index(token)
    following = names[start + most : start + most + 1]
    return names[start : start + most], following[0] if following else None
