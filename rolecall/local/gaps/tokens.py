"""OpenID Connect tokens for other services than STS: Cognito identity pools, EKS Auth.

The same checks as those of AssumeRoleWithWebIdentity, but the service says which issuer
and which audiences count.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rolecall.local.api import AwsError
from rolecall.local.oidc.claims import audience_of, check_times, issuer_of, subject_of
from rolecall.local.oidc.compact import read_token
from rolecall.local.oidc.signature import check_signature

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


@dataclass(frozen=True, slots=True)
class Verified:
    """A token that its issuer signed, for one of the audiences, and that is good now."""

    subject: str
    audience: str
    claims: Mapping[str, Any] = field(repr=False)


class TokenRefused(Exception):
    """Why a token is not taken. `message` is for the caller, `reason` for the developer."""

    def __init__(self, message: str, reason: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.expired = expired


def verify(
    text: str,
    issuer: str,
    audiences: Collection[str],
    cloud: "Cloud",
    *,
    written_as: Collection[str] = (),
) -> Verified:
    """Verify a token of `issuer`; `written_as` are other ways in which it writes `iss`.

    Raises:
        TokenRefused: anything about it is not as it must be.
    """
    try:
        token = read_token(text)
        if issuer_of(token.claims) not in (issuer, *written_as):
            raise TokenRefused(
                "Issuer doesn't match providerName", f"the token's iss is not {issuer}"
            )
        audience = audience_of(token.claims, audiences)
        check_signature(token, issuer, cloud)
        check_times(token.claims, cloud.now())
        return Verified(subject_of(token.claims), audience, token.claims)
    except AwsError as error:
        raise TokenRefused(
            error.message, error.reason, expired=error.code == "ExpiredTokenException"
        ) from None
