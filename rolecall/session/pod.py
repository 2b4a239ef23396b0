"""The web identity that an environment carries: that of a Kubernetes pod, most of all.

Amazon EKS puts AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE into a pod ("IAM roles for
service accounts"). Whether they count is decided as the SDKs decide it: credentials that
stand before them in the SDK's chain win.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from botocore.session import get_session

from rolecall.session.failures import failures_in_words
from rolecall.session.tokens import TokenFile

TOKEN_VARIABLE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - the name of a variable
ROLE_VARIABLE = "AWS_ROLE_ARN"
SESSION_NAME_VARIABLE = "AWS_ROLE_SESSION_NAME"
_METHOD = "assume-role-with-web-identity"


@dataclass(frozen=True, slots=True)
class PodIdentity:
    """A token, the role that it is meant for, and the session's name, as far as stated."""

    token: TokenFile
    role_arn: str | None
    session_name: str | None


def pod_identity(profile: str | None = None) -> PodIdentity | None:
    """The environment's web identity, where the SDK would use it.

    None where there is none, or where something comes before it: a profile that was
    named, keys in the environment, or an `AWS_PROFILE` that assumes a role.
    """
    path = os.environ.get(TOKEN_VARIABLE)
    if not path or profile is not None or not _next_in_chain():
        return None
    return PodIdentity(
        token=TokenFile(Path(path), TOKEN_VARIABLE),
        role_arn=os.environ.get(ROLE_VARIABLE) or None,
        session_name=os.environ.get(SESSION_NAME_VARIABLE) or None,
    )


def _next_in_chain() -> bool:
    """Whether the SDK's chain gets as far as the web identity.

    botocore's own chain is asked, link by link, so that its order need not be known here.
    The link itself is not asked: it refuses a token without AWS_ROLE_ARN, which whoever
    names the role otherwise does not need.
    """
    with failures_in_words():
        chain = get_session().get_component("credential_provider")
        for provider in chain.providers:
            if provider.METHOD == _METHOD:
                return True
            if provider.load() is not None:
                return False
    return False
