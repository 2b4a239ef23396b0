"""Amazon Cognito identity pools: every call is answered here and none reaches moto.

moto hands out fixed credentials and tokens that nobody signed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.cognito import credentials, identities, pools, roles, tokens
from rolecall.local.missing import unimplemented

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_PUBLIC: dict[str, Callable[[ApiCall, "Cloud"], ApiReply]] = {
    "GetCredentialsForIdentity": credentials.get_credentials_for_identity,
    "GetId": tokens.get_id,
    "GetOpenIdToken": tokens.get_open_id_token,
}
_SIGNED: dict[str, Callable[[ApiCall, Identity, "Cloud"], ApiReply]] = {
    "CreateIdentityPool": pools.create,
    "DeleteIdentities": identities.delete,
    "DeleteIdentityPool": pools.delete,
    "DescribeIdentity": identities.describe,
    "DescribeIdentityPool": pools.describe,
    "GetIdentityPoolRoles": roles.get_roles,
    "GetOpenIdTokenForDeveloperIdentity": tokens.get_open_id_token_for_developer_identity,
    "ListIdentities": identities.list_all,
    "ListIdentityPools": pools.list_all,
    "ListTagsForResource": pools.list_tags,
    "SetIdentityPoolRoles": roles.set_roles,
    "TagResource": pools.tag,
    "UntagResource": pools.untag,
    "UpdateIdentityPool": pools.update,
}


def is_public(action: str) -> bool:
    """Whether anybody may call this, without a signature, as in AWS."""
    return action in _PUBLIC


def handle(call: ApiCall, identity: Identity | None, cloud: "Cloud") -> ApiReply:
    """Answer a call; one that is not public was authorized before.

    Raises:
        AwsError: what AWS would answer, or UnknownOperationException for what there is not.
    """
    public = _PUBLIC.get(call.action)
    if public is not None:
        return public(call, cloud)
    operation = _SIGNED.get(call.action)
    if operation is None or identity is None:
        raise unimplemented(call)
    return operation(call, identity, cloud)
