"""GetCallerIdentity: whose credentials are in use."""

from dataclasses import dataclass
from typing import Any

from rolecall.session.sts import failures_in_words


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
    with failures_in_words():
        answer = client.get_caller_identity()
    return CallerIdentity(answer["Account"], answer["Arn"], answer["UserId"])
