"""What GetSessionToken and GetFederationToken have in common: who may ask, and for how long."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rolecall.local.api import AwsError, Identity
from rolecall.policy import IamUser, RootUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: Seconds, from "GetSessionToken" and "GetFederationToken" of the AWS STS API reference.
SHORTEST, LONGEST = 900, 129600
_DEFAULT = 43200
_ROOT_MOST = 3600


def asker(identity: Identity, operation: str) -> IamUser | RootUser:
    """The user who asks; only long-lived credentials may.

    Raises:
        AwsError: AccessDenied, for session credentials.
    """
    caller = identity.caller
    if identity.session is not None or not isinstance(caller, IamUser | RootUser):
        raise AwsError(
            "AccessDenied",
            f"Cannot call {operation} with session credentials",
            403,
            f"{operation} needs the long-lived access key of an IAM user",
        )
    return caller


def lifetime(
    caller: IamUser | RootUser, seconds: int | None, cloud: "Cloud"
) -> tuple[datetime, datetime]:
    """When the session begins and ends: 12 hours by default, one at the most for a root user."""
    wanted = _DEFAULT if seconds is None else seconds
    if isinstance(caller, RootUser):
        wanted = min(wanted, _ROOT_MOST)
    now = cloud.now()
    return now, now + timedelta(seconds=wanted)
