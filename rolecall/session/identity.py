"""GetCallerIdentity: whose credentials are in use."""

from dataclasses import dataclass
from typing import Any

from rolecall.session.failures import ask, not_sts


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """The answer of GetCallerIdentity (AWS STS API reference)."""

    account: str
    arn: str
    user_id: str


def caller_identity(client: Any) -> CallerIdentity:
    """Ask STS who signs the calls; it needs no permission.

    Raises `Problem`: exit 5 where AWS refuses the credentials, 6 where it cannot be reached.
    """
    answer = ask(client, "get_caller_identity", {})
    try:
        return CallerIdentity(answer["Account"], answer["Arn"], answer["UserId"])
    except (KeyError, TypeError):
        raise not_sts() from None
