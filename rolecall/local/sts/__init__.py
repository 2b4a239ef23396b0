"""AWS STS of the embedded AWS: who may become whom, one file an operation.

Every STS call is answered here and none reaches moto, which hands credentials to
anyone.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.sts.access_key_info import get_access_key_info
from rolecall.local.sts.assume_role import assume_role
from rolecall.local.sts.caller_identity import get_caller_identity
from rolecall.local.sts.federation_token import get_federation_token
from rolecall.local.sts.saml import assume_role_with_saml
from rolecall.local.sts.session_token import get_session_token
from rolecall.local.sts.web_identity import assume_role_with_web_identity

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_SIGNED: dict[str, Callable[[ApiCall, Identity, "Cloud"], ApiReply]] = {
    "AssumeRole": assume_role,
    "GetCallerIdentity": get_caller_identity,
    "GetSessionToken": get_session_token,
    "GetFederationToken": get_federation_token,
    "GetAccessKeyInfo": get_access_key_info,
}
_UNSIGNED: dict[str, Callable[[ApiCall, "Cloud"], ApiReply]] = {
    "AssumeRoleWithWebIdentity": assume_role_with_web_identity,
    "AssumeRoleWithSAML": assume_role_with_saml,
}
_VERSION = "2011-06-15"
_NOT_OFFERED = frozenset(
    {"AssumeRoot", "DecodeAuthorizationMessage", "GetDelegatedAccessToken", "GetWebIdentityToken"}
)
#: What is looked at at all with credentials of GetSessionToken, which may call AssumeRole
#: and GetCallerIdentity, and with those of GetFederationToken, which may call
#: GetCallerIdentity only ("Compare AWS STS credentials"); the operations that are in a
#: list all the same refuse in words of their own.
_WITH_CREDENTIALS_OF = {
    "session-token": frozenset({"AssumeRole", "GetCallerIdentity", "GetSessionToken"}),
    "federated-user": frozenset(
        {"AssumeRole", "GetCallerIdentity", "GetSessionToken", "GetFederationToken"}
    ),
}


def handle(call: ApiCall, identity: Identity | None, cloud: "Cloud") -> ApiReply | None:
    """Answer an STS call, or return None for a call to another service.

    Authorizes by itself. Raises AwsError for every refusal.
    """
    if call.service != "sts":
        return None
    _check_version(call)
    unsigned = _UNSIGNED.get(call.action)
    if unsigned is not None:
        return unsigned(call, cloud)
    if identity is None:
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    check_alive(identity, cloud)
    operation = _SIGNED.get(call.action)
    if operation is None:
        if call.action in _NOT_OFFERED:
            raise AwsError(
                "AccessDenied",
                f"User: {identity.caller.arn} is not authorized to perform: sts:{call.action}",
                403,
                f"the embedded AWS does not offer {call.action}",
            )
        raise _no_operation(call)
    _refuse_beyond_credentials(call, identity)
    return operation(call, identity, cloud)


def _check_version(call: ApiCall) -> None:
    """STS has one version; a call of another one, or of none, finds no operation."""
    if call.params.get("Version") != _VERSION:
        raise _no_operation(call)


def _no_operation(call: ApiCall) -> AwsError:
    version = call.params.get("Version") or "NO_VERSION_SPECIFIED"
    return AwsError(
        "InvalidAction", f"Could not find operation {call.action} for version {version}"
    )


def check_alive(identity: Identity, cloud: "Cloud") -> None:
    """Refuse credentials whose role or user is gone, as AWS refuses unknown ones."""
    grant = identity.session
    if grant is not None and not cloud.directory.session_alive(grant):
        raise AwsError(
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            403,
            "the role or user that these credentials were issued for no longer exists",
        )


def _refuse_beyond_credentials(call: ApiCall, identity: Identity) -> None:
    grant = identity.session
    offered = None if grant is None else _WITH_CREDENTIALS_OF.get(grant.kind)
    if offered is not None and call.action not in offered:
        raise AwsError(
            "AccessDenied",
            f"Cannot call {call.action} with session credentials",
            403,
            "credentials of GetSessionToken may call AssumeRole and GetCallerIdentity only, "
            f"those of GetFederationToken GetCallerIdentity only; these are {identity.caller.arn}",
        )
