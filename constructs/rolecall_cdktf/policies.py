"""Policies on their way into cdk.tf.json: canonical, checked for size, escaped."""

import re
from collections.abc import Mapping

from rolecall.policy import PolicyDocument, PolicyError
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf.names import checked_name

ROLE_INLINE_LIMIT = 10_240
USER_INLINE_LIMIT = 2_048
"""All inline policies of a role or a user together, in characters without white space.

Source: "IAM and AWS STS quotas", IAM User Guide. AWS does not raise them.
"""

# ${aws:username}, ${aws:PrincipalTag/team, 'none'}, ${accounts.google.com:sub},
# ${oidc.eks.eu-central-1.amazonaws.com/id/AB:sub}, ${*}, ${?}, ${$}. A reference of Terraform
# has no colon behind its dotted words, and cdktf's tokens are ${TfToken[…]}.
_POLICY_VARIABLE = re.compile(r"(?<!\$)\$\{(?=\s*[A-Za-z0-9._~/-]+:(?!:)|[*?$]\})")
_TEMPLATE = re.compile(r"(?<!\$)\$\{[^}]*\}?")
# ${aws_cognito_identity_pool.users.id}, and cdktf's token of the same.
_REFERENCE = re.compile(
    r"\$\{(?:(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*\.[a-z0-9_]+|TfToken\[[^\]]+\])\}\Z"
)

Policy = PolicyDocument | Mapping[str, object] | str


def inline_policies_json(owner: str, policies: object) -> dict[str, str]:
    """Name → canonical JSON of a role's inline policies, by name. Raises `Problem`."""
    written = Arguments(owner).mapping("inline_policies", policies, '{"read": {…}}')
    named = {checked_name(owner, key, "an inline policy"): each for key, each in written.items()}
    found = {key: _policy_json(owner, key, named[key]) for key in sorted(named)}
    size = sum(len(text) for text in found.values())
    if size > ROLE_INLINE_LIMIT:
        raise Problem(
            f"{owner}: its inline policies have {size} characters together, and AWS allows "
            f"{ROLE_INLINE_LIMIT}; move some of them into a managed policy."
        )
    return found


def _policy_json(owner: str, name: str, policy: object) -> str:
    try:
        # What is none of the types of `Policy` is told in words by the parser.
        document = (
            policy if isinstance(policy, PolicyDocument) else PolicyDocument.parse(policy)  # type: ignore[arg-type]
        )
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


def for_terraform(text: str) -> str:
    """Escape what Terraform would take for its own template.

    `${aws:username}` must reach AWS as it is: Terraform wants it as `$${aws:username}`.
    References and cdktf's tokens stay.
    """
    return _POLICY_VARIABLE.sub("$${", text).replace("%{", "%%{")


def escaped(text: str) -> str:
    """A text in which Terraform finds neither references nor templates, whatever it holds."""
    return text.replace("${", "$${").replace("%{", "%%{")


def check_trust_references(owner: str, text: str) -> None:
    """Refuse Terraform in a trust policy that is more than an attribute of a resource.

    What a policy says must not depend on an expression that nobody sees in a review.
    Raises `Problem`.
    """
    for found in _TEMPLATE.findall(text):
        if not _POLICY_VARIABLE.match(found) and not _REFERENCE.match(found):
            raise Problem(
                f"{owner}: its trust policy holds {shown(found)}, which is neither an attribute of "
                'a resource, such as "${aws_cognito_identity_pool.users.id}", nor a policy '
                "variable of AWS."
            )
