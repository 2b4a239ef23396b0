"""AssumeRoleWithWebIdentity: credentials of a role for the holder of an OpenID Connect token.

Source: "AssumeRoleWithWebIdentity" in the AWS STS API reference, "OIDC federation" and
"IAM and AWS STS condition context keys" in the IAM User Guide. The call carries no
signature: the token says who comes.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rolecall.issuers import session_context
from rolecall.local.api import ApiCall, ApiReply, AwsError
from rolecall.local.authorization.context import facts_of_call, facts_of_role
from rolecall.local.oidc.errors import invalid
from rolecall.local.oidc.identity import verify
from rolecall.local.sts import session_policies
from rolecall.local.sts.parameters import ARN, Parameters, well_formed_arn
from rolecall.local.sts.role_session import (
    MOST_SECONDS,
    ONE_HOUR,
    SESSION_NAME,
    Session,
    start_session,
)
from rolecall.local.sts.session_policies import SessionPolicies
from rolecall.local.sts.token_session import source_identity_of, tags_of
from rolecall.local.sts.xml import STS, query_reply
from rolecall.policy import AssumeRoleAttempt, WebIdentity, may_assume
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_WEB_IDENTITY

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_SHORTEST_TOKEN, _LONGEST_TOKEN = 4, 20000


@dataclass(frozen=True, slots=True)
class _Wish:
    """The parameters of one call, each within its constraints."""

    role_arn: str
    session_name: str
    seconds: int
    policies: SessionPolicies
    token: str = field(repr=False)


def assume_role_with_web_identity(call: ApiCall, cloud: "Cloud") -> ApiReply:
    """Answer AssumeRoleWithWebIdentity: temporary credentials of the role, or AWS's refusal."""
    wish = _read(call)
    account = wish.role_arn.split(":")[4]
    who = verify(wish.token, account, cloud)
    tags, source_identity = tags_of(who.claims), source_identity_of(who.claims)
    role = cloud.directory.role(wish.role_arn)
    if role is None:
        raise _denied(f"there is no role {wish.role_arn}")
    attempt = AssumeRoleAttempt(
        caller=WebIdentity(who.provider.principal),
        role_arn=role.arn,
        source_identity=source_identity,
        tags=tags.all,
        transitive_tag_keys=tags.transitive,
        session_name=wish.session_name,
        context={**facts_of_call(call, None, cloud), **facts_of_role(role), **who.context},
    )
    # Nobody's policies but the trust policy: the caller has none of his own.
    decision = may_assume(
        attempt, trust=cloud.directory.trust_of(role), action=ASSUME_ROLE_WITH_WEB_IDENTITY
    )
    if not decision.allowed:
        raise _denied(decision.explain())
    result = start_session(
        cloud,
        role,
        Session(
            name=wish.session_name,
            seconds=wish.seconds,
            policies=wish.policies,
            tags=tags,
            source_identity=source_identity,
            federation={
                **session_context(who.provider.issuer, who.context),
                "aws:FederatedProvider": who.provider.principal,
            },
        ),
    )
    return query_reply(
        "AssumeRoleWithWebIdentity",
        STS,
        cloud.new_request_id(),
        {
            **result,
            "SubjectFromWebIdentityToken": who.subject,
            "Provider": who.provider.principal,
            "Audience": who.audience,
        },
    )


def _read(call: ApiCall) -> _Wish:
    parameters = Parameters(call.params)
    role_arn = parameters.required("RoleArn", low=20, high=2048, pattern=ARN)
    session_name = parameters.required("RoleSessionName", low=2, high=64, pattern=SESSION_NAME)
    token = parameters.required("WebIdentityToken")
    if "WebIdentityToken" in call.params:
        _check_token_length(token, parameters)
    provider_id = parameters.text("ProviderId", low=4, high=2048)
    policies = session_policies.read(parameters)
    seconds = parameters.number("DurationSeconds", low=900, high=MOST_SECONDS)
    parameters.finish()
    if provider_id is not None:
        raise _refused_access_token(provider_id)
    return _Wish(
        role_arn=well_formed_arn(role_arn),
        session_name=session_name,
        seconds=ONE_HOUR if seconds is None else seconds,
        policies=policies,
        token=token,
    )


def _check_token_length(token: str, parameters: Parameters) -> None:
    """4 to 20,000 characters; the message leaves out the value, which is a secret."""
    bound = None
    if len(token) < _SHORTEST_TOKEN:
        bound = f"greater than or equal to {_SHORTEST_TOKEN}"
    elif len(token) > _LONGEST_TOKEN:
        bound = f"less than or equal to {_LONGEST_TOKEN}"
    if bound is not None:
        parameters.violated("***", "webIdentityToken", f"Member must have length {bound}")


def _refused_access_token(provider_id: str) -> AwsError:
    """`ProviderId` announces an OAuth 2.0 access token, of Amazon or Facebook alone.

    Only these two can tell whether such a token is good, and the embedded AWS asks
    neither. "Do not specify this value for OpenID Connect ID tokens".
    """
    message = "Provided Token is not a Login With Amazon token"
    if provider_id != "www.amazon.com":
        message = "Provided Token is not an access token of the given provider"
    return invalid(
        message,
        "the embedded AWS takes OpenID Connect tokens only; leave ProviderId out",
    )


def _denied(reason: str) -> AwsError:
    return AwsError(
        "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403, reason
    )
