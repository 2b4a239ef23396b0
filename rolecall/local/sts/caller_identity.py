"""GetCallerIdentity: always answered to whoever signs with valid credentials.

"No permissions are required to perform this operation" (AWS STS API reference), and no
policy can forbid it.
"""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.sts.xml import STS, query_reply
from rolecall.policy import IamUser, RoleSession

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def get_caller_identity(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:  # noqa: ARG001
    """Account, ARN and user id of the caller."""
    caller = identity.caller
    if isinstance(caller, IamUser):
        user_id = caller.unique_id
    elif isinstance(caller, RoleSession):
        user_id = f"{caller.role_id}:{caller.session_name}"
    else:
        name = getattr(caller, "name", "")
        user_id = f"{caller.account}:{name}" if name else caller.account
    return query_reply(
        "GetCallerIdentity",
        STS,
        cloud.new_request_id(),
        {"Arn": caller.arn, "UserId": user_id, "Account": caller.account},
    )
