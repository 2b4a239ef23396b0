"""Managed policies by short name, ARN or reference."""

from rolecall.environment import Environment
from rolecall.policy import Arn, PolicyError
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf.managed_policy_paths import PATHS
from rolecall_cdktf.names import checked_name


def is_reference(text: str) -> bool:
    """Whether the text holds a cdktf token or a Terraform reference."""
    return "${" in text


def managed_policy_arn(owner: str, policy: object, environment: Environment) -> str:
    """The ARN of a managed policy.

    `ReadOnlyAccess` and `job-function/ViewOnlyAccess` are AWS's own; a policy of yours is
    written as its ARN or as a token (`policy.arn`). AWS's policies that lie under a path
    are found without it. Raises `Problem`.
    """
    if not isinstance(policy, str) or not policy:
        raise Problem(f'{owner}: {shown(policy)} is not a managed policy; write "ReadOnlyAccess".')
    if is_reference(policy):
        return policy
    if policy.startswith("arn:"):
        return _checked(owner, policy, environment)
    for part in policy.split("/"):
        checked_name(owner, part, "a managed policy")
    path, _, name = policy.rpartition("/")
    if not path:
        path = PATHS.get(name, "")
        if path == "aws-service-role":
            raise Problem(
                f"{owner}: {name} belongs to a service-linked role, and AWS attaches it to nothing "
                "else; choose another policy."
            )
    prefix = f"{path}/" if path else ""
    return f"arn:{environment.partition}:iam::aws:policy/{prefix}{name}"


def managed_policy_arns(owner: str, policies: object, environment: Environment) -> tuple[str, ...]:
    """The ARNs, each once. AWS attaches at most 10, or 25 once it has raised the quota."""
    written = Arguments(owner).several("managed_policies", policies, '["ReadOnlyAccess"]')
    found = tuple(managed_policy_arn(owner, policy, environment) for policy in written)
    for arn in found:
        if found.count(arn) > 1:
            raise Problem(f"{owner}: the managed policy {arn} is listed twice; list it once.")
    if len(found) > 25:
        raise Problem(f"{owner}: {len(found)} managed policies; AWS attaches at most 25 to a role.")
    return found


def label(arn: str) -> str:
    """A short name for the construct of an attachment."""
    return "policy" if is_reference(arn) else arn.rpartition("/")[2]


def _checked(owner: str, text: str, environment: Environment) -> str:
    try:
        arn = Arn.parse(text)
    except PolicyError as error:
        raise Problem(f"{owner}: {text!r} is not an ARN: {error}") from error
    if arn.service != "iam" or not arn.resource.startswith("policy/") or "*" in text:
        raise Problem(
            f"{owner}: {text!r} is not the ARN of a managed policy; it looks like "
            f"arn:{environment.partition}:iam::aws:policy/ReadOnlyAccess."
        )
    if arn.partition != environment.partition:
        raise Problem(
            f"{owner}: {text!r} is of partition {arn.partition}, and {environment.name} is in "
            f"{environment.partition}."
        )
    if arn.account not in ("aws", environment.account_id):
        raise Problem(
            f"{owner}: {text!r} is of account {arn.account}; a role takes managed policies of AWS "
            f"or of its own account {environment.account_id}."
        )
    checked_name(owner, arn.resource.rpartition("/")[2], "a managed policy")
    return text
