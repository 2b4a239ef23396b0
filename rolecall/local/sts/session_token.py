"""GetSessionToken: temporary credentials of an IAM user, with MFA if a code is given.

No permissions are required, and no policy can forbid it: "The purpose of the
GetSessionToken operation is to authenticate the user using MFA" (GetSessionToken in the
AWS STS API reference).
"""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, Identity, SessionGrant
from rolecall.local.sts import mfa
from rolecall.local.sts.credentials import credentials_element
from rolecall.local.sts.long_lived import LONGEST, SHORTEST, asker, lifetime
from rolecall.local.sts.parameters import Parameters
from rolecall.local.sts.xml import STS, query_reply
from rolecall.policy import IamUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def get_session_token(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer GetSessionToken; only long-lived credentials may ask."""
    parameters = Parameters(call.params)
    seconds = parameters.number("DurationSeconds", low=SHORTEST, high=LONGEST)
    serial = parameters.text("SerialNumber", low=9, high=256, pattern=r"[\w+=/:,.@-]*")
    code = parameters.text("TokenCode", low=6, high=6, pattern=r"[\d]*")
    parameters.finish()
    caller = asker(identity, "GetSessionToken")
    mfa_at = mfa.check_code(cloud, identity, serial, code)
    issued_at, expires_at = lifetime(caller, seconds, cloud)
    issued = cloud.issue(
        SessionGrant(
            kind="session-token",
            account=caller.account,
            issued_at=issued_at,
            expires_at=expires_at,
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
