"""Tokens of people who signed in to an application."""

import uuid
from collections.abc import Sequence
from typing import Any

from tests.idp.shapes.common import Claims, iso, made, new_uuid, seconds_of, stable_uuid

KEYCLOAK_REALM = "https://keycloak.rolecall.test/realms/acme"
AUTH0 = "https://acme.eu.auth0.com/"


def keycloak(
    *,
    client: str = "aws-console",
    user: str = "alice",
    roles: Sequence[str] = ("developers",),
    issuer: str = KEYCLOAK_REALM,
    seconds: int = 300,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The ID token that a client of a realm gets: `aud` and `azp` are the client's ID.

    Source: "Server Administration Guide", Keycloak: OIDC token and SAML assertion mappings.
    """
    start = seconds_of(now)
    name = user.title()
    return made(
        claims,
        exp=start + seconds,
        iat=start,
        auth_time=start,
        jti=f"onrtac:{new_uuid()}",
        iss=issuer,
        aud=client,
        sub=stable_uuid(user),
        typ="ID",
        azp=client,
        sid=new_uuid(),
        at_hash="PV5sZIXQfHbTYmLMTlwvCA",
        acr="1",
        email_verified=True,
        realm_access={"roles": ["default-roles-acme", *roles]},
        name=f"{name} Example",
        preferred_username=user,
        given_name=name,
        family_name="Example",
        email=f"{user}@rolecall.test",
    )


def keycloak_access(
    *,
    client: str = "aws-console",
    audience: str | Sequence[str] = "account",
    user: str = "alice",
    issuer: str = KEYCLOAK_REALM,
    seconds: int = 300,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The access token of the same sign-in: `azp` is the client, `aud` the resource servers."""
    said = keycloak(client=client, user=user, issuer=issuer, seconds=seconds, now=now)
    del said["at_hash"]
    said |= {
        "typ": "Bearer",
        "aud": audience,
        "allowed-origins": ["https://console.rolecall.test"],
        "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}},
        "scope": "openid profile email",
    }
    return made(claims, **said)


def auth0(
    *,
    client: str = "tmGcN9fKqZ3wXyB7",
    user: str = "auth0|5f7c8ec7c33c6c004bbafe82",
    issuer: str = AUTH0,
    seconds: int = 36000,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """The ID token of an Auth0 application; `iss` ends in a slash.

    Source: "ID Token Structure", Auth0 Docs.
    """
    start = seconds_of(now)
    return made(
        claims,
        nickname="alice",
        name="Alice Example",
        picture="https://acme.eu.auth0.com/avatars/al.png",
        updated_at=iso(start),
        email="alice@rolecall.test",
        email_verified=True,
        iss=issuer,
        aud=client,
        sub=user,
        iat=start,
        exp=start + seconds,
        sid=uuid.uuid4().hex,
        nonce="Zm9yLXRoZS10ZXN0cw",
    )
