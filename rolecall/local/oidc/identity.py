"""From a token to somebody whom a provider vouches for: everything but the trust policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rolecall.issuers import oidc_context
from rolecall.local.oidc.claims import audience_of, check_times, issuer_of, subject_of
from rolecall.local.oidc.compact import read_token
from rolecall.local.oidc.providers import Provider, provider_of
from rolecall.local.oidc.signature import check_signature

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
    check_signature(token, provider.issuer.url, cloud)
    check_times(token.claims, cloud.now())
    return TokenIdentity(
        provider=provider,
        subject=subject_of(token.claims),
        audience=audience,
        context=oidc_context(provider.issuer, token.claims),
        claims=token.claims,
    )
