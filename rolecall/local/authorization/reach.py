"""Calls that reach further than the permission for their own action tells.

Some operations make AWS call other services in the caller's name (CloudFormation makes
IAM users), and AWS then asks for the permission of each of those calls. Which ones that
will be is not known here, so only who may do everything may do that. And some backends
look for a resource in whatever account its ARN names; resource policies of these
services are not evaluated, so nobody is let into another account.
"""

import re
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, AwsError, Identity
from rolecall.local.authorization.parameters import parameters_of
from rolecall.policy import CompiledPolicy, Effect

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_CHANGES = re.compile(
    r"(Activate|Cancel|Continue|Create|Delete|Execute|Import|Rollback|Update)[A-Z]\w*"
)
#: Operations in the caller's name, by signing name.
_IN_HIS_NAME = {
    "cloudformation": _CHANGES,
    "servicecatalog": re.compile(r"(Provision|Update|Terminate)Provision\w*|ProvisionProduct"),
    # "tag:TagResources" needs the tagging permission of each service as well.
    "tagging": re.compile(r"(Tag|Untag)Resources"),
}
_ACCOUNT = re.compile(r"[0-9]{12}")
_ARN = re.compile(r"arn:aws[a-z-]*:(?P<service>[a-z0-9-]+):[a-z0-9-]*:(?P<account>[0-9]{12}):.+")


def check_reach(
    call: ApiCall, action: str, labels: dict[str, str], identity: Identity, cloud: "Cloud"
) -> None:
    """Refuse what reaches another account, or more than the caller's policies tell.

    Raises:
        AwsError: AccessDenied.
    """
    service, _, operation = action.partition(":")
    own = identity.account
    for name, value in (*parameters_of(call), *labels.items()):
        arn = _ARN.fullmatch(value)
        if arn is not None and arn["service"] == service and arn["account"] != own:
            raise _denied(identity, action, value, "it is a resource of another account")
        if _names_accounts(call, name) and (
            value != own if _ACCOUNT.fullmatch(value) else "Unit" in name or "Url" in name
        ):
            raise _denied(identity, action, value, "it reaches other accounts")
    pattern = _IN_HIS_NAME.get(call.service)
    if pattern is not None and pattern.fullmatch(operation):
        policies = cloud.directory.policies_of(identity)
        limits = [policies.identity, policies.session]
        if policies.boundary is not None:
            limits.append((policies.boundary,))
        if not all(limit is None or _everything(limit) for limit in limits):
            raise _denied(
                identity,
                action,
                "*",
                "it makes AWS call other services in the caller's name, and the embedded AWS lets "
                "only those do that whose policies allow everything and deny nothing",
            )


def _names_accounts(call: ApiCall, name: str) -> bool:
    if call.service == "account":
        return name == "AccountId"
    return call.service == "cloudformation" and name.startswith(("Accounts", "DeploymentTargets"))


def _everything(policies: tuple[CompiledPolicy, ...]) -> bool:
    """Whether the policies allow everything, and deny nothing whatever."""
    statements = [each for policy in policies for each in policy.document.statements]
    return all(each.effect is Effect.ALLOW for each in statements) and any(
        "*" in each.actions and "*" in each.resources and not each.conditions for each in statements
    )


def _denied(identity: Identity, action: str, resource: str, reason: str) -> AwsError:
    return AwsError(
        "AccessDenied",
        f"User: {identity.caller.arn} is not authorized to perform: {action} on resource: "
        f"{resource}",
        403,
        reason,
    )
