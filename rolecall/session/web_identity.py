"""AssumeRoleWithWebIdentity: a token of an OpenID Connect issuer instead of a signature."""

from dataclasses import dataclass
from typing import Any, ClassVar

from rolecall.policy import check_duration, check_role_arn, check_role_session_name
from rolecall.session.assumed_role import DEFAULT_DURATION_SECONDS, AssumedRole, become
from rolecall.session.narrowing import NOT_NARROWED, Narrowing
from rolecall.session.tokens import TokenSource


@dataclass(frozen=True, kw_only=True)
class WebIdentityRequest:
    """What is asked of STS (AWS STS API reference, "AssumeRoleWithWebIdentity").

    There is no external ID, MFA, tag or source identity to send: the call has no such
    parameters, tags and source identity stand in the token's own claims.

    Raises `LimitError` naming the rule that a value breaks.
    """

    operation: ClassVar[str] = "assume_role_with_web_identity"
    signed: ClassVar[bool] = False

    role_arn: str
    session_name: str
    token: TokenSource
    duration_seconds: int = DEFAULT_DURATION_SECONDS
    narrowing: Narrowing = NOT_NARROWED

    def __post_init__(self) -> None:
        check_role_arn(self.role_arn)
        check_role_session_name(self.session_name)
        check_duration(self.duration_seconds, max_session=43200)

    def parameters(self) -> dict[str, Any]:
        """The parameters of the API call, with a token read for this call."""
        return {
            "RoleArn": self.role_arn,
            "RoleSessionName": self.session_name,
            "DurationSeconds": self.duration_seconds,
            **self.narrowing.parameters(),
            "WebIdentityToken": self.token.read(),
        }


def assume_role_with_web_identity(client: Any, request: WebIdentityRequest) -> AssumedRole:
    """Call AssumeRoleWithWebIdentity with an unsigned client; see `become`."""
    return become(client, request)
