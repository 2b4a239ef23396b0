"""Authorization of the services other than IAM, STS and S3.

What is certain is the action; the resource only for some calls. Where it is not known,
the policies count as `conservative` makes them.

Resource policies of these services (queue, topic, key, function, secret policies) are
not evaluated: they neither let anybody in from another account, nor does a Deny in one
of them count.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, AwsError, Identity
from rolecall.local.authorization.conservative import cautious_conditions, conservative
from rolecall.local.authorization.context import Context, facts_of_call
from rolecall.local.authorization.decide import denied, require
from rolecall.local.authorization.operations import operations_of
from rolecall.local.authorization.parameters import json_body
from rolecall.local.authorization.pass_role import passed_roles, service_host
from rolecall.local.authorization.reach import check_reach
from rolecall.local.authorization.resources import resource_of
from rolecall.local.missing import unimplemented
from rolecall.policy import Authorizer, Request, RootUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: Signing name -> the prefix of its actions, where they differ.
_PREFIX = {
    "iotdata": "iot",
    "monitoring": "cloudwatch",
    "tagging": "tag",
}
#: Operations whose action has another name.
_ACTION = {
    ("execute-api", "DeleteConnection"): "execute-api:ManageConnections",
    ("execute-api", "GetConnection"): "execute-api:ManageConnections",
    ("execute-api", "PostToConnection"): "execute-api:ManageConnections",
    ("lambda", "GetLayerVersionByArn"): "lambda:GetLayerVersion",
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "InvokeAsync"): "lambda:InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "lambda:InvokeFunction",
}
#: Operations that are made of others: the permission for each part is needed.
_PARTS = {
    ("dynamodb", "TransactGetItems"): ("dynamodb:GetItem",),
    ("dynamodb", "TransactWriteItems"): (
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ),
    ("dynamodb", "ExecuteStatement"): (
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLSelect",
        "dynamodb:PartiQLUpdate",
    ),
    # "kms:ReEncrypt*" is the pair; there is no action of the operation's own name.
    ("kms", "ReEncrypt"): ("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    ("secretsmanager", "BatchGetSecretValue"): (
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
    ),
    ("sqs", "DeleteMessageBatch"): ("sqs:DeleteMessage",),
    ("sqs", "SendMessageBatch"): ("sqs:SendMessage",),
    ("sqs", "ChangeMessageVisibilityBatch"): ("sqs:ChangeMessageVisibility",),
    ("sns", "PublishBatch"): ("sns:Publish",),
}
#: Operations with a member that needs a permission of its own: for a resource that does
#: not exist yet, and so is not known.
_WITH_MEMBER = {
    ("cognito-identity", "CreateIdentityPool", "IdentityPoolTags"): "cognito-identity:TagResource",
    ("eks", "CreateCluster", "tags"): "eks:TagResource",
    ("eks", "CreatePodIdentityAssociation", "tags"): "eks:TagResource",
    ("rolesanywhere", "CreateProfile", "tags"): "rolesanywhere:TagResource",
    ("rolesanywhere", "CreateTrustAnchor", "tags"): "rolesanywhere:TagResource",
}
_PARTS["dynamodb", "BatchExecuteStatement"] = _PARTS["dynamodb", "ExecuteStatement"]
_PARTS["dynamodb", "ExecuteTransaction"] = _PARTS["dynamodb", "ExecuteStatement"]


def authorize(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """Raise AccessDenied unless the caller's policies allow the call."""
    operations = operations_of(call)
    if not operations and call.action:
        # Its protocol names the operation, and the service has none of that name.
        raise unimplemented(call)
    if not operations:
        raise AwsError(
            "AccessDenied",
            f"User: {identity.caller.arn} is not authorized to perform this operation",
            403,
            f"the embedded AWS does not know which operation of {call.service} "
            f"{call.method} {call.path} is",
        )
    facts = facts_of_call(call, identity, cloud)
    account = identity.account
    for operation in operations:
        resource = resource_of(call, operation.name, operation.labels, account)
        for action in _for_members(call, operation.name):
            _require_unknown(call, identity, cloud, action, facts)
        for action in _actions(call, operation.name):
            if resource is not None and not isinstance(identity.caller, RootUser):
                _require_known(identity, cloud, action, resource, facts)
            else:
                _require_unknown(call, identity, cloud, action, facts)
            check_reach(call, action, operation.labels, identity, cloud)
    names = {operation.name for operation in operations}
    passed = {**facts, "iam:PassedToService": service_host(call.service, names)}
    for arn in sorted(passed_roles(call, account, cloud)):
        require(cloud, identity, "iam:PassRole", arn, passed)


def _actions(call: ApiCall, operation: str) -> tuple[str, ...]:
    service = call.service
    if service == "apigateway":
        # Actions of API Gateway are the methods of HTTP.
        return (f"apigateway:{call.method}",)
    parts = _PARTS.get((service, operation))
    if parts is not None:
        return parts
    renamed = _ACTION.get((service, operation))
    return (renamed or f"{_PREFIX.get(service, service)}:{operation}",)


def _for_members(call: ApiCall, operation: str) -> Iterator[str]:
    """Further actions that the call needs because of what it says."""
    body = json_body(call) if call.protocol in ("json", "rest-json") else None
    given = body if isinstance(body, dict) else {}
    for (service, name, member), action in _WITH_MEMBER.items():
        if (service, name) == (call.service, operation) and given.get(member):
            yield action


def _require_known(
    identity: Identity,
    cloud: "Cloud",
    action: str,
    resource: str,
    facts: Context,
) -> None:
    """The resource is certain, further condition keys of the service are not.

    An Allow for the resource must hold, and no Deny, as if its unknown keys matched.
    """
    policies = cloud.directory.policies_of(identity)
    request = Request.build(action, resource, identity.caller, facts)
    exact = [cautious_conditions(policy) for policy in policies.identity]
    decision = Authorizer(
        identity=exact,
        boundary=cautious_conditions(policies.boundary) if policies.boundary else None,
        session=(
            None
            if policies.session is None
            else [cautious_conditions(policy) for policy in policies.session]
        ),
    ).decide(request)
    if not decision.allowed:
        raise denied(identity, action, resource, decision)


def _require_unknown(
    call: ApiCall, identity: Identity, cloud: "Cloud", action: str, facts: Context
) -> None:
    policies = cloud.directory.policies_of(identity)
    service = _PREFIX.get(call.service, call.service)
    where = (service, identity.account, call.region)
    request = Request.build(action, "*", identity.caller, facts)
    decision = Authorizer(
        identity=[conservative(policy, *where) for policy in policies.identity],
        boundary=conservative(policies.boundary, *where) if policies.boundary else None,
        session=(
            None
            if policies.session is None
            else [conservative(policy, *where) for policy in policies.session]
        ),
    ).decide(request)
    if not decision.allowed:
        raise denied(identity, action, "*", decision)
