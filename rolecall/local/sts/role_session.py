"""From a permitted call to the credentials of a role: what the three AssumeRole calls share.

Source: AssumeRole, AssumeRoleWithWebIdentity and AssumeRoleWithSAML in the AWS STS API
reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from rolecall.local.api import AwsError, SessionGrant
from rolecall.local.directory import RoleRecord
from rolecall.local.sts import session_policies
from rolecall.local.sts.credentials import credentials_element
from rolecall.local.sts.session_policies import SessionPolicies
from rolecall.local.sts.session_tags import SessionTags
from rolecall.local.sts.xml import Result
from rolecall.policy import assumed_role_arn

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: The pattern of RoleSessionName and SourceIdentity.
SESSION_NAME = r"[\w+=,.@-]*"
ONE_HOUR = 3600
MOST_SECONDS = 43200


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The session that a permitted call asks for. `seconds` is how long it lasts.

    `chained`: the caller signed with temporary credentials. `federation`: see
    `SessionGrant`.
    """

    name: str
    seconds: int
    policies: SessionPolicies
    tags: SessionTags
    source_identity: str | None = None
    chained: bool = False
    federation: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


def start_session(cloud: "Cloud", role: RoleRecord, session: Session) -> dict[str, Result]:
    """Issue the credentials; the elements of the reply that the three calls have in common.

    The trust policy has been asked already.

    Raises:
        AwsError: ValidationError for a session that is too long, MalformedPolicyDocument,
            InvalidParameterValue, PackedPolicyTooLarge.
    """
    check_duration(session.seconds, role, chained=session.chained)
    session_policies.check(session.policies, role.account, cloud.directory)
    packed = session_policies.packed_size(session.policies, session.tags.all)
    now = cloud.now()
    issued = cloud.issue(
        SessionGrant(
            kind="assumed-role",
            account=role.account,
            issued_at=now,
            expires_at=now + timedelta(seconds=session.seconds),
            role_arn=role.arn,
            role_id=role.unique_id,
            session_name=session.name,
            session_policies=session.policies.inline,
            session_policy_arns=session.policies.arns,
            tags=session.tags.all,
            transitive_tag_keys=session.tags.transitive,
            source_identity=session.source_identity,
            chained=session.chained,
            federation=session.federation,
        )
    )
    return {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role.unique_id}:{session.name}",
            "Arn": assumed_role_arn(role.account, role.name, session.name),
        },
        "Credentials": credentials_element(issued),
        "PackedPolicySize": packed,
        "SourceIdentity": session.source_identity,
    }


def check_duration(seconds: int, role: RoleRecord, *, chained: bool = False) -> None:
    """Raise ValidationError for more seconds than the role, or a chain of roles, allows."""
    if chained and seconds > ONE_HOUR:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
            "by role chaining.",
            400,
            f"{seconds} s were asked for with temporary credentials; at most {ONE_HOUR} s",
        )
    if seconds > role.max_session:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            400,
            f"{seconds} s were asked for; MaxSessionDuration of {role.arn} is {role.max_session} s",
        )
