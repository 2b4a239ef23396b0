"""One meaning of "may this caller assume this role", for every room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rolecall.policy.callers import (
    Anonymous,
    AwsService,
    Caller,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    SamlIdentity,
    WebIdentity,
)
from rolecall.policy.decision import Decision, Reason, Verdict
from rolecall.policy.evaluate import Authorizer, CompiledPolicy
from rolecall.policy.request import Request

ASSUME_ROLE = "sts:AssumeRole"
ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
ASSUME_ROLE_WITH_SAML = "sts:AssumeRoleWithSAML"
TAG_SESSION = "sts:TagSession"
SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"


@dataclass(frozen=True, slots=True)
class AssumeRoleAttempt:
    """One call of AssumeRole (or …WithWebIdentity, …WithSAML), as far as policies see it.

    `context` holds further keys: aws:SourceIp, aws:CurrentTime,
    aws:MultiFactorAuthPresent, a token's claims. `tags` are all session tags the call
    brings, those of a token or an assertion included.
    """

    caller: Caller
    role_arn: str
    external_id: str | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    transitive_tag_keys: tuple[str, ...] = ()
    session_name: str = ""
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def lasting_source_identity(self) -> str | None:
        """The source identity that the new session will carry: once set, it persists."""
        if isinstance(self.caller, RoleSession) and self.caller.source_identity is not None:
            return self.caller.source_identity
        return self.source_identity

    def keys(self) -> dict[str, str | tuple[str, ...]]:
        """The condition keys of the call. Source: "IAM and AWS STS condition context keys"."""
        keys: dict[str, str | tuple[str, ...]] = dict(self.context)
        if self.external_id is not None:
            keys["sts:ExternalId"] = self.external_id
        if self.session_name:
            keys["sts:RoleSessionName"] = self.session_name
        if self.lasting_source_identity is not None:
            keys["sts:SourceIdentity"] = self.lasting_source_identity
        if self.tags:
            keys["aws:TagKeys"] = tuple(self.tags)
            for key, value in self.tags.items():
                keys[f"aws:RequestTag/{key}"] = value
        if self.transitive_tag_keys:
            keys["sts:TransitiveTagKeys"] = self.transitive_tag_keys
        return keys


def may_assume(
    attempt: AssumeRoleAttempt,
    *,
    trust: CompiledPolicy,
    identity: Sequence[CompiledPolicy] = (),
    boundary: CompiledPolicy | None = None,
    session: Sequence[CompiledPolicy] | None = None,
    action: str = ASSUME_ROLE,
) -> Decision:
    """Decide whether the caller may assume the role, with the tags and identity he sends.

    Tags also need sts:TagSession, a source identity (a persisting one as well) also
    needs sts:SetSourceIdentity, in the trust policy and where needed in the caller's.

    Source: "AssumeRole" of the AWS STS API reference, "Pass session tags in AWS STS",
    "Monitor and control actions taken with assumed roles".
    """
    authorizer = Authorizer(
        identity=identity,
        resource=trust,
        boundary=boundary,
        session=session,
        resource_label="trust",
    )
    keys = attempt.keys()
    request = Request.build(action, attempt.role_arn, attempt.caller, keys)
    hindrance = _hindrance(attempt, action)
    if hindrance is not None:
        reason = Reason("none", note=hindrance)
        return Decision(Verdict.IMPLICIT_DENY, lambda _request, _verdict: reason, request)
    decision = authorizer.decide(request)
    if decision.allowed and (attempt.tags or attempt.transitive_tag_keys):
        tagging = authorizer.decide(
            Request.build(TAG_SESSION, attempt.role_arn, attempt.caller, keys)
        )
        decision = decision if tagging.allowed else tagging
    if decision.allowed and attempt.lasting_source_identity is not None:
        naming = authorizer.decide(_naming_request(attempt, keys))
        decision = decision if naming.allowed else naming
    return decision


def _naming_request(
    attempt: AssumeRoleAttempt, keys: Mapping[str, str | tuple[str, ...]]
) -> Request:
    """The request for the permission to set a source identity.

    In a chain of roles it is required "in both the permissions policy of the principal
    and in the role trust policy", the same account included. That is the rule for a
    resource whose account is not the caller's: so the account is left out.
    """
    chained = isinstance(attempt.caller, RoleSession)
    return Request.build(
        SET_SOURCE_IDENTITY,
        attempt.role_arn,
        attempt.caller,
        keys,
        resource_account="" if chained else None,
    )


def _hindrance(attempt: AssumeRoleAttempt, action: str) -> str | None:
    """What forbids the call whatever policies say."""
    caller = attempt.caller
    wanted = _action_of(caller)
    if wanted is None or wanted.lower() != action.lower():
        return f"this caller cannot call {action}"
    if isinstance(caller, RootUser):
        # AWS: "Roles may not be assumed by root accounts."
        return "a root user may not assume a role"
    if isinstance(caller, FederatedUserSession):
        # "Request temporary security credentials": of STS, a session of
        # GetFederationToken may call GetCallerIdentity only.
        return "a federated user may not assume a role"
    if isinstance(caller, (IamUser, RoleSession)):
        # "Amazon Resource Names": a partition is a separate set of accounts.
        if attempt.role_arn.split(":", 2)[1:2] != [caller.partition]:
            return "the role is in another partition"
        persisting = attempt.lasting_source_identity
        if attempt.source_identity is not None and attempt.source_identity != persisting:
            return "the source identity of the caller's session cannot be changed"
    return None


def _action_of(caller: Caller) -> str | None:
    if isinstance(caller, WebIdentity):
        return ASSUME_ROLE_WITH_WEB_IDENTITY
    if isinstance(caller, SamlIdentity):
        return ASSUME_ROLE_WITH_SAML
    if isinstance(caller, Anonymous):
        return None
    assert isinstance(  # noqa: S101 - narrows the type
        caller, (IamUser, RoleSession, RootUser, FederatedUserSession, AwsService)
    )
    return ASSUME_ROLE
