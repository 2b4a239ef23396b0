"""GetId, GetOpenIdToken, and the token that a developer vouches for: who gets one, what it says."""

import base64
import json
from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.cognito import tokens
from rolecall.local.cognito.logins import Login
from rolecall.local.cognito.pools import Pool
from rolecall.local.oidc import connections
from tests.local.enforcement.conftest import HOME, OTHER
from tests.local.gaps.conftest import COGNITO, REGION
from tests.local.gaps.pools_here import ARN, NAME, NOW, Pools

TAGS = "https://aws.amazon.com/tags"
DEVELOPER = "login.example"


def said(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def vouched(pools: Pools, pool: Pool, user: str = "u", **more: Any) -> dict[str, Any]:
    given = {"IdentityPoolId": pool.pool_id, "Logins": {DEVELOPER: user}, **more}
    return pools.ask("GetOpenIdTokenForDeveloperIdentity", given)


def test_an_identity_for_a_guest_or_a_user(pools: Pools) -> None:
    pools.provider()
    guests = pools.made(AllowUnauthenticatedIdentities=True, OpenIdConnectProviderARNs=[ARN])
    given = {"IdentityPoolId": guests.pool_id}
    first, second = (pools.ask("GetId", given)["IdentityId"] for _ in range(2))
    assert first != second
    alice = pools.ask("GetId", given, Logins=pools.login())["IdentityId"]
    assert pools.ask("GetId", given, Logins=pools.login()) == {"IdentityId": alice}
    assert pools.identities()[alice]["logins"] == {NAME: "alice"}
    assert pools.ask("GetId", given, AccountId=HOME)
    error = pools.refused("GetId", given, AccountId=OTHER)
    assert (error.code, error.message) == (
        "ResourceNotFoundException",
        f"IdentityPool '{guests.pool_id}' not found.",
    )
    assert pools.code("GetId") == "ValidationException"
    assert pools.code("GetId", IdentityPoolId=f"{REGION}:0") == "ResourceNotFoundException"


def test_a_pool_without_guests(pools: Pools) -> None:
    pools.provider()
    closed = pools.made(OpenIdConnectProviderARNs=[ARN])
    words = "Unauthenticated access is not supported for this identity pool."
    nobody: list[dict[str, Any]] = [{"Logins": {}}, {"Logins": None}, {}]
    for given in nobody:
        error = pools.refused("GetId", given, IdentityPoolId=closed.pool_id)
        assert (error.code, error.message) == ("NotAuthorizedException", words)
    assert pools.identities() == {}
    identity = pools.ask("GetId", IdentityPoolId=closed.pool_id, Logins=pools.login())["IdentityId"]
    assert pools.code("GetOpenIdToken", IdentityId=identity) == "NotAuthorizedException"


def test_the_token_of_the_classic_flow(pools: Pools) -> None:
    pools.provider()
    pool = pools.made(AllowUnauthenticatedIdentities=True, OpenIdConnectProviderARNs=[ARN])
    guest = pools.ask("GetId", IdentityPoolId=pool.pool_id)["IdentityId"]
    reply = pools.ask("GetOpenIdToken", IdentityId=guest)
    start = int(NOW.timestamp())
    assert set(reply) == {"IdentityId", "Token"}
    assert reply["IdentityId"] == guest
    assert said(reply["Token"]) == {
        "iss": f"https://{COGNITO}",
        "sub": guest,
        "aud": pool.pool_id,
        "amr": ["unauthenticated"],
        "iat": start,
        "exp": start + 600,
    }
    alice = pools.ask("GetId", IdentityPoolId=pool.pool_id, Logins=pools.login())["IdentityId"]
    reply = pools.ask("GetOpenIdToken", IdentityId=alice, Logins=pools.login())
    assert said(reply["Token"])["amr"] == ["authenticated", NAME, f"{NAME}:app:alice"]
    assert pools.code("GetOpenIdToken", IdentityId=alice) == "NotAuthorizedException"
    ben = pools.login("ben")
    assert pools.code("GetOpenIdToken", IdentityId=alice, Logins=ben) == "NotAuthorizedException"
    assert pools.code("GetOpenIdToken") == "ValidationException"
    assert pools.code("GetOpenIdToken", IdentityId=f"{REGION}:0") == "ResourceNotFoundException"


def test_the_classic_flow_can_be_closed(pools: Pools) -> None:
    pool = pools.made(AllowUnauthenticatedIdentities=True, AllowClassicFlow=False)
    guest = pools.ask("GetId", IdentityPoolId=pool.pool_id)["IdentityId"]
    error = pools.refused("GetOpenIdToken", IdentityId=guest)
    assert (error.code, error.message) == (
        "InvalidParameterException",
        "Basic (classic) flow is not enabled, please use enhanced flow.",
    )


def test_a_token_of_the_pool_buys_no_further_one(pools: Pools) -> None:
    pool = pools.made(DeveloperProviderName=DEVELOPER)
    made = vouched(pools, pool)
    logins = {COGNITO: made["Token"]}
    for action, given in (
        ("GetId", {"IdentityPoolId": pool.pool_id}),
        ("GetOpenIdToken", {"IdentityId": made["IdentityId"]}),
    ):
        assert pools.code(action, given, Logins=logins) == "NotAuthorizedException"


def test_a_user_that_a_developer_vouches_for(pools: Pools) -> None:
    pool = pools.made(DeveloperProviderName=DEVELOPER)
    made = vouched(pools, pool)
    start = int(NOW.timestamp())
    assert said(made["Token"]) == {
        "iss": f"https://{COGNITO}",
        "sub": made["IdentityId"],
        "aud": pool.pool_id,
        "amr": ["authenticated", DEVELOPER, f"{DEVELOPER}:{pool.pool_id}:u"],
        "iat": start,
        "exp": start + 900,
    }
    assert vouched(pools, pool)["IdentityId"] == made["IdentityId"]
    assert vouched(pools, pool, "v")["IdentityId"] != made["IdentityId"]
    told = said(vouched(pools, pool, TokenDuration=60)["Token"])
    assert told["exp"] - told["iat"] == 60


def test_the_tags_that_a_developer_gives(pools: Pools) -> None:
    pool = pools.made(DeveloperProviderName=DEVELOPER)
    token = vouched(pools, pool, PrincipalTags={"team": "web", "x": "y"})["Token"]
    assert said(token)[TAGS] == {
        "principal_tags": {"team": ["web"], "x": ["y"]},
        "transitive_tag_keys": [],
    }
    assert TAGS not in said(vouched(pools, pool, PrincipalTags={})["Token"])


def test_a_developer_links_another_login(pools: Pools) -> None:
    pools.provider()
    pool = pools.made(DeveloperProviderName=DEVELOPER, OpenIdConnectProviderARNs=[ARN])
    first = vouched(pools, pool)["IdentityId"]
    both = {DEVELOPER: "u", **pools.login()}
    made = vouched(pools, pool, Logins=both, IdentityId=first)
    assert made["IdentityId"] == first
    assert said(made["Token"])["amr"] == [
        "authenticated",
        DEVELOPER,
        f"{DEVELOPER}:{pool.pool_id}:u",
        NAME,
        f"{NAME}:app:alice",
    ]
    assert pools.identities()[first]["logins"] == {DEVELOPER: "u", NAME: "alice"}
    wrong = {DEVELOPER: "u", NAME: "x"}
    given = {"IdentityPoolId": pool.pool_id, "Logins": wrong}
    error = pools.refused("GetOpenIdTokenForDeveloperIdentity", given)
    assert error.code == "NotAuthorizedException"


def test_what_a_developer_cannot_ask_for(pools: Pools) -> None:
    action = "GetOpenIdTokenForDeveloperIdentity"
    pool = pools.made(DeveloperProviderName=DEVELOPER)
    other = pools.made(DeveloperProviderName=DEVELOPER)
    given = {"IdentityPoolId": pool.pool_id, "Logins": {DEVELOPER: "u"}}
    words = "Please provide a developer provider name that is configured in the identity pool."
    nameless = pools.made()
    for wrong in (
        {**given, "Logins": {"other.example": "u"}},
        {**given, "Logins": {}},
        {**given, "IdentityPoolId": nameless.pool_id},
    ):
        error = pools.refused(action, wrong)
        assert (error.code, error.message) == ("InvalidParameterException", words)
    elsewhere = vouched(pools, other)["IdentityId"]
    error = pools.refused(action, given, IdentityId=elsewhere)
    assert (error.code, error.message) == (
        "ResourceNotFoundException",
        f"Identity '{elsewhere}' not found.",
    )
    for account, region in ((OTHER, REGION), (HOME, "us-east-1")):
        error = pools.refused(action, given, account=account, region=region)
        assert error.code == "ResourceNotFoundException"
    mine = vouched(pools, pool, "v")["IdentityId"]
    vouched(pools, pool)
    assert pools.code(action, given, IdentityId=mine) == "ResourceConflictException"
    assert pools.code(action) == "ValidationException"


def test_who_uses_an_identity(pools: Pools) -> None:
    pools.provider()
    pool = pools.made(AllowUnauthenticatedIdentities=True, OpenIdConnectProviderARNs=[ARN])
    guest = pools.ask("GetId", IdentityPoolId=pool.pool_id)["IdentityId"]
    assert tokens.admit(pools.cloud, pool, guest, {}) == (guest, ())
    identity, found = tokens.admit(pools.cloud, pool, guest, pools.login())
    assert (identity, [each.user for each in found]) == (guest, ["alice"])
    # From now on it is alice's.
    for given in ({}, pools.login("ben")):
        with pytest.raises(AwsError) as caught:
            tokens.admit(pools.cloud, pool, guest, given)
        assert caught.value.code == "NotAuthorizedException"
    developers = pools.made(DeveloperProviderName=DEVELOPER)
    made = vouched(pools, developers)
    own = {COGNITO: made["Token"]}
    identity, found = tokens.admit(pools.cloud, developers, made["IdentityId"], own, own_token=True)
    assert (identity, [each.identity_id for each in found]) == (
        made["IdentityId"],
        [made["IdentityId"]],
    )
    # Such a token names its identity, and links nothing to it.
    assert pools.identities()[identity]["logins"] == {DEVELOPER: "u"}
    with pytest.raises(AwsError):
        tokens.admit(pools.cloud, developers, made["IdentityId"], own)


def test_what_a_token_says() -> None:
    pool = Pool(f"{REGION}:1", HOME, {}, {}, {})
    first = Login("a", "u", ("a",), "a", {TAGS: "not carried"})
    second = Login("b", "v", ("b",), "b", {}, {TAGS: {"principal_tags": {}}, "team": "web"})
    assert tokens.claims_of(pool, "id", ()) == {
        "sub": "id",
        "aud": pool.pool_id,
        "amr": ["unauthenticated"],
    }
    assert tokens.claims_of(pool, "id", (first, second)) == {
        "sub": "id",
        "aud": pool.pool_id,
        "amr": ["authenticated", "a", "b"],
        TAGS: {"principal_tags": {}},
    }


def test_where_cognitos_name_is_connected_to_somebody_else(pools: Pools) -> None:
    issuer = f"https://{COGNITO}"
    pools.cloud.records.setdefault("oidc_connections", {})[issuer] = {
        "address": "127.0.0.1:1",
        "ca": "",
    }
    assert connections.connection_of(pools.cloud, issuer) is not None
    with pytest.raises(AwsError) as caught:
        tokens.signed(pools.cloud, {"sub": "x"}, 600)
    assert (caught.value.code, caught.value.status) == (
        "InvalidIdentityPoolConfigurationException",
        400,
    )
    assert "is connected to a real issuer" in caught.value.reason
