"""Tokens of identities: GetId and GetOpenIdToken, and the one that a developer vouches for.

They are signed as https://cognito-identity.amazonaws.com, with a key of this embedded AWS.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.cognito import identities
from rolecall.local.cognito.logins import ISSUER, Login, amr_of, verified
from rolecall.local.cognito.pools import SERVICE, Pool, own_pool, pool_of
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply
from rolecall.problems import Problem

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: How long a token of GetOpenIdToken is good ("valid for 10 minutes"), in seconds.
_PUBLIC_SECONDS = 600
#: TokenDuration: 15 minutes by default, 24 hours at the most, in seconds.
_DEVELOPER_SECONDS = 900
_TAGS_CLAIM = "https://aws.amazon.com/tags"


def get_id(call: ApiCall, cloud: "Cloud") -> ApiReply:
    """Answer GetId, for anybody: a new identity, or the one that the logins are known by."""
    given = inputs.read(call, SERVICE)
    pool = pool_of(cloud, given["IdentityPoolId"])
    if given.get("AccountId", pool.account) != pool.account:
        raise AwsError(
            "ResourceNotFoundException", f"IdentityPool '{pool.pool_id}' not found.", 400
        )
    logins = verified(cloud, pool, given.get("Logins") or {})
    if not logins and not pool.guests:
        raise identities.no_guests()
    return json_reply(call, {"IdentityId": _identity(cloud, pool, logins)})


def get_open_id_token(call: ApiCall, cloud: "Cloud") -> ApiReply:
    """Answer GetOpenIdToken, for anybody: the basic (classic) flow."""
    given = inputs.read(call, SERVICE)
    pool = identities.pool_of_identity(cloud, given["IdentityId"])
    if not pool.classic:
        raise AwsError(
            "InvalidParameterException",
            "Basic (classic) flow is not enabled, please use enhanced flow.",
            400,
        )
    identity_id, logins = admit(cloud, pool, given["IdentityId"], given.get("Logins") or {})
    claims = claims_of(pool, identity_id, logins)
    return json_reply(
        call,
        {"IdentityId": identity_id, "Token": signed(cloud, claims, _PUBLIC_SECONDS)},
    )


def get_open_id_token_for_developer_identity(
    call: ApiCall, identity: Identity, cloud: "Cloud"
) -> ApiReply:
    """Answer GetOpenIdTokenForDeveloperIdentity, for who signs and may call it."""
    given = inputs.read(call, SERVICE)
    pool = own_pool(call, identity, cloud, given["IdentityPoolId"])
    developer = pool.settings.get("DeveloperProviderName")
    logins: Mapping[str, str] = given["Logins"]
    if not developer or developer not in logins:
        raise AwsError(
            "InvalidParameterException",
            "Please provide a developer provider name that is configured in the identity pool.",
            400,
        )
    own = Login.of_developer(developer, pool.pool_id, logins[developer])
    others = verified(cloud, pool, {k: v for k, v in logins.items() if k != developer})
    wanted = given.get("IdentityId")
    if wanted is not None and identities.pool_of_identity(cloud, wanted) != pool:
        raise AwsError("ResourceNotFoundException", f"Identity '{wanted}' not found.", 400)
    everyone = (own, *others)
    identity_id = _identity(cloud, pool, everyone, wanted)
    claims = claims_of(pool, identity_id, everyone)
    tags = given.get("PrincipalTags") or {}
    if tags:
        claims[_TAGS_CLAIM] = {
            "principal_tags": {key: [value] for key, value in tags.items()},
            "transitive_tag_keys": [],
        }
    seconds = given.get("TokenDuration", _DEVELOPER_SECONDS)
    return json_reply(call, {"IdentityId": identity_id, "Token": signed(cloud, claims, seconds)})


def admit(
    cloud: "Cloud",
    pool: Pool,
    identity_id: str,
    tokens: Mapping[str, str],
    *,
    own_token: bool = False,
) -> tuple[str, Sequence[Login]]:
    """Who uses an identity, and by which logins: none for a guest.

    `own_token`: a token of the pool itself will do, as a developer gets it for a user.

    Raises:
        AwsError: the pool has no guests, a token is not good, or the identity is another's.
    """
    if not tokens:
        identities.check_guest(cloud, pool, identity_id)
        return identity_id, ()
    logins = verified(cloud, pool, tokens, own_for=identity_id if own_token else None)
    return _identity(cloud, pool, logins, identity_id), logins


def claims_of(pool: Pool, identity_id: str, logins: Sequence[Login]) -> dict[str, Any]:
    """What a token says of an identity."""
    claims: dict[str, Any] = {"sub": identity_id, "aud": pool.pool_id, "amr": amr_of(logins)}
    for login in logins:
        if _TAGS_CLAIM in login.carried:
            claims[_TAGS_CLAIM] = login.carried[_TAGS_CLAIM]
    return claims


def signed(cloud: "Cloud", claims: Mapping[str, Any], seconds: int) -> str:
    """A token with these claims that is good for so long.

    Raises:
        AwsError: Cognito's name was connected to an issuer that is not ours.
    """
    from rolecall.local.oidc.stand_in import mint

    now = int(cloud.now().timestamp())
    try:
        return mint(ISSUER, {**claims, "iat": now, "exp": now + seconds}, cloud)
    except Problem as problem:
        raise AwsError(
            "InvalidIdentityPoolConfigurationException",
            "The embedded AWS cannot sign tokens of this identity pool.",
            400,
            str(problem),
        ) from None


def _identity(
    cloud: "Cloud", pool: Pool, logins: Sequence[Login], wanted: str | None = None
) -> str:
    # A token of a developer identity names its identity, and links nothing.
    for login in logins:
        if login.identity_id is not None:
            return login.identity_id
    users = {login.provider: login.user for login in logins}
    return identities.identity_for(cloud, pool, users, wanted)
