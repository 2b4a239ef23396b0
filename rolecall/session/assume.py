"""AssumeRole: a request signed with the caller's own credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rolecall.policy import (
    check_duration,
    check_external_id,
    check_role_arn,
    check_role_session_name,
    check_session_tags,
    check_source_identity,
)
from rolecall.session.assumed_role import DEFAULT_DURATION_SECONDS, AssumedRole, become
from rolecall.session.mfa import Mfa
from rolecall.session.narrowing import NOT_NARROWED, Narrowing


@dataclass(frozen=True, kw_only=True)
class AssumeRoleRequest:
    """What is asked of STS (AWS STS API reference, "AssumeRole").

    `duration_seconds` is 900 to 43200 and no more than the role's maximum; a session
    assumed from another role's session lasts an hour at most. Every limit is checked
    here, because the SDKs check minimums only.

    Raises `LimitError` naming the rule that a value breaks.
    """

    operation: ClassVar[str] = "assume_role"
    signed: ClassVar[bool] = True

    role_arn: str
    session_name: str
    duration_seconds: int = DEFAULT_DURATION_SECONDS
    external_id: str | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    mfa: Mfa | None = None
    narrowing: Narrowing = NOT_NARROWED

    def __post_init__(self) -> None:
        check_role_arn(self.role_arn)
        check_role_session_name(self.session_name)
        check_duration(self.duration_seconds, max_session=43200)
        if self.external_id is not None:
            check_external_id(self.external_id)
        if self.source_identity is not None:
            check_source_identity(self.source_identity)
        check_session_tags(self.tags, self.transitive_tag_keys)

    def parameters(self) -> dict[str, Any]:
        """The parameters of the API call; what was not asked for is left out."""
        wanted: dict[str, Any] = {
            "RoleArn": self.role_arn,
            "RoleSessionName": self.session_name,
            "DurationSeconds": self.duration_seconds,
            **self.narrowing.parameters(),
        }
        if self.external_id is not None:
            wanted["ExternalId"] = self.external_id
        if self.source_identity is not None:
            wanted["SourceIdentity"] = self.source_identity
        if self.tags:
            wanted["Tags"] = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        if self.transitive_tag_keys:
            wanted["TransitiveTagKeys"] = list(self.transitive_tag_keys)
        if self.mfa is not None:
            wanted["SerialNumber"] = self.mfa.serial
            wanted["TokenCode"] = self.mfa.code()
        return wanted


def assume_role(client: Any, request: AssumeRoleRequest) -> AssumedRole:
    """Call AssumeRole; see `become`."""
    return become(client, request)
