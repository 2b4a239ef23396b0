"""Policies on their way into cdk.tf.json: canonical, checked for size, escaped."""

import re
from collections.abc import Mapping

from rolecall.policy import PolicyDocument, PolicyError
from rolecall.problems import Problem

ROLE_INLINE_LIMIT = 10_240
USER_INLINE_LIMIT = 2_048
"""All inline policies of a role or a user together, in characters without white space.

Source: "IAM and AWS STS quotas", IAM User Guide. AWS does not raise them.
"""

_POLICY_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}\Z")
# ${aws:username}, ${aws:PrincipalTag/team, 'none'}, ${*}, ${?}, ${$}. A reference of
# Terraform has no colon after its first word, and cdktf's tokens are ${TfToken[…]}.
_POLICY_VARIABLE = re.compile(r"(?<!\$)\$\{(?=[A-Za-z0-9-]+:|[*?$]\})")

Policy = PolicyDocument | Mapping[str, object] | str


def policy_name(owner: str, name: str) -> str:
    """The name of an inline policy, or a `Problem`."""
    if not isinstance(name, str) or not _POLICY_NAME.match(name):
        raise Problem(
            f"{owner}: {name!r} cannot name an inline policy; it has 1 to 128 letters, digits and "
            "+=,.@_-."
        )
    return name


def policy_json(owner: str, name: str, policy: Policy) -> str:
    """The canonical JSON of an inline policy, or a `Problem` that names it."""
    try:
        document = policy if isinstance(policy, PolicyDocument) else PolicyDocument.parse(policy)
    except PolicyError as error:
        raise Problem(f'{owner}: the inline policy "{name}" is not valid: {error}') from error
    for index, statement in enumerate(document.statements):
        if statement.principals is not None or statement.not_principals is not None:
            raise Problem(
                f'{owner}: Statement[{index}] of the inline policy "{name}" names a Principal; who '
                "may assume the role goes into trusted_entities."
            )
        if not statement.resources and not statement.not_resources:
            raise Problem(
                f'{owner}: Statement[{index}] of the inline policy "{name}" has no Resource; write '
                'the ARNs it is about, or "*".'
            )
    return document.to_json()


def check_inline_size(owner: str, texts: Mapping[str, str], limit: int) -> None:
    """Refuse inline policies that together exceed AWS's limit."""
    size = sum(len(text) for text in texts.values())
    if size > limit:
        raise Problem(
            f"{owner}: its inline policies have {size} characters together, and AWS allows "
            f"{limit}; move some of them into a managed policy."
        )


def for_terraform(text: str) -> str:
    """Escape what Terraform would take for its own template.

    `${aws:username}` must reach AWS as it is: Terraform wants it as `$${aws:username}`.
    References and cdktf's tokens stay.
    """
    return _POLICY_VARIABLE.sub("$${", text).replace("%{", "%%{")
