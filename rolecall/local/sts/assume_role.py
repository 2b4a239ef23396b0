"""AssumeRole, with everything AWS looks at before it hands out credentials.

Source: AssumeRole in the AWS STS API reference, "Methods to assume a role", "Policy
evaluation logic", "Monitor and control actions taken with assumed roles" and "Pass
session tags in AWS STS".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.authorization.context import Context, facts_of_call, facts_of_role
from rolecall.local.directory import RoleRecord
from rolecall.local.sts import mfa, session_policies, session_tags
from rolecall.local.sts.parameters import ARN, Parameters, well_formed_arn
from rolecall.local.sts.role_session import (
    MOST_SECONDS,
    ONE_HOUR,
    SESSION_NAME,
    Session,
    start_session,
)
from rolecall.local.sts.session_policies import SessionPolicies
from rolecall.local.sts.session_tags import SessionTags
from rolecall.local.sts.xml import STS, query_reply
from rolecall.policy import (
    AssumeRoleAttempt,
    FederatedUserSession,
    RootUser,
    may_assume,
)

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_EXTERNAL_ID = r"[\w+=,.@:\/-]*"
_SERIAL_NUMBER = r"[\w+=/:,.@-]*"


@dataclass(frozen=True, slots=True)
class _Wish:
    """The parameters of one call, each within its constraints."""

    role_arn: str
    session_name: str
    seconds: int
    external_id: str | None
    source_identity: str | None
    serial_number: str | None
    token_code: str | None
    policies: SessionPolicies
    tags: list[tuple[str, str]]
    transitive: list[str]


def assume_role(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer AssumeRole: temporary credentials of the role, or AWS's refusal."""
    wish = _read(call)
    caller = identity.caller
    if isinstance(caller, RootUser):
        raise AwsError(
            "AccessDenied",
            "Roles may not be assumed by root accounts.",
            403,
            f"{caller.arn} is a root user; sign with an IAM user or a role",
        )
    calling = identity.session
    tags = session_tags.combine(wish.tags, wish.transitive, calling)
    mfa_at = mfa.check_code(cloud, identity, wish.serial_number, wish.token_code)
    role = cloud.directory.role(wish.role_arn)
    if role is None:
        raise _denied(
            identity, wish.role_arn, "sts:AssumeRole", f"there is no role {wish.role_arn}"
        )
    if isinstance(caller, FederatedUserSession):
        raise _denied(
            identity,
            wish.role_arn,
            "sts:AssumeRole",
            "credentials of GetFederationToken cannot assume roles",
        )
    source_identity = _source_identity(wish, identity)
    facts = _facts(call, identity, cloud, role, mfa_at)
    _authorize(wish, identity, cloud, role, tags, source_identity, facts)
    result = start_session(
        cloud,
        role,
        Session(
            name=wish.session_name,
            seconds=wish.seconds,
            policies=wish.policies,
            tags=tags,
            source_identity=source_identity,
            chained=calling is not None,
        ),
    )
    return query_reply("AssumeRole", STS, cloud.new_request_id(), result)


def _read(call: ApiCall) -> _Wish:
    parameters = Parameters(call.params)
    text = parameters.text
    role_arn = parameters.required("RoleArn", low=20, high=2048, pattern=ARN)
    session_name = parameters.required("RoleSessionName", low=2, high=64, pattern=SESSION_NAME)
    policies = session_policies.read(parameters)
    seconds = parameters.number("DurationSeconds", low=900, high=MOST_SECONDS)
    tags, transitive = session_tags.read(parameters)
    external_id = text("ExternalId", low=2, high=1224, pattern=_EXTERNAL_ID)
    serial_number = text("SerialNumber", low=9, high=256, pattern=_SERIAL_NUMBER)
    token_code = text("TokenCode", low=6, high=6, pattern=r"[\d]*")
    source_identity = text("SourceIdentity", low=2, high=64, pattern=SESSION_NAME)
    parameters.finish()
    return _Wish(
        role_arn=well_formed_arn(role_arn),
        session_name=session_name,
        seconds=ONE_HOUR if seconds is None else seconds,
        external_id=external_id,
        source_identity=source_identity,
        serial_number=serial_number,
        token_code=token_code,
        policies=policies,
        tags=tags,
        transitive=transitive,
    )


def _source_identity(wish: _Wish, identity: Identity) -> str | None:
    """The source identity of the new session; once set, it stays along the whole chain."""
    set_before = identity.session.source_identity if identity.session is not None else None
    if set_before is None:
        return wish.source_identity
    if wish.source_identity not in (None, set_before):
        raise _denied(
            identity,
            wish.role_arn,
            "sts:SetSourceIdentity",
            f"the calling session's source identity is {set_before} and cannot be changed",
        )
    return set_before


def _facts(
    call: ApiCall, identity: Identity, cloud: "Cloud", role: RoleRecord, mfa_at: datetime | None
) -> Context:
    facts = facts_of_call(call, identity, cloud)
    if mfa_at is not None:
        facts["aws:MultiFactorAuthPresent"] = "true"
        facts["aws:MultiFactorAuthAge"] = "0"
    return {**facts, **facts_of_role(role)}


def _authorize(
    wish: _Wish,
    identity: Identity,
    cloud: "Cloud",
    role: RoleRecord,
    tags: SessionTags,
    source_identity: str | None,
    facts: Context,
) -> None:
    """Ask the trust policy and the caller's policies.

    Inherited tags count as tags of the request: AWS wants sts:TagSession of every role
    along a chain that hands tags on ("Pass session tags in AWS STS"). So does an
    inherited source identity with sts:SetSourceIdentity.
    """
    trust = cloud.directory.trust_of(role)
    policies = cloud.directory.policies_of(identity)

    attempt = AssumeRoleAttempt(
        caller=identity.caller,
        role_arn=role.arn,
        external_id=wish.external_id,
        source_identity=source_identity,
        tags=tags.all,
        transitive_tag_keys=tags.transitive,
        session_name=wish.session_name,
        context=facts,
    )
    decision = may_assume(
        attempt,
        trust=trust,
        identity=policies.identity,
        boundary=policies.boundary,
        session=policies.session,
    )
    if not decision.allowed:
        # AWS names which of the permissions that the call needs is the missing one.
        raise _denied(identity, role.arn, decision.action, decision.explain())


def _denied(identity: Identity, role_arn: str, action: str, reason: str) -> AwsError:
    return AwsError(
        "AccessDenied",
        f"User: {identity.caller.arn} is not authorized to perform: {action} on resource: "
        f"{role_arn}",
        403,
        reason,
    )
