"""May this caller make this call? Asked before anything but STS is answered."""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, AwsError, Identity
from rolecall.local.authorization import iam_calls, s3, services
from rolecall.local.authorization.context import facts_of_call
from rolecall.local.authorization.decide import require
from rolecall.local.authorization.errors import in_protocol
from rolecall.local.authorization.one_reading import refuse_ambiguous

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def authorize(call: ApiCall, identity: Identity | None, cloud: "Cloud") -> None:
    """Let the call pass, or raise AWS's refusal.

    Decides from the caller's identity, boundary and session policies, and for S3 from
    the bucket policy as well. What is not known well enough to be decided is refused.

    Raises:
        AwsError: the refusal, with the code that the service would use.
    """
    if call.service == "sts":
        return  # `rolecall.local.sts` authorizes its own calls
    if identity is None:
        if call.service == "s3":
            refuse_ambiguous(call)
            s3.authorize_anonymous(call, cloud)
            return
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    _check_alive(identity, cloud)
    try:
        refuse_ambiguous(call)
        if call.service == "iam":
            _authorize_iam(call, identity, cloud)
        elif call.service == "s3":
            s3.authorize(call, identity, cloud)
        else:
            services.authorize(call, identity, cloud)
    except AwsError as error:
        raise in_protocol(error, call) from None


def acting_account(call: ApiCall, identity: Identity | None) -> str | None:
    """The account whose resources an authorized call reaches, or None if there is none.

    The caller's own, but for S3: a bucket name is global, and who was let in by a
    bucket policy of another account reaches that account's bucket.
    """
    if call.service == "s3":
        owner = s3.owner_of(s3.bucket_of(call))
        if owner is not None:
            return owner
    return identity.account if identity is not None else None


def _check_alive(identity: Identity, cloud: "Cloud") -> None:
    grant = identity.session
    if grant is not None and not cloud.directory.session_alive(grant):
        raise _dead("the role or user that these credentials were issued for no longer exists")


def _authorize_iam(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    grant = identity.session
    if grant is not None and (
        grant.kind == "federated-user" or (grant.kind == "session-token" and not grant.mfa_at)
    ):
        # "You cannot call any IAM API operations unless MFA authentication information is
        # included in the request" (GetSessionToken); none at all with GetFederationToken.
        raise _dead(f"IAM cannot be called with {grant.kind} credentials without MFA")
    needed = iam_calls.permissions_for(call, identity, cloud)
    if needed is None:
        version = call.params.get("Version", "2010-05-08")
        raise AwsError(
            "InvalidAction",
            f"Could not find operation {call.action} for version {version}",
            400,
            "the embedded AWS does not know which permission this operation needs",
        )
    common = facts_of_call(call, identity, cloud)
    for permission in needed:
        require(
            cloud,
            identity,
            permission.action,
            permission.resource,
            {**common, **permission.facts},
            shown=permission.shown,
            # IAM calls act in the caller's account, whatever ARN was written into them.
            resource_account=identity.account,
        )


def _dead(reason: str) -> AwsError:
    return AwsError(
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
        reason,
    )
