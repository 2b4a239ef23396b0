"""Did the issuer sign this token? Asked of the keys that it publishes, and of nothing else."""

from typing import TYPE_CHECKING

from rolecall.local.oidc.compact import Token
from rolecall.local.oidc.errors import no_key, wrong_signature
from rolecall.local.oidc.jwks import SigningKey
from rolecall.local.oidc.keys import signing_keys

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def check_signature(token: Token, issuer: str, cloud: "Cloud") -> None:
    """Raise InvalidIdentityToken unless the issuer's key that the token names signed it."""
    candidates = _fitting(token, signing_keys(issuer, cloud))
    if not candidates:
        # The issuer may have a new key since.
        candidates = _fitting(token, signing_keys(issuer, cloud, beyond=token.key_id))
    if not candidates:
        raise no_key("the issuer publishes no key with the token's kid that is made for its alg")
    if not any(key.signed(token) for key in candidates):
        raise wrong_signature("the issuer's key with the token's kid did not sign this token")


def _fitting(token: Token, keys: tuple[SigningKey, ...]) -> list[SigningKey]:
    return [key for key in keys if key.fits(token)]
