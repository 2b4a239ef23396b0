"""Identity pools: made, changed, tagged, given roles, and shown as they are."""

from typing import Any

import pytest

from tests.local.enforcement.conftest import HOME, OTHER, allow, refused
from tests.local.gaps.conftest import REGION, World

OIDC = f"arn:aws:iam::{HOME}:oidc-provider/issuer.example.com"


def test_a_pool_is_what_was_asked_for(world: World) -> None:
    cognito = world.admin("cognito-identity")
    made = cognito.create_identity_pool(
        IdentityPoolName="visitors",
        AllowUnauthenticatedIdentities=True,
        AllowClassicFlow=True,
        SupportedLoginProviders={"accounts.google.com": "client"},
        DeveloperProviderName="login.example",
        OpenIdConnectProviderARNs=[OIDC],
        CognitoIdentityProviders=[
            {"ProviderName": f"cognito-idp.{REGION}.amazonaws.com/pool", "ClientId": "client"}
        ],
        SamlProviderARNs=[f"arn:aws:iam::{HOME}:saml-provider/partner"],
        IdentityPoolTags={"team": "web"},
    )
    del made["ResponseMetadata"]
    shown = cognito.describe_identity_pool(IdentityPoolId=made["IdentityPoolId"])
    del shown["ResponseMetadata"]
    assert shown == made
    assert made["IdentityPoolId"].startswith(f"{REGION}:")
    assert made["AllowClassicFlow"] is True


def test_update_replaces_what_it_says_and_keeps_tags(world: World) -> None:
    cognito = world.admin("cognito-identity")
    pool = world.pool(OpenIdConnectProviderARNs=[OIDC], IdentityPoolTags={"team": "web"})
    cognito.update_identity_pool(
        IdentityPoolId=pool, IdentityPoolName="guests", AllowUnauthenticatedIdentities=True
    )
    shown = cognito.describe_identity_pool(IdentityPoolId=pool)
    assert shown["IdentityPoolName"] == "guests"
    assert shown["AllowUnauthenticatedIdentities"] is True
    assert "OpenIdConnectProviderARNs" not in shown
    assert shown["IdentityPoolTags"] == {"team": "web"}


def test_tags(world: World) -> None:
    cognito = world.admin("cognito-identity")
    pool = world.pool()
    arn = f"arn:aws:cognito-identity:{REGION}:{HOME}:identitypool/{pool}"
    cognito.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    cognito.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert cognito.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}


def test_roles_are_kept_and_what_is_left_out_is_gone(world: World) -> None:
    cognito = world.admin("cognito-identity")
    pool = world.pool()
    role = world.pool_role("visitor", pool, "authenticated")
    assert "Roles" not in cognito.get_identity_pool_roles(IdentityPoolId=pool)
    mappings = {
        OIDC: {
            "Type": "Rules",
            "AmbiguousRoleResolution": "Deny",
            "RulesConfiguration": {
                "Rules": [{"Claim": "team", "MatchType": "Equals", "Value": "web", "RoleARN": role}]
            },
        }
    }
    cognito.set_identity_pool_roles(
        IdentityPoolId=pool, Roles={"authenticated": role}, RoleMappings=mappings
    )
    shown = cognito.get_identity_pool_roles(IdentityPoolId=pool)
    assert (shown["Roles"], shown["RoleMappings"]) == ({"authenticated": role}, mappings)
    cognito.set_identity_pool_roles(IdentityPoolId=pool, Roles={})
    assert "Roles" not in cognito.get_identity_pool_roles(IdentityPoolId=pool)


def test_a_deleted_pool_is_gone_with_its_identities(world: World) -> None:
    cognito = world.admin("cognito-identity")
    pool = world.pool(AllowUnauthenticatedIdentities=True)
    identity = world.stranger("cognito-identity").get_id(IdentityPoolId=pool)["IdentityId"]
    assert cognito.list_identities(IdentityPoolId=pool, MaxResults=10)["Identities"]
    cognito.delete_identity_pool(IdentityPoolId=pool)
    for call, params in (
        (cognito.describe_identity_pool, {"IdentityPoolId": pool}),
        (cognito.delete_identity_pool, {"IdentityPoolId": pool}),
        (cognito.describe_identity, {"IdentityId": identity}),
        (world.stranger("cognito-identity").get_id, {"IdentityPoolId": pool}),
    ):
        assert refused(call, **params).code == "ResourceNotFoundException"


@pytest.mark.parametrize("other", [{"account": OTHER}, {"region_name": "us-east-1"}])
def test_a_pool_of_another_account_or_region(world: World, other: dict[str, str]) -> None:
    pool = world.pool()
    elsewhere = world.admin("cognito-identity", **other)
    assert elsewhere.list_identity_pools(MaxResults=10)["IdentityPools"] == []
    answer = refused(elsewhere.describe_identity_pool, IdentityPoolId=pool)
    assert answer.code == "ResourceNotFoundException"


def test_what_no_pool_can_be(world: World) -> None:
    wrong: list[dict[str, Any]] = [
        {"IdentityPoolName": "with/slash"},
        {"IdentityPoolName": "x" * 129},
        {"OpenIdConnectProviderARNs": [OIDC.replace(HOME, OTHER)]},
        {"SamlProviderARNs": ["arn:aws:iam::1:saml-provider/x"]},
        {"CognitoIdentityProviders": [{"ProviderName": "only-half"}]},
    ]
    create = world.admin("cognito-identity").create_identity_pool
    for each in wrong:
        given = {"IdentityPoolName": "ok", "AllowUnauthenticatedIdentities": False, **each}
        answer = refused(create, **given)
        assert answer.status == 400
        assert answer.code in ("ValidationException", "InvalidParameterException"), each


def test_every_call_needs_its_permission(world: World) -> None:
    mine = world.pool()
    other = world.pool()
    role = world.pool_role("visitor", mine, "authenticated")
    arn = f"arn:aws:cognito-identity:{REGION}:{HOME}:identitypool/{mine}"
    cognito = world.caller(
        "cognito-identity",
        allow("cognito-identity:DescribeIdentityPool", arn),
        allow("cognito-identity:SetIdentityPoolRoles"),
        allow("cognito-identity:CreateIdentityPool"),
    )
    assert cognito.describe_identity_pool(IdentityPoolId=mine)
    for call, params, action in (
        (cognito.describe_identity_pool, {"IdentityPoolId": other}, "DescribeIdentityPool"),
        (cognito.delete_identity_pool, {"IdentityPoolId": mine}, "DeleteIdentityPool"),
        (cognito.list_tags_for_resource, {"ResourceArn": arn}, "ListTagsForResource"),
        (
            cognito.create_identity_pool,
            {
                "IdentityPoolName": "x",
                "AllowUnauthenticatedIdentities": False,
                "IdentityPoolTags": {"a": "b"},
            },
            "TagResource",
        ),
    ):
        answer = refused(call, **params)
        assert (answer.code, f"cognito-identity:{action}" in answer.message) == (
            "AccessDeniedException",
            True,
        )
    answer = refused(
        cognito.set_identity_pool_roles, IdentityPoolId=mine, Roles={"authenticated": role}
    )
    assert "iam:PassRole" in answer.message


def test_passing_the_role_to_cognito_alone(world: World) -> None:
    pool = world.pool()
    role = world.pool_role("visitor", pool, "authenticated")
    passing = allow(
        "iam:PassRole",
        role,
        Condition={"StringEquals": {"iam:PassedToService": "cognito-identity.amazonaws.com"}},
    )
    cognito = world.caller(
        "cognito-identity", allow("cognito-identity:SetIdentityPoolRoles"), passing
    )
    cognito.set_identity_pool_roles(IdentityPoolId=pool, Roles={"authenticated": role})


def test_nothing_answers_with_a_fault(world: World) -> None:
    cognito, pool = world.admin("cognito-identity"), world.pool()
    calls: list[tuple[Any, dict[str, Any]]] = [
        (cognito.list_identity_pools, {"MaxResults": 61}),
        (
            cognito.merge_developer_identities,
            {
                "SourceUserIdentifier": "a",
                "DestinationUserIdentifier": "b",
                "DeveloperProviderName": "d",
                "IdentityPoolId": pool,
            },
        ),
        (
            cognito.get_principal_tag_attribute_map,
            {"IdentityPoolId": pool, "IdentityProviderName": "x"},
        ),
    ]
    for call, params in calls:
        assert refused(call, **params).status == 400
