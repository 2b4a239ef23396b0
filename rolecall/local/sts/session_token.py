"""GetSessionToken: temporary credentials of an IAM user, with MFA if a code is given.

No permissions are required, and no policy can forbid it: "The purpose of the
GetSessionToken operation is to authenticate the user using MFA" (GetSessionToken in the
AWS STS API reference).
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity, SessionGrant
from rolecall.local.sts import mfa
from rolecall.local.sts.credentials import credentials_element
from rolecall.local.sts.parameters import Parameters
from rolecall.local.sts.xml import STS, query_reply
from rolecall.policy import IamUser, RootUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_DEFAULT = 43200
_ROOT_MOST = 3600


def get_session_token(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer GetSessionToken; only long-lived credentials may ask."""
    parameters = Parameters(call.params)
    seconds = parameters.number("DurationSeconds", low=900, high=129600)
    serial = parameters.text("SerialNumber", low=9, high=256, pattern=r"[\w+=/:,.@-]*")
    code = parameters.text("TokenCode", low=6, high=6, pattern=r"[\d]*")
    parameters.finish()
    if identity.session is not None:
        raise AwsError(
            "AccessDenied",
            "Cannot call GetSessionToken with session credentials",
            403,
            "GetSessionToken needs the long-lived access key of an IAM user",
        )
    mfa_at = mfa.check_code(cloud, identity, serial, code)
    caller = identity.caller
    seconds = _DEFAULT if seconds is None else seconds
    if isinstance(caller, RootUser):
        seconds = min(seconds, _ROOT_MOST)
    now = cloud.now()
    issued = cloud.issue(
        SessionGrant(
            kind="session-token",
            account=caller.account,
            issued_at=now,
            expires_at=now + timedelta(seconds=seconds),
            user_name=caller.name if isinstance(caller, IamUser) else "",
            user_id=caller.unique_id if isinstance(caller, IamUser) else "",
            mfa_at=mfa_at,
        )
    )
    return query_reply(
        "GetSessionToken",
        STS,
        cloud.new_request_id(),
        {"Credentials": credentials_element(issued)},
    )
