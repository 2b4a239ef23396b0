"""Identity pools by themselves: what they are made of, their tags, their account and region."""

from typing import Any

import pytest

from rolecall.local.cognito import pools as rules
from rolecall.local.cognito import tables
from tests.local.enforcement.conftest import HOME, OTHER
from tests.local.gaps.conftest import REGION
from tests.local.gaps.pools_here import ARN, Pools

SAML = f"arn:aws:iam::{HOME}:saml-provider/partner"
WHOLE: dict[str, Any] = {
    "IdentityPoolName": "visitors",
    "AllowUnauthenticatedIdentities": True,
    "AllowClassicFlow": False,
    "SupportedLoginProviders": {"accounts.google.com": "client"},
    "DeveloperProviderName": "login.example",
    "OpenIdConnectProviderARNs": [ARN],
    "CognitoIdentityProviders": [
        {"ProviderName": f"cognito-idp.{REGION}.amazonaws.com/pool", "ClientId": "client"}
    ],
    "SamlProviderARNs": [SAML],
    "IdentityPoolTags": {"team": "web"},
}
BARE = {"IdentityPoolName": "x", "AllowUnauthenticatedIdentities": False}
BY_ID = [
    ("DescribeIdentityPool", {}),
    ("UpdateIdentityPool", BARE),
    ("DeleteIdentityPool", {}),
    ("GetIdentityPoolRoles", {}),
    ("SetIdentityPoolRoles", {"Roles": {}}),
    ("ListIdentities", {"MaxResults": 1}),
]


def tagged(pool_id: str, account: str = HOME) -> str:
    return f"arn:aws:cognito-identity:{REGION}:{account}:identitypool/{pool_id}"


def test_a_pool_is_what_was_asked_for(pools: Pools) -> None:
    made = pools.ask("CreateIdentityPool", WHOLE)
    pool_id = made["IdentityPoolId"]
    assert pool_id.startswith(f"{REGION}:")
    assert made == {"IdentityPoolId": pool_id, **WHOLE}
    assert pools.ask("DescribeIdentityPool", IdentityPoolId=pool_id) == made
    pool = rules.pool_of(pools.cloud, pool_id)
    assert (pool.pool_id, pool.account, pool.roles, pool.tags) == (
        pool_id,
        HOME,
        {},
        {"team": "web"},
    )
    assert rules.arn_of(pool) == tagged(pool_id)
    assert pools.ask("CreateIdentityPool", WHOLE)["IdentityPoolId"] != pool_id


def test_empty_settings_are_none(pools: Pools) -> None:
    empty: dict[str, Any] = {
        "SupportedLoginProviders": {},
        "OpenIdConnectProviderARNs": [],
        "CognitoIdentityProviders": [],
        "SamlProviderARNs": [],
        "IdentityPoolTags": {},
    }
    made = pools.ask("CreateIdentityPool", BARE | empty)
    del made["IdentityPoolId"]
    assert made == {**BARE, "IdentityPoolTags": {}}


@pytest.mark.parametrize(
    ("settings", "guests", "classic"),
    [
        ({}, False, True),
        ({"AllowUnauthenticatedIdentities": True}, True, True),
        ({"AllowClassicFlow": True}, False, True),
        ({"AllowClassicFlow": False}, False, False),
    ],
)
def test_who_may_come_in_and_how(settings: dict[str, Any], guests: bool, classic: bool) -> None:
    pool = rules.Pool("id", HOME, settings, {}, {})
    assert (pool.guests, pool.classic) == (guests, classic)


@pytest.mark.parametrize("action", ["CreateIdentityPool", "UpdateIdentityPool"])
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"OpenIdConnectProviderARNs": [ARN, ARN.replace(HOME, OTHER)]}, "OpenID Connect"),
        ({"OpenIdConnectProviderARNs": [ARN.replace("oidc", "saml")]}, "OpenID Connect"),
        ({"OpenIdConnectProviderARNs": [f"x{ARN}"]}, "OpenID Connect"),
        ({"OpenIdConnectProviderARNs": [ARN.replace(HOME, HOME[1:])]}, "OpenID Connect"),
        ({"OpenIdConnectProviderARNs": [f"{ARN} x"]}, "OpenID Connect"),
        ({"SamlProviderARNs": [SAML, SAML.replace(HOME, OTHER)]}, "SAML provider"),
        ({"SamlProviderARNs": [ARN]}, "SAML provider"),
        ({"SamlProviderARNs": [f"{SAML}/x"]}, "SAML provider"),
        ({"SamlProviderARNs": [f"{SAML}\u00e9"]}, "SAML provider"),
        ({"CognitoIdentityProviders": [{"ProviderName": "only-half"}]}, "and a client id."),
        ({"CognitoIdentityProviders": [{"ClientId": "half"}]}, "and a client id."),
        ({"IdentityPoolTags": {"aws:team": "x"}}, "reserved for AWS"),
        ({"IdentityPoolTags": {"team": "x", "AWS:team": "x"}}, "reserved for AWS"),
        ({"IdentityPoolTags": {f"k{n}": "" for n in range(51)}}, "at most 50 tags"),
    ],
)
def test_what_no_pool_can_be(pools: Pools, action: str, wrong: dict[str, Any], told: str) -> None:
    pool = pools.made(IdentityPoolTags={"team": "web"})
    given = {**BARE, **wrong}
    if action == "UpdateIdentityPool":
        given["IdentityPoolId"] = pool.pool_id
    error = pools.refused(action, given)
    assert (error.code, told in error.message) == ("InvalidParameterException", True)
    assert list(tables.pools(pools.cloud)) == [pool.pool_id]
    assert rules.pool_of(pools.cloud, pool.pool_id) == pool


def test_what_a_pool_may_just_be(pools: Pools) -> None:
    pools.made(IdentityPoolTags={f"k{n}": "" for n in range(50)})
    pools.made(IdentityPoolTags={"awsome": ""})
    pools.made(OpenIdConnectProviderARNs=[f"{ARN}/path"], SamlProviderARNs=[f"{SAML}_.-1"])


def test_an_update_says_all_but_tags(pools: Pools) -> None:
    pool_id = pools.ask("CreateIdentityPool", WHOLE)["IdentityPoolId"]
    shown = pools.ask("UpdateIdentityPool", BARE, IdentityPoolId=pool_id)
    assert shown == {
        "IdentityPoolId": pool_id,
        **BARE,
        "DeveloperProviderName": "login.example",
        "IdentityPoolTags": {"team": "web"},
    }
    assert pools.ask("DescribeIdentityPool", IdentityPoolId=pool_id) == shown
    shown = pools.ask(
        "UpdateIdentityPool", BARE, IdentityPoolId=pool_id, IdentityPoolTags={"a": "b"}
    )
    assert shown["IdentityPoolTags"] == {"a": "b"}
    shown = pools.ask("UpdateIdentityPool", BARE, IdentityPoolId=pool_id, IdentityPoolTags={})
    assert shown["IdentityPoolTags"] == {}


def test_a_developers_name_is_set_once(pools: Pools) -> None:
    pool_id = pools.made().pool_id
    shown = pools.ask("UpdateIdentityPool", BARE, IdentityPoolId=pool_id)
    assert "DeveloperProviderName" not in shown
    update = {"IdentityPoolId": pool_id, **BARE, "DeveloperProviderName": "login.example"}
    for _ in range(2):
        shown = pools.ask("UpdateIdentityPool", update)
        assert shown["DeveloperProviderName"] == "login.example"
    error = pools.refused("UpdateIdentityPool", {**update, "DeveloperProviderName": "other"})
    assert (error.code, error.message) == (
        "InvalidParameterException",
        "Developer provider name cannot be changed.",
    )
    shown = pools.ask("DescribeIdentityPool", IdentityPoolId=pool_id)
    assert shown["DeveloperProviderName"] == "login.example"


@pytest.mark.parametrize(("action", "more"), BY_ID)
def test_a_pool_of_another_account_or_region_is_none(
    pools: Pools, action: str, more: dict[str, Any]
) -> None:
    pool_id = pools.made().pool_id
    gone = f"{REGION}:00000000-0000-0000-0000-000000000000"
    for wanted, account, region in (
        (gone, HOME, REGION),
        (pool_id, OTHER, REGION),
        (pool_id, HOME, "us-east-1"),
    ):
        given = {"IdentityPoolId": wanted, **more}
        error = pools.refused(action, given, account=account, region=region)
        assert (error.code, error.message) == (
            "ResourceNotFoundException",
            f"IdentityPool '{wanted}' not found.",
        )
    assert pools.code(action, more) == "ValidationException"
    assert pools.code(action, more, IdentityPoolId=pool_id) == ""


def test_tags(pools: Pools) -> None:
    pool_id = pools.made(IdentityPoolTags={"a": "1"}).pool_id
    arn = tagged(pool_id)
    assert pools.ask("TagResource", ResourceArn=arn, Tags={"a": "2", "b": "3"}) == {}
    assert pools.ask("ListTagsForResource", ResourceArn=arn) == {"Tags": {"a": "2", "b": "3"}}
    assert pools.ask("UntagResource", ResourceArn=arn, TagKeys=["a", "never"]) == {}
    assert pools.ask("ListTagsForResource", ResourceArn=arn) == {"Tags": {"b": "3"}}
    error = pools.refused("TagResource", ResourceArn=arn, Tags={"aws:x": "y"})
    assert (error.code, error.message) == (
        "InvalidParameterException",
        "Tag keys that start with aws: are reserved for AWS.",
    )
    # 50 in all, those that are there counted.
    assert pools.code("TagResource", ResourceArn=arn, Tags={f"k{n}": "" for n in range(49)}) == ""
    error = pools.refused("TagResource", ResourceArn=arn, Tags={"more": ""})
    assert error.message == "A resource can have at most 50 tags."
    assert pools.code("TagResource", ResourceArn=arn, Tags={"b": "new"}) == ""


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("TagResource", {"Tags": {"a": "b"}}),
        ("UntagResource", {"TagKeys": ["a"]}),
        ("ListTagsForResource", {}),
    ],
)
def test_tags_of_a_pool_that_is_not_ones_own(
    pools: Pools, action: str, more: dict[str, Any]
) -> None:
    pool_id = pools.made().pool_id
    arn = tagged(pool_id)
    for wrong in (tagged(pool_id, OTHER), arn.replace("cognito-identity", "iam"), f"x{arn}"):
        error = pools.refused(action, more, ResourceArn=wrong)
        assert (error.code, error.message) == (
            "ResourceNotFoundException",
            f"Resource '{wrong}' not found.",
        )
    for account, region in ((OTHER, REGION), (HOME, "us-east-1")):
        error = pools.refused(action, more, ResourceArn=arn, account=account, region=region)
        assert error.code == "ResourceNotFoundException"
    assert pools.code(action, more) == "ValidationException"


def test_pools_of_an_account_and_region_in_pages(pools: Pools) -> None:
    pools.made(account=OTHER)
    pools.made(region="us-east-1")
    own = sorted(pools.made(IdentityPoolName=f"p{n}").pool_id for n in range(3))
    first = pools.ask("ListIdentityPools", MaxResults=2)
    names = {key: held["settings"]["IdentityPoolName"] for key, held in
             tables.pools(pools.cloud).items()}  # fmt: skip
    shown = [{"IdentityPoolId": each, "IdentityPoolName": names[each]} for each in own]
    assert first == {"IdentityPools": shown[:2], "NextToken": own[2]}
    second = pools.ask("ListIdentityPools", MaxResults=2, NextToken=first["NextToken"])
    assert second == {"IdentityPools": shown[2:]}
    assert pools.ask("ListIdentityPools", MaxResults=3) == {"IdentityPools": shown}
    error = pools.refused("ListIdentityPools", MaxResults=2, NextToken="none")
    assert (error.code, error.message) == (
        "InvalidParameterException",
        "Invalid pagination token.",
    )


def test_1000_pools_of_an_account_and_no_more(pools: Pools) -> None:
    table = tables.pools(pools.cloud)
    table.update({f"{REGION}:{n}": {"account": HOME} for n in range(999)})
    pools.made()
    error = pools.refused("CreateIdentityPool", BARE)
    assert (error.code, error.message) == (
        "LimitExceededException",
        "Exceeded the number of identity pools.",
    )
    pools.made(account=OTHER)


def test_a_deleted_pool_takes_its_identities_along(pools: Pools) -> None:
    pool, other = (pools.made(AllowUnauthenticatedIdentities=True) for _ in range(2))
    for each in (pool, other, pool):
        pools.ask("GetId", IdentityPoolId=each.pool_id)
    assert pools.ask("DeleteIdentityPool", IdentityPoolId=pool.pool_id) == {}
    assert [held["pool"] for held in pools.identities().values()] == [other.pool_id]
    assert list(tables.pools(pools.cloud)) == [other.pool_id]


def test_which_calls_are_open(pools: Pools) -> None:
    from rolecall.local import cognito
    from rolecall.local.api import AwsError

    open_ones = ("GetCredentialsForIdentity", "GetId", "GetOpenIdToken")
    assert all(cognito.is_public(each) for each in open_ones)
    closed = ("CreateIdentityPool", "GetOpenIdTokenForDeveloperIdentity", "UnlinkIdentity")
    for action in closed:
        assert not cognito.is_public(action)
        with pytest.raises(AwsError) as caught:
            cognito.handle(pools.call(action, {}), None, pools.cloud)
        assert caught.value.code == "UnknownOperationException"
    assert pools.code("UnlinkIdentity") == "UnknownOperationException"
