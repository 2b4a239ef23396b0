"""Identity pools: who may sign in, and which roles Cognito hands out."""

from collections.abc import Callable
from typing import Any

import pytest

from rolecall.issuers.known import keycloak
from rolecall.problems import Problem
from rolecall.trust import CognitoIdentityPool, IamUsers, UnauthenticatedOf
from rolecall_cdktf import AssumableRole, EnvironmentStack, IdentityPool, OidcProvider, SamlProvider
from tests.constructs.issued import Issued

Synth = Callable[[EnvironmentStack], dict[str, Any]]
USERS = {"cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E": ["4abcdefghij"]}


def test_closed_unless_somebody_may_sign_in(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth, issued: Issued
) -> None:
    stack = new_stack(name="pool", account_id="121212121212")
    own = OidcProvider(
        stack, "own", issuer=keycloak("https://pool.example.com", "staff"), client_ids=["app"]
    )
    acme = SamlProvider(stack, "acme", metadata=issued.metadata())
    IdentityPool(
        stack,
        "app",
        user_pool_clients=USERS,
        oidc_providers=[own, OidcProvider.from_url("https://other.example.com")],
        saml_providers=[acme, SamlProvider.from_name("shared")],
        login_providers={"accounts.google.com": "1.apps.googleusercontent.com"},
        developer_provider_name="login.acme",
        tags={"team": "x"},
    )
    found = synthesized(stack)
    arn = "arn:aws:iam::121212121212"
    assert found["resource"]["aws_cognito_identity_pool"] == {
        "app": {
            "identity_pool_name": "pool-app",
            "allow_unauthenticated_identities": False,
            "allow_classic_flow": False,
            "cognito_identity_providers": [
                {
                    "provider_name": next(iter(USERS)),
                    "client_id": "4abcdefghij",
                    # Who has signed out or is deleted gets nothing any more.
                    "server_side_token_check": True,
                }
            ],
            "openid_connect_provider_arns": [
                f"{arn}:oidc-provider/pool.example.com/realms/staff",
                f"{arn}:oidc-provider/other.example.com",
            ],
            "saml_provider_arns": [
                f"{arn}:saml-provider/pool-acme",
                f"{arn}:saml-provider/shared",
            ],
            "supported_login_providers": {"accounts.google.com": "1.apps.googleusercontent.com"},
            "developer_provider_name": "login.acme",
            "depends_on": ["aws_iam_openid_connect_provider.own", "aws_iam_saml_provider.acme"],
            "tags": {"team": "x"},
        }
    }
    assert found["output"]["identity_pool_ids"]["value"] == {
        "pool-app": "${aws_cognito_identity_pool.app.id}"
    }


def test_roles_are_attached_in_letters(stack: EnvironmentStack, synthesized: Synth) -> None:
    pool = IdentityPool(
        stack,
        "app",
        name="My app",
        user_pool_clients=USERS,
        UNSAFE_unauthenticated_identities=True,
    )
    user = AssumableRole(stack, "user", trusted_entities=[CognitoIdentityPool(pool)])
    guest = AssumableRole(stack, "guest", trusted_entities=[UnauthenticatedOf(pool.pool_id)])
    with pytest.raises(Problem, match=r"not trust authenticated .* CognitoIdentityPool\(pool\)"):
        pool.attach_roles(authenticated=guest)
    with pytest.raises(Problem, match=r"not trust unauthenticated .* UnauthenticatedOf\(pool\)"):
        pool.attach_roles(unauthenticated=user)
    pool.attach_roles(authenticated=user, unauthenticated=guest)
    found = synthesized(stack)["resource"]
    assert found["aws_cognito_identity_pool"]["app"]["allow_unauthenticated_identities"] is True
    assert found["aws_cognito_identity_pool"]["app"]["identity_pool_name"] == "My app"
    [attached] = found["aws_cognito_identity_pool_roles_attachment"].values()
    assert attached == {
        "identity_pool_id": "${aws_cognito_identity_pool.app.id}",
        "roles": {"authenticated": user.role_arn, "unauthenticated": guest.role_arn},
        "depends_on": ["aws_iam_role.user", "aws_iam_role.guest"],
    }
    with pytest.raises(Problem, match="attach_roles is called once"):
        pool.attach_roles(authenticated=user)


def test_only_roles_that_fit_are_attached(
    stack: EnvironmentStack, new_stack: Callable[..., EnvironmentStack]
) -> None:
    pool = IdentityPool(stack, "app", user_pool_clients=USERS)
    other = IdentityPool(stack, "other", user_pool_clients=USERS)
    ours = AssumableRole(stack, "ours", trusted_entities=[CognitoIdentityPool(pool)])
    alien = AssumableRole(stack, "alien", trusted_entities=[IamUsers("999999999999", ["alice"])])
    away = AssumableRole(
        new_stack(account_id="222222222222"),
        "away",
        trusted_entities=[IamUsers("999999999999", ["alice"])],
    )
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "attach_roles is called once, with authenticated"),
        ({"unauthenticated": ours}, "write UNSAFE_unauthenticated_identities=True"),
        ({"authenticated": alien}, r"does not trust authenticated identities of this pool"),
        ({"authenticated": away}, "is of account 222222222222"),
        ({"authenticated": "deployer"}, "'deployer'; write an AssumableRole, or an ARN"),
        ({"authenticated": 5}, "authenticated is 5; write an AssumableRole"),
        ({"authenticated": "arn:aws:iam::222222222222:role/x"}, "is of account 222222222222"),
    ]
    for options, fix in refused:
        with pytest.raises(Problem, match=fix) as refusal:
            pool.attach_roles(**options)
        assert str(refusal.value).startswith('The identity pool "app": ')
    with pytest.raises(Problem, match="does not trust authenticated identities of this pool"):
        other.attach_roles(authenticated=ours)
    pool.attach_roles(authenticated="arn:aws:iam::111111111111:role/team/x")
    other.attach_roles(authenticated="${aws_iam_role.x.arn}")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({}, "nobody could sign in; write user_pool_clients, oidc_providers"),
    "a name": ({"name": "a/b"}, "1 to 128 letters, digits, spaces"),
    "a flag": ({"UNSAFE_unauthenticated_identities": "no"}, "write True or False"),
    "classic": ({"classic_flow": 1}, "classic_flow is 1; write True or False"),
    "clients as a list": ({"user_pool_clients": []}, "write a mapping"),
    "clients as text": ({"user_pool_clients": {next(iter(USERS)): "x"}}, r"write \['x'\]"),
    "no pool": ({"user_pool_clients": {"eu-central-1_Ab": ["x"]}}, "which is no user pool"),
    "no client": ({"user_pool_clients": {next(iter(USERS)): ["a b"]}}, "no client id"),
    "a client twice": ({"user_pool_clients": {next(iter(USERS)): ["a", "a"]}}, "written twice"),
    "an issuer": ({"oidc_providers": ["github"]}, r"write an OidcProvider, or OidcP"),
    "a provider": (
        {"oidc_providers": OidcProvider.from_url("https://x.example.com")},
        "write a list",
    ),
    "one twice": (
        {"oidc_providers": [OidcProvider.from_url("https://x.example.com")] * 2},
        "is listed twice",
    ),
    "of another account": (
        {
            "oidc_providers": [
                OidcProvider.from_arn("arn:aws:iam::222222222222:oidc-provider/x.example.com")
            ]
        },
        "is of account 222222222222",
    ),
    "saml": ({"saml_providers": [5]}, "saml_providers holds 5; write a SamlProvider"),
    "login": ({"login_providers": {"accounts.google.com": 5}}, "'accounts.google.com': 5; write"),
    "login name": ({"login_providers": {"Google": "x"}}, "'Google': 'x'; write"),
    "logins": (
        {"login_providers": {f"l{n}.example": "x" for n in range(11)}},
        "11 login_providers; Cognito takes ten",
    ),
    "developer": ({"developer_provider_name": "a b"}, "cannot name a developer provider"),
    "tags": ({"login_providers": {"a.example": "x"}, "tags": {"": "x"}}, "not a tag key"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_fix(case: str, stack: EnvironmentStack, synthesized: Synth) -> None:
    options, fix = REFUSED[case]
    with pytest.raises(Problem, match=fix) as refusal:
        IdentityPool(stack, "app", **options)
    assert str(refusal.value).startswith('The identity pool "app": ')
    assert "resource" not in synthesized(stack)
