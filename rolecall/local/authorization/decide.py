"""One permission asked of a caller's policies, and AWS's words for a no."""

from typing import TYPE_CHECKING

from rolecall.local.api import AwsError, Identity
from rolecall.local.authorization.context import Context
from rolecall.policy import Authorizer, CompiledPolicy, Decision, Request, Verdict

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_EXPLICIT = {
    "identity": "an identity-based policy",
    "boundary": "a permissions boundary",
    "session": "a session policy",
}
_IMPLICIT = {
    "boundary": "no permissions boundary allows",
    "session": "no session policy allows",
    "resource": "no resource-based policy allows",
}


def require(
    cloud: "Cloud",
    identity: Identity,
    action: str,
    resource: str,
    facts: Context,
    *,
    shown: str | None = None,
    resource_account: str | None = None,
) -> None:
    """Raise AccessDenied unless the caller's own policies allow `action` on `resource`.

    `shown` is how AWS names the resource in the message, where that is not the ARN.
    """
    policies = cloud.directory.policies_of(identity)
    request = Request.build(
        action, resource, identity.caller, facts, resource_account=resource_account
    )
    decision = Authorizer(
        identity=policies.identity, boundary=policies.boundary, session=policies.session
    ).decide(request)
    if not decision.allowed:
        raise denied(identity, action, shown or resource, decision)


def decide_with_resource_policy(
    cloud: "Cloud", identity: Identity, request: Request, resource: CompiledPolicy | None
) -> Decision:
    """The decision where the resource has a policy of its own, such as a bucket policy."""
    policies = cloud.directory.policies_of(identity)
    return Authorizer(
        identity=policies.identity,
        resource=resource,
        boundary=policies.boundary,
        session=policies.session,
    ).decide(request)


def denied(identity: Identity, action: str, resource: str, decision: Decision) -> AwsError:
    """AccessDenied as AWS words it ("Troubleshoot access denied error messages")."""
    because = cause(action, decision)
    return AwsError(
        "AccessDenied",
        f"User: {identity.caller.arn} is not authorized to perform: {action} on resource: "
        f"{resource} {because}",
        403,
        decision.explain(),
    )


def cause(action: str, decision: Decision) -> str:
    """`because no identity-based policy allows …` or `with an explicit deny in …`."""
    where = decision.reason.policy
    if decision.verdict is Verdict.EXPLICIT_DENY:
        return f"with an explicit deny in {_EXPLICIT.get(where, 'a resource-based policy')}"
    missing = _IMPLICIT.get(where, "no identity-based policy allows")
    return f"because {missing} the {action} action"
