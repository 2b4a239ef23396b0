"""GetCredentialsForIdentity: the session that an identity gets, and whom the role refuses."""

import json
from datetime import timedelta
from typing import Any

from rolecall.local.api import AwsError, SessionGrant
from rolecall.local.cognito import scope_down
from rolecall.local.cognito.pools import Pool
from rolecall.policy import PolicyDocument
from tests.local.enforcement.conftest import HOME
from tests.local.gaps.conftest import COGNITO
from tests.local.gaps.pools_here import ARN, NAME, NOW, Pools

WORDS = "Invalid identity pool configuration. Check assigned IAM roles for this pool."


def opened(pools: Pools, reply: dict[str, Any]) -> SessionGrant:
    grant = pools.cloud.sealer.open(reply["Credentials"]["SessionToken"])
    assert grant is not None
    return grant


def misconfigured(pools: Pools, **given: Any) -> str:
    error: AwsError = pools.refused("GetCredentialsForIdentity", given)
    assert (error.code, error.message) == ("InvalidIdentityPoolConfigurationException", WORDS)
    return error.reason


def guests(pools: Pools, **more: Any) -> tuple[Pool, str, str]:
    pool = pools.made(AllowUnauthenticatedIdentities=True)
    role = pools.role("guest", pool.pool_id, **more)
    given = {"IdentityPoolId": pool.pool_id, "Roles": {"unauthenticated": role}}
    pools.ask("SetIdentityPoolRoles", given)
    return pool, role, pools.ask("GetId", IdentityPoolId=pool.pool_id)["IdentityId"]


def members(pools: Pools, *, actions: Any = None, **more: Any) -> tuple[Pool, str]:
    pools.provider()
    pool = pools.made(OpenIdConnectProviderARNs=[ARN], DeveloperProviderName="login.example")
    role = pools.role("member", pool.pool_id, actions, **more)
    given = {"IdentityPoolId": pool.pool_id, "Roles": {"authenticated": role}}
    pools.ask("SetIdentityPoolRoles", given)
    return pool, role


def test_the_session_of_a_guest(pools: Pools) -> None:
    pool, role, identity = guests(pools)
    reply = pools.ask("GetCredentialsForIdentity", IdentityId=identity)
    keys = reply["Credentials"]
    assert (set(reply), reply["IdentityId"]) == ({"IdentityId", "Credentials"}, identity)
    assert set(keys) == {"AccessKeyId", "SecretKey", "SessionToken", "Expiration"}
    assert keys["Expiration"] == (NOW + timedelta(hours=1)).timestamp()
    grant = opened(pools, reply)
    assert (grant.access_key_id, grant.secret_access_key) == (
        keys["AccessKeyId"],
        keys["SecretKey"],
    )
    assert (grant.role_arn, grant.session_name) == (role, "CognitoIdentityCredentials")
    assert grant.federation == {
        f"{COGNITO}:aud": pool.pool_id,
        f"{COGNITO}:sub": identity,
        f"{COGNITO}:amr": ("unauthenticated",),
        "aws:FederatedProvider": COGNITO,
    }
    assert grant.session_policies == scope_down.GUESTS.inline
    assert grant.session_policy_arns == (
        "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy",
    )
    assert (grant.tags, grant.chained) == ({}, False)


def test_what_a_guest_may_do_at_the_most() -> None:
    (text,) = scope_down.GUESTS.inline or ()
    PolicyDocument.parse(text)
    assert ": " not in text
    (statement,) = json.loads(text)["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
    for action in ("s3:*", "dynamodb:*", "translate:*", "sagemaker:InvokeEndpoint"):
        assert action in statement["Action"]
    for action in ("iam:*", "sts:*", "sagemaker:*", "*"):
        assert action not in statement["Action"]
    assert (scope_down.NO_LIMIT.inline, scope_down.NO_LIMIT.arns) == (None, None)


def test_the_session_of_a_user(pools: Pools) -> None:
    pool, role = members(pools)
    identity = pools.ask("GetId", IdentityPoolId=pool.pool_id, Logins=pools.login())["IdentityId"]
    given = {"IdentityId": identity, "Logins": pools.login()}
    grant = opened(pools, pools.ask("GetCredentialsForIdentity", given))
    assert (grant.role_arn, grant.session_policies, grant.session_policy_arns) == (role, None, None)
    assert grant.federation[f"{COGNITO}:amr"] == ("authenticated", NAME, f"{NAME}:app:alice")
    for wrong in ({}, pools.login("ben"), {NAME: "x"}):
        error = pools.refused("GetCredentialsForIdentity", {**given, "Logins": wrong})
        assert error.code == "NotAuthorizedException"


def test_the_session_of_a_developers_user(pools: Pools) -> None:
    pool, _ = members(pools, actions=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"])
    wish = {
        "IdentityPoolId": pool.pool_id,
        "Logins": {"login.example": "u"},
        "PrincipalTags": {"team": "web"},
    }
    made = pools.ask("GetOpenIdTokenForDeveloperIdentity", wish)
    given = {"IdentityId": made["IdentityId"], "Logins": {COGNITO: made["Token"]}}
    grant = opened(pools, pools.ask("GetCredentialsForIdentity", given))
    assert (grant.tags, grant.transitive_tag_keys) == ({"team": "web"}, ())
    assert grant.federation[f"{COGNITO}:amr"] == (
        "authenticated",
        "login.example",
        f"login.example:{pool.pool_id}:u",
    )


def test_tags_need_the_roles_leave(pools: Pools) -> None:
    pool, _ = members(pools)
    wish = {"IdentityPoolId": pool.pool_id, "Logins": {"login.example": "u"}}
    for tags, admitted in (({}, True), ({"team": "web"}, False)):
        made = pools.ask("GetOpenIdTokenForDeveloperIdentity", wish, PrincipalTags=tags)
        given = {"IdentityId": made["IdentityId"], "Logins": {COGNITO: made["Token"]}}
        if admitted:
            pools.ask("GetCredentialsForIdentity", given)
        else:
            assert "TagSession" in misconfigured(pools, **given)


def test_whom_the_role_does_not_trust(pools: Pools) -> None:
    pool, role, identity = guests(pools)
    assert pools.ask("GetCredentialsForIdentity", IdentityId=identity)
    pools.role("other", pools.made().pool_id)
    for arn, told in (
        (role.replace("guest", "other"), "trust"),
        (role.replace("guest", "gone"), f"there is no role {role.replace('guest', 'gone')}"),
    ):
        given = {"IdentityPoolId": pool.pool_id, "Roles": {"unauthenticated": arn}}
        pools.ask("SetIdentityPoolRoles", given)
        assert told in misconfigured(pools, IdentityId=identity)
    pools.ask("SetIdentityPoolRoles", IdentityPoolId=pool.pool_id, Roles={})
    assert misconfigured(pools, IdentityId=identity)


def test_what_the_trust_policy_may_ask(pools: Pools) -> None:
    """The service assumes the role: the time and the role are known, the caller's address not."""
    statements: list[tuple[dict[str, Any], bool]] = [
        ({"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"StringLike": {"sts:RoleSessionName": "CognitoIdentity*"}}, True),
        ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": "unauth*"}}, True),
        ({"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}}, False),
        ({"StringEquals": {"aws:ResourceAccount": HOME}}, True),
    ]
    pool, _, identity = guests(pools)
    for number, (condition, admitted) in enumerate(statements):
        both = {
            "StringEquals": {f"{COGNITO}:aud": pool.pool_id, **condition.get("StringEquals", {})}
        }
        arn = pools.role(f"r{number}", pool.pool_id, None, **{**condition, **both})
        given = {"IdentityPoolId": pool.pool_id, "Roles": {"unauthenticated": arn}}
        pools.ask("SetIdentityPoolRoles", given)
        if admitted:
            assert pools.ask("GetCredentialsForIdentity", IdentityId=identity), condition
        else:
            assert "trust" in misconfigured(pools, IdentityId=identity), condition


def test_a_role_that_the_token_offers(pools: Pools) -> None:
    pool, role = members(pools)
    chosen = pools.role("chosen", pool.pool_id)
    mapping = {ARN: {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}}
    roles = {"IdentityPoolId": pool.pool_id, "Roles": {"authenticated": role}}
    pools.ask("SetIdentityPoolRoles", {**roles, "RoleMappings": mapping})
    logins = pools.login(**{"cognito:roles": [role, chosen]})
    identity = pools.ask("GetId", IdentityPoolId=pool.pool_id, Logins=logins)["IdentityId"]
    given = {"IdentityId": identity, "Logins": logins}
    for wish, expected in (({}, role), ({"CustomRoleArn": chosen}, chosen)):
        reply = pools.ask("GetCredentialsForIdentity", {**given, **wish})
        assert opened(pools, reply).role_arn == expected
    other = {"CustomRoleArn": role.replace("member", "other")}
    error = pools.refused("GetCredentialsForIdentity", {**given, **other})
    assert error.code == "NotAuthorizedException"


def test_an_identity_that_is_not_there(pools: Pools) -> None:
    error = pools.refused("GetCredentialsForIdentity", IdentityId="eu-central-1:0")
    assert error.code == "ResourceNotFoundException"
    assert pools.code("GetCredentialsForIdentity") == "ValidationException"


def test_a_session_that_cannot_start_is_told_as_the_pools_fault(pools: Pools) -> None:
    pool, role, identity = guests(pools)
    found = pools.cloud.directory.moto_role(HOME, "guest")
    assert found is not None
    found.max_session_duration = "900"
    assert "MaxSessionDuration" in misconfigured(pools, IdentityId=identity)
    assert (pool.account, role.endswith("guest")) == (HOME, True)
