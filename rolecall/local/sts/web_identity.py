"""AssumeRoleWithWebIdentity: refused to everybody until tokens are verified here."""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, AwsError

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def assume_role_with_web_identity(call: ApiCall, cloud: "Cloud") -> ApiReply:  # noqa: ARG001
    """Refuse, in AWS's words."""
    raise AwsError(
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        403,
        "the embedded AWS does not verify tokens yet, so it admits nobody by them",
    )
