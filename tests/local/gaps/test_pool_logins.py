"""Logins of an identity pool: which tokens count, for whom, and what is told of them."""

from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.cognito import logins
from rolecall.local.cognito.logins import Login
from rolecall.local.cognito.pools import Pool
from tests.local.enforcement.conftest import HOME
from tests.local.gaps.conftest import COGNITO, REGION
from tests.local.gaps.pools_here import ARN, NAME, Pools

USER_POOL = f"cognito-idp.{REGION}.amazonaws.com/{REGION}_abc"
GOOGLE = "accounts.google.com"
UNSUPPORTED = "Token is not from a supported provider of this identity pool."


def refused(
    pools: Pools, pool: Pool, tokens: dict[str, str], own_for: str | None = None
) -> AwsError:
    with pytest.raises(AwsError) as caught:
        logins.verified(pools.cloud, pool, tokens, own_for)
    assert (caught.value.code, caught.value.status) == ("NotAuthorizedException", 400)
    return caught.value


def verified(pools: Pools, pool: Pool, tokens: dict[str, str], own_for: str | None = None) -> Any:
    return logins.verified(pools.cloud, pool, tokens, own_for)


def test_a_user_of_an_iam_provider(pools: Pools) -> None:
    pools.provider(NAME, "first", "app")
    pool = pools.made(OpenIdConnectProviderARNs=[ARN])
    (login,) = verified(pools, pool, pools.login(team="web"))
    assert (login.provider, login.user, login.mapping_key) == (NAME, "alice", ARN)
    assert login.amr == (NAME, f"{NAME}:app:alice")
    assert login.claims["team"] == "web"
    assert (login.carried, login.identity_id) == ({}, None)
    assert refused(pools, pool, pools.login(aud="other")).message.startswith("Invalid login token.")


def test_a_provider_that_the_pool_or_iam_does_not_have(pools: Pools) -> None:
    pools.provider()
    pools.provider("other.example")
    assert refused(pools, pools.made(), pools.login()).message == UNSUPPORTED
    pool = pools.made(OpenIdConnectProviderARNs=[ARN])
    assert refused(pools, pool, pools.login("alice", "other.example")).message == UNSUPPORTED
    pools.home.open_id_providers.pop(ARN)
    error = refused(pools, pool, pools.login())
    assert (error.message, error.reason) == (UNSUPPORTED, f"IAM has no provider {ARN}")


def test_a_token_of_another_issuer(pools: Pools) -> None:
    pools.provider()
    pool = pools.made(OpenIdConnectProviderARNs=[ARN])
    error = refused(pools, pool, {NAME: pools.token("other.example")})
    words = "Invalid login token. Issuer doesn't match providerName"
    assert (error.message, error.reason) == (words, f"the token's iss is not https://{NAME}")


def test_a_token_that_is_over_or_altered(pools: Pools) -> None:
    pools.provider()
    pool = pools.made(OpenIdConnectProviderARNs=[ARN])
    given = pools.login()
    head, body, signature = given[NAME].split(".")
    altered = (
        f"{head}.{body}.{signature[:-6]}{'AAAAAA' if signature[-6:] != 'AAAAAA' else 'BBBBBB'}"
    )
    for wrong in (altered, "x", f"{head}.{body}."):
        assert "Invalid login token." in refused(pools, pool, {NAME: wrong}).message
    pools.later(5000)
    assert "Invalid login token." in refused(pools, pool, given).message


def test_several_logins_are_all_verified(pools: Pools) -> None:
    arns = [pools.provider(), pools.provider("other.example")]
    pool = pools.made(OpenIdConnectProviderARNs=arns)
    both = {**pools.login(), **pools.login("ben", "other.example")}
    found = verified(pools, pool, both)
    assert [(each.provider, each.user, each.mapping_key) for each in found] == [
        (NAME, "alice", arns[0]),
        ("other.example", "ben", arns[1]),
    ]
    for name in both:
        refused(pools, pool, {**both, name: "x"})
    assert verified(pools, pool, {}) == ()


def test_google(pools: Pools) -> None:
    pool = pools.made(SupportedLoginProviders={GOOGLE: "client"})
    for written in (GOOGLE, f"https://{GOOGLE}"):
        token = pools.token(GOOGLE, aud="client", iss=written)
        (login,) = verified(pools, pool, {GOOGLE: token})
        assert (login.provider, login.user, login.mapping_key) == (GOOGLE, "alice", GOOGLE)
        assert login.amr == (GOOGLE, f"{GOOGLE}:client:alice")
    assert refused(pools, pool, {GOOGLE: pools.token(GOOGLE, aud="app")})
    assert refused(pools, pools.made(), {GOOGLE: token}).message == UNSUPPORTED
    other = pools.made(SupportedLoginProviders={"graph.facebook.com": "client"})
    facebook = {"graph.facebook.com": pools.token("graph.facebook.com", aud="client")}
    for tokens in ({GOOGLE: token}, facebook):
        assert refused(pools, other, tokens).message == UNSUPPORTED
    # Only Google writes its name without the scheme.
    arn = pools.provider()
    bare = {NAME: pools.token(iss=NAME)}
    assert refused(pools, pools.made(OpenIdConnectProviderARNs=[arn]), bare)


def test_a_user_of_a_user_pool(pools: Pools) -> None:
    providers = [
        {"ProviderName": USER_POOL, "ClientId": "one"},
        {"ProviderName": f"{USER_POOL}d", "ClientId": "two"},
        {"ProviderName": USER_POOL, "ClientId": "three"},
    ]
    pool = pools.made(CognitoIdentityProviders=providers)
    for client in ("one", "three"):
        told = pools.login("alice", USER_POOL, aud=client, token_use="id")
        (login,) = verified(pools, pool, told)
        assert (login.provider, login.user) == (USER_POOL, "alice")
        assert login.mapping_key == f"{USER_POOL}:{client}"
        assert login.amr == (USER_POOL, f"{USER_POOL}:CognitoSignIn:alice")
    refused(pools, pool, pools.login("alice", USER_POOL, aud="two", token_use="id"))
    for use in ("access", None):
        error = refused(pools, pool, pools.login("alice", USER_POOL, aud="one", token_use=use))
        assert error.message == "Invalid login token. Not a valid OpenId Connect identity token."
    assert refused(pools, pools.made(), told).message == UNSUPPORTED


def own(pools: Pools, pool: Pool, identity_id: str, **claims: Any) -> dict[str, str]:
    told = {"sub": identity_id, "aud": pool.pool_id, "amr": ["authenticated", "x", "x:y"], **claims}
    return {COGNITO: pools.token(COGNITO, **told)}


def known(pools: Pools, pool: Pool, identity_id: str = f"{REGION}:1") -> str:
    pools.identities()[identity_id] = {"pool": pool.pool_id, "logins": {"x": "u"}}
    return identity_id


def test_a_token_of_the_pool_itself(pools: Pools) -> None:
    pool = pools.made()
    identity = known(pools, pool)
    (login,) = verified(pools, pool, own(pools, pool, identity, team="web"), identity)
    assert (login.provider, login.user, login.mapping_key) == (COGNITO, identity, COGNITO)
    assert (login.amr, login.identity_id) == (("x", "x:y"), identity)
    assert login.claims == login.carried
    assert login.carried["team"] == "web"
    (login,) = verified(pools, pool, own(pools, pool, identity, amr=["authenticated"]), identity)
    assert login.amr == ()
    mixed = own(pools, pool, identity, amr=["authenticated", 7, "x"])
    assert verified(pools, pool, mixed, identity)[0].amr == ("x",)


def test_tokens_of_the_pool_that_are_for_nobody_here(pools: Pools) -> None:
    pool, other = pools.made(), pools.made()
    identity, second = known(pools, pool), known(pools, pool, f"{REGION}:2")
    good = own(pools, pool, identity)
    # Where none is wanted it is one of any provider, and the pool has none of that name.
    assert refused(pools, pool, good).message == UNSUPPORTED
    assert "is of another identity" in refused(pools, pool, good, second).reason
    amrs: list[Any] = [["unauthenticated"], [], ["x", "authenticated"], "authenticated", None, {}]
    for amr in amrs:
        wrong = own(pools, pool, identity, amr=amr)
        assert "is of another identity" in refused(pools, pool, wrong, identity).reason
    assert refused(pools, pool, own(pools, other, identity), identity)
    assert refused(pools, pool, {COGNITO: pools.token()}, identity)
    known(pools, other, identity)
    assert "does not exist" in refused(pools, pool, good, identity).reason
    del pools.identities()[identity]
    assert "does not exist" in refused(pools, pool, good, identity).reason


def test_a_token_of_the_pool_comes_alone(pools: Pools) -> None:
    arn = pools.provider()
    pool = pools.made(OpenIdConnectProviderARNs=[arn])
    identity = known(pools, pool)
    for tokens in (
        {**own(pools, pool, identity), **pools.login()},
        {**pools.login(), **own(pools, pool, identity)},
    ):
        error = refused(pools, pool, tokens, identity)
        assert (error.message, error.reason) == (
            "Invalid login token.",
            "a token of the pool itself comes alone",
        )


def test_how_logins_are_told() -> None:
    developer = Login.of_developer("login.example", "pool", "u")
    assert (developer.provider, developer.user, developer.mapping_key) == (
        "login.example",
        "u",
        "login.example",
    )
    assert developer.amr == ("login.example", "login.example:pool:u")
    assert (developer.claims, developer.carried, developer.identity_id) == ({}, {}, None)
    other = Login("b", "v", ("b", "authenticated", "login.example", "b:v"), "b")
    assert logins.amr_of(()) == ["unauthenticated"]
    assert logins.amr_of((developer, other)) == [
        "authenticated",
        "login.example",
        "login.example:pool:u",
        "b",
        "b:v",
    ]
    assert HOME in ARN
