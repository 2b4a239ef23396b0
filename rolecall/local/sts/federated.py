"""AssumeRoleWithWebIdentity and AssumeRoleWithSAML.

Until tokens and assertions are verified here, both are refused to everybody: handing
the call to moto would give credentials to anyone with any text for a token.
"""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, AwsError

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def assume_role_with_web_identity(call: ApiCall, cloud: "Cloud") -> ApiReply:  # noqa: ARG001
    """Refuse, in AWS's words."""
    raise _refusal("sts:AssumeRoleWithWebIdentity")


def assume_role_with_saml(call: ApiCall, cloud: "Cloud") -> ApiReply:  # noqa: ARG001
    """Refuse, in AWS's words."""
    raise _refusal("sts:AssumeRoleWithSAML")


def _refusal(action: str) -> AwsError:
    return AwsError(
        "AccessDenied",
        f"Not authorized to perform {action}",
        403,
        "the embedded AWS does not verify tokens and assertions yet, so it admits nobody by them",
    )
