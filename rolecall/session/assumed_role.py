"""What every way of becoming a role has in common: a request, a call, a checked answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from rolecall.policy import Arn, PolicyError
from rolecall.session.clock import ask_by_either_clock
from rolecall.session.failures import not_sts
from rolecall.session.guard import check_session

DEFAULT_DURATION_SECONDS = 3600

#: Parameters of the three calls that prove who asks; never shown, wherever they turn up.
_SECRETS = ("WebIdentityToken", "SAMLAssertion", "TokenCode")


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """The temporary credentials of a role session. Secrets stay out of `repr`."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime
    arn: str

    @property
    def account_id(self) -> str:
        """The account that the session works in."""
        return Arn.parse(self.arn).account


class RoleRequest(Protocol):
    """One way to ask STS for a role, checked when it is built.

    operation: the method of boto3's STS client.
    signed: whether the call needs credentials; a token or an assertion needs none.
    """

    operation: ClassVar[str]
    signed: ClassVar[bool]

    @property
    def role_arn(self) -> str:
        """The role that is asked for."""

    def parameters(self) -> dict[str, Any]:
        """The parameters of the call. Proofs that wear out (a token in a file, a one-time
        code) are fetched anew each time, so that a request can be sent again."""


def become(client: Any, request: RoleRequest) -> AssumedRole:
    """Send the request and check that the session is of the role that was asked for.

    Raises `Problem`: exit 5 where AWS refuses, 6 where it cannot be reached, 2 where the
    proof cannot be read.
    """
    return session_of(answer_of(client, request))


def answer_of(client: Any, request: RoleRequest) -> Mapping[str, Any]:
    """As `become`, but the whole answer of STS, as a cache keeps it.

    Where only the time of the signature was off, the call is signed again by AWS's clock.
    """
    parameters = request.parameters()
    secrets = tuple(parameters[key] for key in _SECRETS if key in parameters)
    answer: Mapping[str, Any] = ask_by_either_clock(client, request.operation, parameters, secrets)
    check_session(session_of(answer).arn, request.role_arn)
    return answer


def session_of(answer: Mapping[str, Any]) -> AssumedRole:
    """The session in an answer of STS. Raises `Problem` for what is none."""
    try:
        credentials = answer["Credentials"]
        session = AssumedRole(
            access_key_id=credentials["AccessKeyId"],
            secret_access_key=credentials["SecretAccessKey"],
            session_token=credentials["SessionToken"],
            expiration=credentials["Expiration"],
            arn=answer["AssumedRoleUser"]["Arn"],
        )
        Arn.parse(session.arn)
    except (KeyError, TypeError, AttributeError, PolicyError):
        raise not_sts() from None
    return session
