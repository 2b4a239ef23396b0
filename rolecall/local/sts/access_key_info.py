"""GetAccessKeyInfo: the account that an access key id belongs to."""

from typing import TYPE_CHECKING

from rolecall.local.access_keys import account_of_access_key
from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.authorization.context import facts_of_call
from rolecall.local.authorization.decide import require
from rolecall.local.sts.parameters import Parameters
from rolecall.local.sts.xml import STS, query_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def get_access_key_info(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer GetAccessKeyInfo; it says nothing about whether the key works."""
    parameters = Parameters(call.params)
    key = parameters.required("AccessKeyId", low=16, high=128, pattern=r"[\w]*")
    parameters.finish()
    require(cloud, identity, "sts:GetAccessKeyInfo", "*", facts_of_call(call, identity, cloud))
    known = cloud.directory.long_lived_key(key)
    account = known.account if known is not None else account_of_access_key(key)
    if account is None:
        raise AwsError("ValidationError", f"The access key id {key} is not of a known form")
    return query_reply("GetAccessKeyInfo", STS, cloud.new_request_id(), {"Account": account})
