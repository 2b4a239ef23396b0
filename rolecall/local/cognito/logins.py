"""Logins: tokens of the providers that a pool trusts, verified, and what they say.

Only OpenID Connect tokens can be verified here: of IAM OIDC providers, Cognito user
pools, Google, and the pool's own tokens for developer identities. Access tokens of
Facebook, Amazon, Twitter and SAML assertions are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from rolecall.local.api import AwsError
from rolecall.local.cognito import tables
from rolecall.local.cognito.pools import Pool
from rolecall.local.gaps.tokens import TokenRefused, Verified, verify

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: Who signs the tokens of identity pools.
ISSUER = "https://cognito-identity.amazonaws.com"
#: The login under which a token of GetOpenIdTokenForDeveloperIdentity is handed back.
OWN = "cognito-identity.amazonaws.com"
_GOOGLE = "accounts.google.com"


@dataclass(frozen=True, slots=True)
class Login:
    """One verified login.

    `provider` and `user` identify who it is, `amr` is how the identity's token tells it,
    `mapping_key` is what the provider is called in role mappings. `carried` are claims
    that go on into the identity's token. `identity_id` is set by a token that names its
    identity.
    """

    provider: str
    user: str
    amr: tuple[str, ...]
    mapping_key: str
    claims: Mapping[str, Any] = field(default_factory=dict, hash=False)
    carried: Mapping[str, Any] = field(default_factory=dict, hash=False)
    identity_id: str | None = None

    @classmethod
    def of_developer(cls, provider: str, pool_id: str, user: str) -> "Login":
        """A user that the developer vouches for by signing the call."""
        return cls(provider, user, (provider, f"{provider}:{pool_id}:{user}"), provider)


def amr_of(logins: Sequence[Login]) -> list[str]:
    """The `amr` of a token ("Role trust and permissions", developer guide)."""
    if not logins:
        return ["unauthenticated"]
    told = ["authenticated"]
    for login in logins:
        told.extend(each for each in login.amr if each not in told)
    return told


def verified(
    cloud: "Cloud", pool: Pool, tokens: Mapping[str, str], own_for: str | None = None
) -> Sequence[Login]:
    """The logins of a call; every one of them must be good.

    `own_for` is the identity that a token of the pool itself may be for. Without it such
    tokens are refused: who could turn one into the next would never have to log in again.

    Raises:
        AwsError: NotAuthorizedException.
    """
    if OWN in tokens and len(tokens) > 1:
        raise _not_authorized("Invalid login token.", "a token of the pool itself comes alone")
    return tuple(_verified(cloud, pool, name, token, own_for) for name, token in tokens.items())


def _verified(cloud: "Cloud", pool: Pool, name: str, token: str, own_for: str | None) -> Login:
    if name == OWN and own_for is not None:
        return _own_token(cloud, pool, token, own_for)
    if name == _GOOGLE and (client := pool.settings.get("SupportedLoginProviders", {}).get(name)):
        who = _verify(cloud, token, f"https://{_GOOGLE}", (client,), written_as=(_GOOGLE,))
        return _login(name, who, f"{who.audience}:{who.subject}", name)
    clients = tuple(
        each["ClientId"]
        for each in pool.settings.get("CognitoIdentityProviders", ())
        if each["ProviderName"] == name
    )
    if clients:
        return _user_pool(cloud, name, token, clients)
    arn = f"arn:aws:iam::{pool.account}:oidc-provider/{name}"
    if arn in pool.settings.get("OpenIdConnectProviderARNs", ()):
        return _open_id_connect(cloud, pool, name, token, arn)
    raise _not_authorized(
        "Token is not from a supported provider of this identity pool.",
        f"the pool has no OpenID Connect provider {name} (other kinds are not verified here)",
    )


def _own_token(cloud: "Cloud", pool: Pool, token: str, identity_id: str) -> Login:
    """A token of this pool, for the identity that it names."""
    who = _verify(cloud, token, ISSUER, (pool.pool_id,))
    amr = who.claims.get("amr")
    told = [each for each in amr if isinstance(each, str)] if isinstance(amr, list) else []
    if told[:1] != ["authenticated"] or identity_id != who.subject:
        raise _not_authorized("Invalid login token.", "the token is of another identity")
    held = tables.identities(cloud).get(who.subject)
    if held is None or held["pool"] != pool.pool_id:
        raise _not_authorized("Invalid login token.", "the token's identity does not exist")
    return Login(OWN, who.subject, tuple(told[1:]), OWN, who.claims, who.claims, who.subject)


def _user_pool(cloud: "Cloud", name: str, token: str, clients: tuple[str, ...]) -> Login:
    who = _verify(cloud, token, f"https://{name}", clients)
    if who.claims.get("token_use") != "id":
        raise _not_authorized("Invalid login token. Not a valid OpenId Connect identity token.")
    # In role mappings a user pool is named with its client (SetIdentityPoolRoles).
    return _login(name, who, f"CognitoSignIn:{who.subject}", f"{name}:{who.audience}")


def _open_id_connect(cloud: "Cloud", pool: Pool, name: str, token: str, arn: str) -> Login:
    provider: Any = iam_backends[pool.account]["aws"].open_id_providers.get(arn)
    if provider is None:
        raise _not_authorized(
            "Token is not from a supported provider of this identity pool.",
            f"IAM has no provider {arn}",
        )
    who = _verify(cloud, token, f"https://{name}", tuple(provider.client_id_list))
    return _login(name, who, f"{who.audience}:{who.subject}", arn)


def _login(name: str, who: Verified, detail: str, mapping_key: str) -> Login:
    return Login(name, who.subject, (name, f"{name}:{detail}"), mapping_key, who.claims)


def _verify(
    cloud: "Cloud",
    token: str,
    issuer: str,
    audiences: tuple[str, ...],
    written_as: tuple[str, ...] = (),
) -> Verified:
    try:
        return verify(token, issuer, audiences, cloud, written_as=written_as)
    except TokenRefused as refused:
        raise _not_authorized(f"Invalid login token. {refused.message}", refused.reason) from None


def _not_authorized(message: str, reason: str = "") -> AwsError:
    return AwsError("NotAuthorizedException", message, 400, reason)
