"""Reading a token: one compact JWS, and nothing else that a JWT can be.

Source: RFC 7515 (JWS), RFC 7519 (JWT), RFC 8725 (JWT Best Current Practices).
"""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from rolecall.local.api import AwsError
from rolecall.local.oidc.errors import not_a_jwt
from rolecall.local.oidc.strict_json import read_object

#: What AWS takes, and which kind of key each wants ("Create an OpenID Connect (OIDC)
#: identity provider in IAM": "RS256, RS384, or RS512 … ES256, ES384, or ES512").
ALGORITHMS = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "ES256": "P-256",
    "ES384": "P-384",
    "ES512": "P-521",
}
#: AWS names none. Cognito writes JWS, authorization servers at+jwt (RFC 9068); what else
#: there is (logout+jwt, secevent+jwt, …) was never meant to let anybody in (RFC 8725, 3.11).
_TYPES = frozenset({"jwt", "jws", "at+jwt"})
#: Header members that change what the rest means. `crit` demands that every extension in
#: it is understood, and none is.
_CHANGING = ("crit", "b64", "zip", "enc")
_PART = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was read, and of which nothing has been verified."""

    algorithm: str
    key_id: str
    claims: dict[str, Any] = field(repr=False)
    signing_input: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def read_token(text: str) -> Token:
    """Read a compact JWS of a kind that AWS takes.

    Keys that a header brings along (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.

    Raises:
        AwsError: InvalidIdentityToken.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise not_a_jwt("a JWT has three parts, and this has " + str(len(parts)))
    header, payload, signature = (_decoded(part) for part in parts)
    members = _object(header, "header")
    algorithm = members.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise not_a_jwt(f"the token's alg is none of {', '.join(ALGORITHMS)}")
    _check_header(members)
    key_id = members.get("kid")
    if not isinstance(key_id, str) or not key_id:
        # Every provider that AWS documents names its key; in doubt no key is guessed.
        raise not_a_jwt("the token does not name its key (kid)")
    return Token(
        algorithm=algorithm,
        key_id=key_id,
        claims=_object(payload, "payload"),
        signing_input=f"{parts[0]}.{parts[1]}".encode("ascii"),
        signature=signature,
    )


def _check_header(members: dict[str, Any]) -> None:
    for name in _CHANGING:
        if name in members:
            raise not_a_jwt(f"the token's header has {name}, which is not supported")
    kind = members.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise not_a_jwt("the token's typ is none of JWT, JWS, at+jwt")


def _decoded(part: str) -> bytes:
    """Base64url without padding, in the one form that its bytes have (RFC 7515, section 2)."""
    if not _PART.fullmatch(part) or len(part) % 4 == 1:
        raise not_a_jwt("a part of the token is not base64url without padding")
    content = base64.urlsafe_b64decode(part + "==")  # more padding than needed does no harm
    if base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii") != part:
        raise not_a_jwt("a part of the token is not the one base64url form of its bytes")
    return content


def _object(content: bytes, what: str) -> dict[str, Any]:
    try:
        return read_object(content)
    except ValueError:
        # Not the parser's words: they may quote the token.
        raise _no_object(what) from None


def _no_object(what: str) -> AwsError:
    return not_a_jwt(
        f"the token's {what} is not a JSON object that can be read in one way only (members "
        "given once, no NaN, plain Unicode, not too deep)"
    )
