"""From a token to somebody whom a provider vouches for: everything but the trust policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rolecall.issuers import oidc_context
from rolecall.local.oidc.claims import audience_of, check_times, issuer_of, subject_of
from rolecall.local.oidc.compact import Token, read_token
from rolecall.local.oidc.errors import no_key, wrong_signature
from rolecall.local.oidc.jwks import SigningKey
from rolecall.local.oidc.keys import signing_keys
from rolecall.local.oidc.providers import Provider, provider_of

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


@dataclass(frozen=True, slots=True)
class TokenIdentity:
    """Whom a verified token is about. `context` are the condition keys of its `claims`."""

    provider: Provider
    subject: str
    audience: str
    context: Mapping[str, str | tuple[str, ...]] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


def verify(text: str, account: str, cloud: "Cloud") -> TokenIdentity:
    """Verify a token for a role in `account`.

    AWS documents no order of its checks. Here what costs nothing comes first, and only a
    token for a known provider and audience makes an issuer be asked.

    Raises:
        AwsError: InvalidIdentityToken, ExpiredTokenException.
    """
    token = read_token(text)
    provider = provider_of(issuer_of(token.claims), account)
    audience = audience_of(token.claims, provider.client_ids)
    _check_signature(token, provider, cloud)
    check_times(token.claims, cloud.now())
    return TokenIdentity(
        provider=provider,
        subject=subject_of(token.claims),
        audience=audience,
        context=oidc_context(provider.issuer, token.claims),
        claims=token.claims,
    )


def _check_signature(token: Token, provider: Provider, cloud: "Cloud") -> None:
    url = provider.issuer.url
    candidates = _fitting(token, signing_keys(url, cloud))
    if not candidates:
        candidates = _fitting(token, signing_keys(url, cloud, beyond=token.key_id))
    if not candidates:
        raise no_key("the issuer publishes no key with the token's kid that is made for its alg")
    if not any(key.signed(token) for key in candidates):
        raise wrong_signature("the issuer's key with the token's kid did not sign this token")


def _fitting(token: Token, keys: tuple[SigningKey, ...]) -> list[SigningKey]:
    return [key for key in keys if key.fits(token)]
