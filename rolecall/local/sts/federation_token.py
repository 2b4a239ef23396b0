"""GetFederationToken: credentials with a part of the calling IAM user's permissions.

Source: GetFederationToken in the AWS STS API reference, "Permissions for
GetFederationToken".
"""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, Identity, SessionGrant
from rolecall.local.authorization.context import facts_of_call
from rolecall.local.authorization.decide import require
from rolecall.local.sts import session_policies, session_tags
from rolecall.local.sts.credentials import credentials_element
from rolecall.local.sts.long_lived import LONGEST, SHORTEST, asker, lifetime
from rolecall.local.sts.parameters import Parameters
from rolecall.local.sts.xml import STS, query_reply
from rolecall.policy import IamUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def get_federation_token(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer GetFederationToken; only long-lived credentials may ask, and without tags."""
    parameters = Parameters(call.params)
    name = parameters.required("Name", low=2, high=32, pattern=r"[\w+=,.@-]*")
    policies = session_policies.read(parameters)
    seconds = parameters.number("DurationSeconds", low=SHORTEST, high=LONGEST)
    tags, _ = session_tags.read(parameters)
    parameters.finish()
    caller = asker(identity, "GetFederationToken")
    arn = f"arn:{caller.partition}:sts::{caller.account}:federated-user/{name}"
    facts = facts_of_call(call, identity, cloud)
    combined = session_tags.combine(tags, [], None)
    for key, value in combined.all.items():
        facts[f"aws:RequestTag/{key}"] = value
    if combined.all:
        facts["aws:TagKeys"] = tuple(combined.all)
        require(cloud, identity, "sts:TagSession", arn, facts)
    require(cloud, identity, "sts:GetFederationToken", arn, facts)
    session_policies.check(policies, caller.account, cloud.directory)
    packed = session_policies.packed_size(policies, combined.all)
    issued_at, expires_at = lifetime(caller, seconds, cloud)
    issued = cloud.issue(
        SessionGrant(
            kind="federated-user",
            account=caller.account,
            issued_at=issued_at,
            expires_at=expires_at,
            session_name=name,
            user_name=caller.name if isinstance(caller, IamUser) else "",
            user_id=caller.unique_id if isinstance(caller, IamUser) else "",
            session_policies=policies.inline,
            session_policy_arns=policies.arns,
            tags=combined.all,
        )
    )
    return query_reply(
        "GetFederationToken",
        STS,
        cloud.new_request_id(),
        {
            "Credentials": credentials_element(issued),
            "FederatedUser": {"Arn": arn, "FederatedUserId": f"{caller.account}:{name}"},
            "PackedPolicySize": packed or 0,
        },
    )
