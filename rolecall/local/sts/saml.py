"""AssumeRoleWithSAML: credentials of a role for whom an identity provider's assertion names.

The call needs no signature of AWS's: "The identity of the caller is validated by using
keys in the metadata document" (AssumeRoleWithSAML, AWS STS API reference).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from rolecall.issuers.saml_keys import SamlFacts, saml_context, session_context
from rolecall.issuers.saml_metadata import SamlMetadata, SamlMetadataProblem
from rolecall.local.api import ApiCall, ApiReply, AwsError
from rolecall.local.authorization.context import Context, facts_of_call, facts_of_role
from rolecall.local.directory import RoleRecord
from rolecall.local.iam import saml_providers
from rolecall.local.saml import one_time
from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.aws_attributes import WishedSession, check_role, wished_session
from rolecall.local.saml.errors import invalid_token
from rolecall.local.saml.stand_in_key import believed
from rolecall.local.saml.verify import verified_assertion
from rolecall.local.sts import session_policies
from rolecall.local.sts.parameters import ARN, Parameters
from rolecall.local.sts.role_session import (
    MOST_SECONDS,
    ONE_HOUR,
    Session,
    check_duration,
    start_session,
)
from rolecall.local.sts.session_policies import SessionPolicies
from rolecall.local.sts.xml import STS, Result, query_reply
from rolecall.policy import (
    Arn,
    AssumeRoleAttempt,
    PolicyError,
    SamlIdentity,
    may_assume,
)
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_SAML

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_SHORTEST_ASSERTION, _LONGEST_ASSERTION = 4, 100_000


@dataclass(frozen=True, slots=True)
class _Wish:
    """The parameters of one call, each within its constraints."""

    role_arn: str
    provider_arn: str
    account: str
    provider_name: str
    response: str = field(repr=False)
    seconds: int
    policies: SessionPolicies


def assume_role_with_saml(call: ApiCall, cloud: "Cloud") -> ApiReply:
    """Answer AssumeRoleWithSAML: temporary credentials of the role, or AWS's refusal."""
    wish = _read(call)
    now = cloud.now()
    assertion = verified_assertion(wish.response, _metadata(wish, cloud), now=now)
    check_role(assertion, wish.role_arn, wish.provider_arn)
    session = wished_session(assertion)
    facts = _facts(wish, assertion)
    keys = saml_context(facts)
    role = _permitted_role(call, cloud, wish, session, keys)
    check_duration(wish.seconds, role)
    one_time.use(assertion, cloud)
    result = start_session(
        cloud,
        role,
        Session(
            name=session.name,
            seconds=_seconds(wish, session, assertion, now),
            policies=wish.policies,
            tags=session.tags,
            source_identity=session.source_identity,
            federation={
                **session_context(keys),
                "aws:FederatedProvider": wish.provider_arn,
            },
        ),
    )
    told: dict[str, Result] = {
        **result,
        "Subject": facts.subject,
        "SubjectType": facts.subject_type,
        "Issuer": facts.issuer,
        "Audience": facts.recipient,
        "NameQualifier": facts.name_qualifier,
    }
    return query_reply("AssumeRoleWithSAML", STS, cloud.new_request_id(), told)


def _read(call: ApiCall) -> _Wish:
    parameters = Parameters(call.params)
    role_arn = parameters.required("RoleArn", low=20, high=2048, pattern=ARN)
    provider_arn = parameters.required("PrincipalArn", low=20, high=2048, pattern=ARN)
    policies = session_policies.read(parameters)
    seconds = parameters.number("DurationSeconds", low=900, high=MOST_SECONDS)
    parameters.number("MinimumSessionTokenSize", low=0, high=4096)
    response = parameters.required("SAMLAssertion")
    parameters.finish()
    _check_length(response)
    _parsed(role_arn, "role/")
    account, provider_name = _parsed(provider_arn, "saml-provider/")
    return _Wish(
        role_arn=role_arn,
        provider_arn=provider_arn,
        account=account,
        provider_name=provider_name,
        response=response,
        seconds=ONE_HOUR if seconds is None else seconds,
        policies=policies,
    )


def _check_length(response: str) -> None:
    """The constraint of SAMLAssertion, told without its value, which is a credential."""
    bound = None
    if len(response) < _SHORTEST_ASSERTION:
        bound = f"greater than or equal to {_SHORTEST_ASSERTION}"
    elif len(response) > _LONGEST_ASSERTION:
        bound = f"less than or equal to {_LONGEST_ASSERTION}"
    if bound is not None:
        raise AwsError(
            "ValidationError",
            "1 validation error detected: Value at 'sAMLAssertion' failed to satisfy constraint: "
            f"Member must have length {bound}",
        )


def _parsed(arn: str, kind: str) -> tuple[str, str]:
    """Account and name in the ARN of an IAM resource of that kind."""
    try:
        parsed = Arn.parse(arn)
    except PolicyError:
        raise AwsError("ValidationError", f"{arn} is invalid") from None
    if parsed.service != "iam" or not parsed.resource.startswith(kind):
        raise AwsError("ValidationError", f"{arn} is invalid")
    return parsed.account, parsed.resource.removeprefix(kind)


def _metadata(wish: _Wish, cloud: "Cloud") -> SamlMetadata:
    provider = saml_providers.find(wish.account, wish.provider_arn)
    if provider is not None:
        try:
            found = saml_providers.metadata_of(provider.saml_metadata_document)
            return believed(found, wish.provider_arn, cloud)
        except SamlMetadataProblem as problem:
            raise invalid_token("Specified provider doesn't exist", str(problem)) from None
    raise invalid_token(
        "Specified provider doesn't exist", f"there is no SAML provider {wish.provider_arn}"
    )


def _facts(wish: _Wish, assertion: Assertion) -> SamlFacts:
    attributes: dict[str, tuple[str, ...]] = {}
    for name, values in assertion.attributes:
        attributes[name] = (*attributes.get(name, ()), *values)
    return SamlFacts(
        recipient=assertion.recipient,
        issuer=assertion.issuer,
        subject=assertion.subject,
        subject_format=assertion.subject_format,
        attributes=attributes,
        account=wish.account,
        provider_name=wish.provider_name,
    )


def _permitted_role(
    call: ApiCall, cloud: "Cloud", wish: _Wish, session: WishedSession, keys: Context
) -> RoleRecord:
    """The role, if its trust policy admits the assertion. AWS tells a no without its reason."""
    role = cloud.directory.role(wish.role_arn)
    if role is None:
        raise _denied(f"there is no role {wish.role_arn}")
    if role.account != wish.account:
        # "SAML IDPs used in a role trust policy must be in the same account that the role
        # is in" ("Create a SAML identity provider in IAM").
        raise _denied("the SAML provider is not in the role's account")
    decision = may_assume(
        AssumeRoleAttempt(
            caller=SamlIdentity(wish.provider_arn),
            role_arn=role.arn,
            source_identity=session.source_identity,
            tags=session.tags.all,
            transitive_tag_keys=session.tags.transitive,
            session_name=session.name,
            context={**facts_of_call(call, None, cloud), **facts_of_role(role), **keys},
        ),
        trust=cloud.directory.trust_of(role),
        action=ASSUME_ROLE_WITH_SAML,
    )
    if not decision.allowed:
        raise _denied(decision.explain())
    return role


def _seconds(wish: _Wish, session: WishedSession, assertion: Assertion, now: datetime) -> int:
    """How long the session lasts: the shortest of what the call and the assertion say.

    "Your role session lasts for the duration that you specify, or until the time
    specified in the SAML authentication response's SessionNotOnOrAfter value, whichever
    is shorter"; of SessionDuration: "it can be used to shorten the duration of the
    session" ("Configure SAML assertions for the authentication response").
    """
    bounds = [wish.seconds]
    if session.seconds is not None:
        bounds.append(session.seconds)
    if assertion.session_ends is not None:
        bounds.append(int((assertion.session_ends - now).total_seconds()))
    return min(bounds)


def _denied(reason: str) -> AwsError:
    return AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", 403, reason)
