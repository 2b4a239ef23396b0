"""Identities of a pool: by which logins one is known again, linked, listed and deleted."""

from datetime import datetime
from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.cognito import identities, tables
from rolecall.local.cognito.pools import Pool
from tests.local.enforcement.conftest import HOME, OTHER
from tests.local.gaps.conftest import REGION
from tests.local.gaps.pools_here import NOW, Pools

A, B = {"a.example": "alice"}, {"b.example": "alice"}
MISMATCH = (
    "Logins don't match. Please include at least one valid login for this identity or "
    "identity pool."
)


def refused(pools: Pools, pool: Pool, users: dict[str, str], wanted: str | None = None) -> AwsError:
    with pytest.raises(AwsError) as caught:
        identities.identity_for(pools.cloud, pool, users, wanted)
    assert (caught.value.message, caught.value.status) == (MISMATCH, 400)
    return caught.value


def test_an_identity_is_known_by_any_of_its_logins(pools: Pools) -> None:
    pool = pools.made()
    saved = pools.saved
    first = identities.identity_for(pools.cloud, pool, A)
    assert first.startswith(f"{REGION}:")
    assert pools.saved > saved
    stamp = NOW.isoformat()
    assert pools.identities()[first] == {
        "pool": pool.pool_id,
        "logins": A,
        "created": stamp,
        "modified": stamp,
    }
    saved = pools.saved
    assert identities.identity_for(pools.cloud, pool, A) == first
    assert pools.saved == saved
    pools.later(60)
    assert identities.identity_for(pools.cloud, pool, {**A, **B}) == first
    assert pools.saved > saved
    assert pools.identities()[first] == {
        "pool": pool.pool_id,
        "logins": {**A, **B},
        "created": stamp,
        "modified": pools.time.isoformat(),
    }
    pools.later(60)
    for users in (A, B, {**A, **B}):
        assert identities.identity_for(pools.cloud, pool, users) == first
    assert pools.identities()[first]["modified"] != pools.time.isoformat()
    assert identities.logins_of(pools.cloud, first) == {**A, **B}
    assert identities.logins_of(pools.cloud, "none") == {}


def test_others_are_others(pools: Pools) -> None:
    pool, elsewhere = pools.made(), pools.made()
    made = [
        identities.identity_for(pools.cloud, where, users)
        for where, users in (
            (pool, A),
            (elsewhere, A),
            (pool, {"a.example": "ben"}),
            (pool, B),
            (pool, {}),
            (pool, {}),
        )
    ]
    assert len(set(made)) == 6
    assert {held["pool"] for held in pools.identities().values()} == {
        pool.pool_id,
        elsewhere.pool_id,
    }


def test_logins_of_two_identities(pools: Pools) -> None:
    pool = pools.made()
    first = identities.identity_for(pools.cloud, pool, A)
    identities.identity_for(pools.cloud, pool, B)
    assert refused(pools, pool, {**A, **B}).code == "ResourceConflictException"
    assert refused(pools, pool, B, first).code == "ResourceConflictException"
    assert identities.identity_for(pools.cloud, pool, A, first) == first


def test_one_user_of_a_provider_for_an_identity(pools: Pools) -> None:
    pool = pools.made()
    first = identities.identity_for(pools.cloud, pool, {**A, **B})
    error = refused(pools, pool, {**A, "b.example": "ben"})
    assert (error.code, "another user" in error.reason) == ("NotAuthorizedException", True)
    error = refused(pools, pool, {"a.example": "ben"}, first)
    assert error.code == "NotAuthorizedException"
    assert pools.identities()[first]["logins"] == {**A, **B}


def test_a_login_is_linked_by_whoever_is_the_identity_already(pools: Pools) -> None:
    pool = pools.made()
    first = identities.identity_for(pools.cloud, pool, A)
    error = refused(pools, pool, B, first)
    assert (error.code, "none of the logins" in error.reason) == ("NotAuthorizedException", True)
    assert identities.identity_for(pools.cloud, pool, {**A, **B}, first) == first
    # A guest's identity is for whoever has it.
    guest = identities.identity_for(pools.cloud, pool, {})
    mine = {"c.example": "carol"}
    assert identities.identity_for(pools.cloud, pool, mine, guest) == guest
    assert identities.identity_for(pools.cloud, pool, mine) == guest


def test_100_000_identities_and_no_more(pools: Pools) -> None:
    pool = pools.made()
    first = identities.identity_for(pools.cloud, pool, A)
    held = {"pool": "another", "logins": {}}
    pools.identities().update({str(n): held for n in range(99_998)})
    identities.identity_for(pools.cloud, pool, B)
    with pytest.raises(AwsError, match="Exceeded the number of identities") as caught:
        identities.identity_for(pools.cloud, pool, {"c.example": "carol"})
    assert caught.value.code == "LimitExceededException"
    assert identities.identity_for(pools.cloud, pool, A) == first


def test_guests(pools: Pools) -> None:
    closed = pools.made()
    guests = pools.made(AllowUnauthenticatedIdentities=True)
    for pool in (closed, guests):
        known = identities.identity_for(pools.cloud, pool, A)
        with pytest.raises(AwsError) as caught:
            identities.check_guest(pools.cloud, pool, known)
        assert (caught.value.code, caught.value.message, caught.value.status) == (
            "NotAuthorizedException",
            f"Access to Identity '{known}' is forbidden.",
            400,
        )
    guest = identities.identity_for(pools.cloud, guests, {})
    identities.check_guest(pools.cloud, guests, guest)
    guest = identities.identity_for(pools.cloud, closed, {})
    with pytest.raises(AwsError, match="Unauthenticated access is not supported") as caught:
        identities.check_guest(pools.cloud, closed, guest)
    assert caught.value.code == "NotAuthorizedException"


def test_whose_pool_an_identity_belongs_to(pools: Pools) -> None:
    pool = pools.made()
    known = identities.identity_for(pools.cloud, pool, A)
    assert identities.pool_of_identity(pools.cloud, known) == pool
    with pytest.raises(AwsError, match="Identity 'none' not found") as caught:
        identities.pool_of_identity(pools.cloud, "none")
    assert (caught.value.code, caught.value.status) == ("ResourceNotFoundException", 400)


def shown(identity_id: str, logins: list[str], modified: datetime) -> dict[str, Any]:
    return {
        "IdentityId": identity_id,
        "Logins": logins,
        "CreationDate": NOW.timestamp(),
        "LastModifiedDate": modified.timestamp(),
    }


def test_described_and_listed(pools: Pools) -> None:
    pool, other = pools.made(), pools.made()
    first = identities.identity_for(pools.cloud, pool, B)
    second = identities.identity_for(pools.cloud, pool, {})
    identities.identity_for(pools.cloud, other, A)
    pools.later(60)
    identities.identity_for(pools.cloud, pool, {**B, **A})
    expected = {
        first: shown(first, ["a.example", "b.example"], pools.time),
        second: shown(second, [], NOW),
    }
    for each in expected:
        assert pools.ask("DescribeIdentity", IdentityId=each) == expected[each]
    one, two = sorted(expected)
    page = pools.ask("ListIdentities", IdentityPoolId=pool.pool_id, MaxResults=1)
    assert page == {
        "IdentityPoolId": pool.pool_id,
        "Identities": [expected[one]],
        "NextToken": two,
    }
    page = pools.ask("ListIdentities", IdentityPoolId=pool.pool_id, MaxResults=9, NextToken=two)
    assert page == {"IdentityPoolId": pool.pool_id, "Identities": [expected[two]]}


def test_identities_of_another_account_or_region(pools: Pools) -> None:
    known = identities.identity_for(pools.cloud, pools.made(), A)
    for account, region in ((OTHER, REGION), (HOME, "us-east-1")):
        error = pools.refused("DescribeIdentity", IdentityId=known, account=account, region=region)
        assert (error.code, error.message) == (
            "ResourceNotFoundException",
            f"Identity '{known}' not found.",
        )
        left = pools.ask(
            "DeleteIdentities", IdentityIdsToDelete=[known], account=account, region=region
        )
        assert left == {
            "UnprocessedIdentityIds": [{"IdentityId": known, "ErrorCode": "AccessDenied"}]
        }
    assert list(pools.identities()) == [known]


def test_deleted_are_those_that_are_there(pools: Pools) -> None:
    pool = pools.made()
    made = [identities.identity_for(pools.cloud, pool, {}) for _ in range(3)]
    gone = f"{REGION}:0"
    left = pools.ask("DeleteIdentities", IdentityIdsToDelete=[made[0], gone, made[2]])
    assert left == {"UnprocessedIdentityIds": [{"IdentityId": gone, "ErrorCode": "AccessDenied"}]}
    assert list(pools.identities()) == [made[1]]
    assert pools.ask("DeleteIdentities", IdentityIdsToDelete=[made[1]]) == {
        "UnprocessedIdentityIds": []
    }
    for action, given in (
        ("DescribeIdentity", {}),
        ("DeleteIdentities", {}),
        ("ListIdentities", {"MaxResults": 1}),
    ):
        assert pools.code(action, given) == "ValidationException"


def test_pages() -> None:
    names = ["a", "b", "c"]
    assert tables.page(names, 2, None) == (["a", "b"], "c")
    assert tables.page(names, 3, None) == (names, None)
    assert tables.page(names, 2, "b") == (["b", "c"], None)
    assert tables.page(names, 1, "b") == (["b"], "c")
    assert tables.page([], 1, None) == ([], None)
    for token in ("d", ""):
        with pytest.raises(AwsError, match="Invalid pagination token") as caught:
            tables.page(names, 1, token)
        assert (caught.value.code, caught.value.status) == ("InvalidParameterException", 400)
