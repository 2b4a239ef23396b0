"""An issuer's key set: which public keys it holds, and whether one of them signed a token.

Source: RFC 7517 (JWK), RFC 7518 (JWA), and "Create an OpenID Connect (OIDC) identity
provider in IAM" for the limits.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from rolecall.issuers.weak_keys import weakness
from rolecall.local.oidc.compact import ALGORITHMS, Token

#: "It can have a maximum of 100 RSA keys and 100 EC keys".
_MOST = 100
#: Bits of an RSA key. Fewer are not safe (NIST SP 800-131A); many more only cost time.
_SHORTEST, _LONGEST = 2048, 8192
_CURVES = ("P-256", "P-384", "P-521")


class KeySetProblem(Exception):
    """The document is no key set that AWS would take; the text says why."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One public key. `kind` is RSA or a curve; `algorithm` is '' where the issuer names none."""

    key_id: str
    kind: str
    algorithm: str
    key: RSAKey | ECKey = field(repr=False)

    def fits(self, token: Token) -> bool:
        """Whether the token says that this key signed it, in a way that this key can."""
        return (
            self.key_id == token.key_id
            and self.kind == ALGORITHMS[token.algorithm]
            and self.algorithm in ("", token.algorithm)
        )

    def signed(self, token: Token) -> bool:
        """Whether this key signed the token."""
        algorithm = JWSRegistry(algorithms=[token.algorithm]).get_alg(token.algorithm)
        try:
            algorithm.check_key(self.key)
            return bool(algorithm.verify(token.signing_input, token.signature, self.key))
        except (JoseError, ValueError):
            return False


def read_key_set(document: Mapping[str, Any]) -> tuple[SigningKey, ...]:
    """The keys of a set that can verify tokens; keys of other kinds and uses are left out.

    Raises:
        KeySetProblem: it is no key set, is empty, or has more keys than AWS takes.
    """
    members = document.get("keys")
    if not isinstance(members, list) or not members:
        raise KeySetProblem("it has no keys")
    kinds = [member.get("kty") for member in members if isinstance(member, dict)]
    for kind in ("RSA", "EC"):
        if kinds.count(kind) > _MOST:
            raise KeySetProblem(f"it has more than {_MOST} {kind} keys")
    found = [_signing_key(member) for member in members if isinstance(member, dict)]
    return tuple(key for key in found if key is not None)


def _signing_key(member: Mapping[str, Any]) -> SigningKey | None:
    key_id, algorithm = member.get("kid"), member.get("alg", "")
    if not isinstance(key_id, str) or not key_id or not isinstance(algorithm, str):
        return None
    if member.get("use", "sig") != "sig":
        return None
    uses = member.get("key_ops", ["verify"])
    if not isinstance(uses, list) or "verify" not in uses:
        return None
    try:
        if member.get("kty") == "RSA":
            return _rsa(member, key_id, algorithm)
        if member.get("kty") == "EC" and member.get("crv") in _CURVES:
            # Only the public members: a private key that was published is no better for it.
            curve = str(member["crv"])
            key = ECKey.import_key({"kty": "EC", "crv": curve, "x": member["x"], "y": member["y"]})
            key.public_key  # noqa: B018 - is the point on the curve?
            return SigningKey(key_id, curve, algorithm, key)
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return None


def _rsa(member: Mapping[str, Any], key_id: str, algorithm: str) -> SigningKey | None:
    modulus = base64.urlsafe_b64decode(member["n"] + "==")
    if not _SHORTEST <= int.from_bytes(modulus, "big").bit_length() <= _LONGEST:
        return None
    key = RSAKey.import_key({"kty": "RSA", "n": member["n"], "e": member["e"]})
    numbers = key.public_key.public_numbers()
    if weakness(numbers.n, numbers.e):
        return None
    return SigningKey(key_id, "RSA", algorithm, key)
