"""From an identity pool to AWS: who is let in, as whom, and what guests may do at the most."""

import base64
import json
from typing import Any

import pytest

import rolecall.local.gaps  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.api import AwsError
from rolecall.local.cognito.roles import _of_token
from tests.local.enforcement.conftest import HOME, OTHER, allow, policy, refused
from tests.local.gaps.conftest import COGNITO, REGION, World

ISSUER = "https://issuer.example.com"
NAME = "issuer.example.com"
ARN = f"arn:aws:iam::{HOME}:oidc-provider/{NAME}"
POOL_ISSUER = f"cognito-idp.{REGION}.amazonaws.com/{REGION}_abc"


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def guests(world: World, **more: Any) -> str:
    pool = world.pool(AllowUnauthenticatedIdentities=True, **more)
    role = world.pool_role(
        "guest", pool, "unauthenticated", allow(["s3:ListAllMyBuckets", "iam:ListUsers"])
    )
    world.admin("cognito-identity").set_identity_pool_roles(
        IdentityPoolId=pool, Roles={"unauthenticated": role}
    )
    return pool


def members(world: World, *statements: Any, **more: Any) -> str:
    """A pool for the users of an OIDC provider of the account."""
    world.admin("iam").create_open_id_connect_provider(Url=ISSUER, ClientIDList=["app"])
    pool = world.pool(OpenIdConnectProviderARNs=[ARN], **more)
    role = world.pool_role("member", pool, "authenticated", *statements)
    world.admin("cognito-identity").set_identity_pool_roles(
        IdentityPoolId=pool, Roles={"authenticated": role}
    )
    return pool


def login(world: World, user: str = "alice", **more: Any) -> dict[str, str]:
    told = {"sub": user, "aud": "app", **more}
    return {NAME: world.token(ISSUER, **told)}


def test_a_guest_without_any_credentials(world: World) -> None:
    pool = guests(world)
    cognito = world.stranger("cognito-identity")
    identity = cognito.get_id(IdentityPoolId=pool)["IdentityId"]
    got = cognito.get_credentials_for_identity(IdentityId=identity)
    assert got["IdentityId"] == identity
    assert world.who(got["Credentials"]) == (
        f"arn:aws:sts::{HOME}:assumed-role/guest/CognitoIdentityCredentials"
    )
    assert world.session("s3", got["Credentials"]).list_buckets()


def test_a_guest_may_do_no_more_than_cognito_allows_guests(world: World) -> None:
    """The role allows iam:ListUsers; Cognito's own session policies do not."""
    pool = guests(world, AllowClassicFlow=True)
    cognito = world.stranger("cognito-identity")
    identity = cognito.get_id(IdentityPoolId=pool)["IdentityId"]
    enhanced = cognito.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    assert refused(world.session("iam", enhanced).list_users).code == "AccessDenied"
    token = cognito.get_open_id_token(IdentityId=identity)["Token"]
    basic = world.stranger("sts").assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{HOME}:role/guest",
        RoleSessionName="basic",
        WebIdentityToken=token,
    )["Credentials"]
    assert world.session("iam", basic).list_users()


def test_no_guests_where_the_pool_has_none(world: World) -> None:
    pool = guests(world, AllowClassicFlow=True)
    cognito = world.stranger("cognito-identity")
    identity = cognito.get_id(IdentityPoolId=pool)["IdentityId"]
    world.admin("cognito-identity").update_identity_pool(
        IdentityPoolId=pool,
        IdentityPoolName="closed",
        AllowUnauthenticatedIdentities=False,
        AllowClassicFlow=True,
    )
    for call, params in (
        (cognito.get_id, {"IdentityPoolId": pool}),
        (cognito.get_open_id_token, {"IdentityId": identity}),
        (cognito.get_credentials_for_identity, {"IdentityId": identity}),
    ):
        answer = refused(call, **params)
        assert (answer.code, answer.status) == ("NotAuthorizedException", 400)
        assert answer.message == "Unauthenticated access is not supported for this identity pool."


def test_the_token_of_a_guest(world: World) -> None:
    pool = guests(world, AllowClassicFlow=True)
    cognito = world.stranger("cognito-identity")
    identity = cognito.get_id(IdentityPoolId=pool)["IdentityId"]
    told = claims(cognito.get_open_id_token(IdentityId=identity)["Token"])
    assert (told["iss"], told["aud"], told["sub"]) == (f"https://{COGNITO}", pool, identity)
    assert told["amr"] == ["unauthenticated"]
    assert told["exp"] - told["iat"] == 600


def test_the_basic_flow_is_closed_unless_the_pool_opens_it(world: World) -> None:
    pool = guests(world)
    cognito = world.stranger("cognito-identity")
    identity = cognito.get_id(IdentityPoolId=pool)["IdentityId"]
    answer = refused(cognito.get_open_id_token, IdentityId=identity)
    assert answer.code == "InvalidParameterException"
    assert answer.message == "Basic (classic) flow is not enabled, please use enhanced flow."


def test_a_login_is_known_again(world: World) -> None:
    pool = members(world)
    cognito = world.stranger("cognito-identity")
    alice = cognito.get_id(IdentityPoolId=pool, Logins=login(world))["IdentityId"]
    assert cognito.get_id(IdentityPoolId=pool, Logins=login(world))["IdentityId"] == alice
    assert cognito.get_id(IdentityPoolId=pool, Logins=login(world, "bob"))["IdentityId"] != alice
    got = cognito.get_credentials_for_identity(IdentityId=alice, Logins=login(world))
    assert world.who(got["Credentials"]).endswith("assumed-role/member/CognitoIdentityCredentials")


def test_the_token_of_a_member(world: World) -> None:
    pool = members(world, AllowClassicFlow=True)
    cognito = world.stranger("cognito-identity")
    identity = cognito.get_id(IdentityPoolId=pool, Logins=login(world))["IdentityId"]
    token = cognito.get_open_id_token(IdentityId=identity, Logins=login(world))["Token"]
    assert claims(token)["amr"] == ["authenticated", NAME, f"{NAME}:app:alice"]


def test_only_who_logs_in_uses_an_identity_that_has_logins(world: World) -> None:
    pool = members(world, AllowUnauthenticatedIdentities=True)
    cognito = world.stranger("cognito-identity")
    alice = cognito.get_id(IdentityPoolId=pool, Logins=login(world))["IdentityId"]
    for params in ({}, {"Logins": login(world, "bob")}):
        answer = refused(cognito.get_credentials_for_identity, IdentityId=alice, **params)
        assert answer.code in ("NotAuthorizedException", "ResourceConflictException")


def test_a_guest_who_logs_in_keeps_his_identity(world: World) -> None:
    pool = members(world, AllowUnauthenticatedIdentities=True)
    cognito = world.stranger("cognito-identity")
    guest = cognito.get_id(IdentityPoolId=pool)["IdentityId"]
    assert cognito.get_credentials_for_identity(IdentityId=guest, Logins=login(world))
    assert cognito.get_id(IdentityPoolId=pool, Logins=login(world))["IdentityId"] == guest
    answer = refused(cognito.get_credentials_for_identity, IdentityId=guest)
    assert answer.code == "NotAuthorizedException"


def test_a_token_that_is_not_good(world: World) -> None:
    pool = members(world, AllowUnauthenticatedIdentities=True)
    cognito = world.stranger("cognito-identity")
    wrong: list[dict[str, Any]] = [
        {"aud": "another-app"},
        {"exp": 1000},
        {"iss": "https://other.example.com"},
        {"sub": ""},
        {"nbf": 4102444800},
    ]
    for claim in wrong:
        answer = refused(cognito.get_id, IdentityPoolId=pool, Logins=login(world, **claim))
        assert (answer.code, answer.status) == ("NotAuthorizedException", 400), claim


def test_a_token_that_somebody_altered_or_did_not_sign(world: World) -> None:
    pool = members(world)
    head, body, signature = login(world)[NAME].split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    mallory = login(world, "mallory")[NAME].split(".")[1]
    other = world.token("https://other.example.com", iss=ISSUER, sub="alice", aud="app")
    for token in (f"{head}.{mallory}.{signature}", f"{none}.{body}.", other, "garbage", "a.b.c"):
        answer = refused(
            world.stranger("cognito-identity").get_id, IdentityPoolId=pool, Logins={NAME: token}
        )
        assert answer.code == "NotAuthorizedException"
        assert token not in repr(answer)


def test_a_login_that_the_pool_does_not_take(world: World) -> None:
    pool = members(world, SupportedLoginProviders={"graph.facebook.com": "1"})
    cognito = world.stranger("cognito-identity")
    for name in ("graph.facebook.com", "www.amazon.com", "other.example.com"):
        answer = refused(cognito.get_id, IdentityPoolId=pool, Logins={name: "x" * 40})
        assert answer.message == "Token is not from a supported provider of this identity pool."


def test_a_provider_that_iam_no_longer_has(world: World) -> None:
    pool = members(world)
    world.admin("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=ARN)
    answer = refused(
        world.stranger("cognito-identity").get_id, IdentityPoolId=pool, Logins=login(world)
    )
    assert answer.code == "NotAuthorizedException"


def test_users_of_a_user_pool_and_of_google(world: World) -> None:
    pool = world.pool(
        CognitoIdentityProviders=[{"ProviderName": POOL_ISSUER, "ClientId": "client"}],
        SupportedLoginProviders={"accounts.google.com": "google-client"},
    )
    cognito = world.stranger("cognito-identity")
    user = {"sub": "u-1", "aud": "client"}
    access = world.token(f"https://{POOL_ISSUER}", **user, token_use="access")
    assert refused(cognito.get_id, IdentityPoolId=pool, Logins={POOL_ISSUER: access})
    identity = world.token(f"https://{POOL_ISSUER}", **user, token_use="id")
    assert cognito.get_id(IdentityPoolId=pool, Logins={POOL_ISSUER: identity})
    google = world.token("https://accounts.google.com", sub="g-1", aud="google-client")
    assert cognito.get_id(IdentityPoolId=pool, Logins={"accounts.google.com": google})


CONDITIONS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"StringEquals": {f"{COGNITO}:aud": f"{REGION}:another"}}, False),
    ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}, True),
    ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": NAME}}, True),
    ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": "unauthenticated"}}, False),
    ({"StringNotEquals": {f"{COGNITO}:sub": f"{REGION}:another"}}, True),
]


def test_both_flows_ask_the_same_trust_policy(world: World) -> None:
    pool = members(world, AllowClassicFlow=True)
    cognito, logins = world.stranger("cognito-identity"), login(world)
    sts, iam = world.stranger("sts"), world.admin("iam")
    identity = cognito.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    basic = {
        "RoleArn": f"arn:aws:iam::{HOME}:role/member",
        "RoleSessionName": "basic",
        "WebIdentityToken": cognito.get_open_id_token(IdentityId=identity, Logins=logins)["Token"],
    }
    enhanced = {"IdentityId": identity, "Logins": logins}
    for condition, allowed in CONDITIONS:
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": COGNITO},
            "Action": "sts:AssumeRoleWithWebIdentity",
            # IAM refuses a role for Cognito without a condition on the audience.
            "Condition": {"StringEquals": {f"{COGNITO}:aud": pool}, **condition},
        }
        iam.update_assume_role_policy(RoleName="member", PolicyDocument=policy(statement))
        if allowed:
            assert sts.assume_role_with_web_identity(**basic), condition
            assert cognito.get_credentials_for_identity(**enhanced), condition
        else:
            answer = refused(sts.assume_role_with_web_identity, **basic)
            assert answer.code == "AccessDenied", condition
            answer = refused(cognito.get_credentials_for_identity, **enhanced)
            assert answer.code == "InvalidIdentityPoolConfigurationException", condition
            assert "trust" in answer.reason


def test_a_pool_without_a_role_or_with_one_that_is_gone(world: World) -> None:
    pool = members(world)
    cognito, logins = world.stranger("cognito-identity"), login(world)
    identity = cognito.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    admin = world.admin("cognito-identity")
    for roles in ({}, {"authenticated": f"arn:aws:iam::{HOME}:role/gone"}):
        admin.set_identity_pool_roles(IdentityPoolId=pool, Roles=roles)
        answer = refused(cognito.get_credentials_for_identity, IdentityId=identity, Logins=logins)
        assert answer.code == "InvalidIdentityPoolConfigurationException"


def test_rules_choose_the_role(world: World) -> None:
    pool = members(world)
    editor = world.pool_role("editor", pool, "authenticated")
    cognito, admin = world.stranger("cognito-identity"), world.admin("cognito-identity")
    rule = {"Claim": "team", "MatchType": "Equals", "Value": "web", "RoleARN": editor}
    cases: list[tuple[dict[str, str], str, str | None]] = [
        ({"team": "web"}, "Deny", "editor"),
        ({"team": "sales"}, "AuthenticatedRole", "member"),
        ({"team": "sales"}, "Deny", None),
        ({}, "Deny", None),
    ]
    for claim, ambiguous, role in cases:
        mapping = {
            "Type": "Rules",
            "AmbiguousRoleResolution": ambiguous,
            "RulesConfiguration": {"Rules": [rule]},
        }
        admin.set_identity_pool_roles(
            IdentityPoolId=pool,
            Roles={"authenticated": f"arn:aws:iam::{HOME}:role/member"},
            RoleMappings={ARN: mapping},
        )
        logins = login(world, **claim)
        identity = cognito.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
        wish = {"IdentityId": identity, "Logins": logins}
        if role is None:
            answer = refused(cognito.get_credentials_for_identity, **wish)
            assert answer.code == "NotAuthorizedException", claim
        else:
            got = cognito.get_credentials_for_identity(**wish)
            assert f"assumed-role/{role}/" in world.who(got["Credentials"])


def test_a_developer_vouches_for_a_user(world: World) -> None:
    pool = world.pool(DeveloperProviderName="login.example")
    role = world.pool_role("member", pool, "login.example")
    admin = world.admin("cognito-identity")
    admin.set_identity_pool_roles(IdentityPoolId=pool, Roles={"authenticated": role})
    wish = {"IdentityPoolId": pool, "Logins": {"login.example": "user-7"}}
    without = world.caller("cognito-identity")
    answer = refused(without.get_open_id_token_for_developer_identity, **wish)
    assert answer.code == "AccessDeniedException"
    stranger = world.stranger("cognito-identity")
    made = admin.get_open_id_token_for_developer_identity(**wish)
    again = admin.get_open_id_token_for_developer_identity(**wish)
    assert made["IdentityId"] == again["IdentityId"]
    got = stranger.get_credentials_for_identity(
        IdentityId=made["IdentityId"], Logins={COGNITO: made["Token"]}
    )
    assert "assumed-role/member/" in world.who(got["Credentials"])


def test_a_developers_token_is_for_its_identity_and_pool_alone(world: World) -> None:
    one = world.pool(DeveloperProviderName="login.example")
    two = world.pool(DeveloperProviderName="login.example")
    admin, stranger = world.admin("cognito-identity"), world.stranger("cognito-identity")
    made = {
        (pool, user): admin.get_open_id_token_for_developer_identity(
            IdentityPoolId=pool, Logins={"login.example": user}
        )
        for pool in (one, two)
        for user in ("a", "b")
    }
    for other in ((one, "b"), (two, "a")):
        answer = refused(
            stranger.get_credentials_for_identity,
            IdentityId=made[one, "a"]["IdentityId"],
            Logins={COGNITO: made[other]["Token"]},
        )
        assert answer.code == "NotAuthorizedException"


def test_a_token_of_the_pool_makes_no_further_tokens(world: World) -> None:
    pool = world.pool(DeveloperProviderName="login.example", AllowClassicFlow=True)
    made = world.admin("cognito-identity").get_open_id_token_for_developer_identity(
        IdentityPoolId=pool, Logins={"login.example": "u"}
    )
    stranger, logins = world.stranger("cognito-identity"), {COGNITO: made["Token"]}
    for call, params in (
        (stranger.get_id, {"IdentityPoolId": pool}),
        (stranger.get_open_id_token, {"IdentityId": made["IdentityId"]}),
    ):
        assert refused(call, **params, Logins=logins).code == "NotAuthorizedException"


def test_session_tags_of_a_developer_need_tag_session(world: World) -> None:
    pool = world.pool(DeveloperProviderName="login.example")
    role = world.pool_role("member", pool, "authenticated")
    admin, stranger = world.admin("cognito-identity"), world.stranger("cognito-identity")
    admin.set_identity_pool_roles(IdentityPoolId=pool, Roles={"authenticated": role})
    made = admin.get_open_id_token_for_developer_identity(
        IdentityPoolId=pool, Logins={"login.example": "u"}, PrincipalTags={"team": "web"}
    )
    wish = {"IdentityId": made["IdentityId"], "Logins": {COGNITO: made["Token"]}}
    assert refused(stranger.get_credentials_for_identity, **wish)
    iam = world.admin("iam")
    document = iam.get_role(RoleName="member")["Role"]["AssumeRolePolicyDocument"]
    document["Statement"][0]["Action"] = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
    iam.update_assume_role_policy(RoleName="member", PolicyDocument=json.dumps(document))
    assert stranger.get_credentials_for_identity(**wish)


def test_nothing_else_is_open_to_strangers(world: World) -> None:
    cognito, pool = world.stranger("cognito-identity"), f"{REGION}:0"
    calls: list[tuple[Any, dict[str, Any]]] = [
        (cognito.describe_identity_pool, {"IdentityPoolId": pool}),
        (cognito.list_identity_pools, {"MaxResults": 1}),
        (cognito.delete_identity_pool, {"IdentityPoolId": pool}),
        (
            cognito.get_open_id_token_for_developer_identity,
            {"IdentityPoolId": pool, "Logins": {"a": "b"}},
        ),
        (cognito.unlink_identity, {"IdentityId": pool, "Logins": {}, "LoginsToRemove": []}),
    ]
    for call, params in calls:
        assert refused(call, **params).code == "MissingAuthenticationTokenException"


def test_an_identity_pool_of_another_account_stays_its_own(world: World) -> None:
    """AccountId in GetId is AWS's old way to say whose pool it is."""
    pool = guests(world)
    answer = refused(
        world.stranger("cognito-identity").get_id, IdentityPoolId=pool, AccountId=OTHER
    )
    assert answer.code == "ResourceNotFoundException"


def test_the_role_that_a_user_pool_prefers() -> None:
    one, two = (f"arn:aws:iam::{HOME}:role/{name}" for name in ("one", "two"))
    both = {"cognito:roles": [one, two]}
    assert _of_token({**both, "cognito:preferred_role": two}, None) == two
    assert _of_token(both, None) is None
    assert _of_token({**both, "cognito:preferred_role": ""}, None) is None
    assert _of_token({"cognito:roles": [one]}, None) == one
    assert _of_token(both, one) == one
    for told, wish in ((both, f"{one}s"), ({}, one), ({"cognito:roles": one}, one)):
        with pytest.raises(AwsError):
            _of_token(told, wish)
