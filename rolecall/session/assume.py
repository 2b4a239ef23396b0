"""AssumeRole: one request, checked before it is sent; one answer, checked before it is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rolecall.policy import (
    Arn,
    check_duration,
    check_external_id,
    check_role_arn,
    check_role_session_name,
    check_session_tags,
    check_source_identity,
)
from rolecall.problems import Exit, Problem
from rolecall.session.sts import failures_in_words

DEFAULT_DURATION_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class AssumeRoleRequest:
    """What is asked of STS (AWS STS API reference, "AssumeRole").

    `duration_seconds` is 900 to 43200 and no more than the role's maximum; a session
    assumed from another role's session lasts an hour at most. Every limit is checked
    here, because the SDKs check minimums only.

    Raises `LimitError` naming the rule that a value breaks.
    """

    role_arn: str
    session_name: str
    duration_seconds: int = DEFAULT_DURATION_SECONDS
    external_id: str | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_role_arn(self.role_arn)
        check_role_session_name(self.session_name)
        check_duration(self.duration_seconds, max_session=43200)
        if self.external_id is not None:
            check_external_id(self.external_id)
        if self.source_identity is not None:
            check_source_identity(self.source_identity)
        check_session_tags(self.tags)

    def parameters(self) -> dict[str, Any]:
        """The parameters of the API call; what was not asked for is left out."""
        wanted: dict[str, Any] = {
            "RoleArn": self.role_arn,
            "RoleSessionName": self.session_name,
            "DurationSeconds": self.duration_seconds,
        }
        if self.external_id is not None:
            wanted["ExternalId"] = self.external_id
        if self.source_identity is not None:
            wanted["SourceIdentity"] = self.source_identity
        if self.tags:
            wanted["Tags"] = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        return wanted


@dataclass(frozen=True, slots=True)
class AssumedRole:
    """The temporary credentials of a role session. Secrets stay out of `repr`."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime
    arn: str

    @property
    def account_id(self) -> str:
        """The account that the session works in."""
        return Arn.parse(self.arn).account


def assume_role(client: Any, request: AssumeRoleRequest) -> AssumedRole:
    """Call AssumeRole and check that the session is of the account that was asked for.

    Raises `Problem`: exit 5 where AWS refuses, 6 where it cannot be reached.
    """
    with failures_in_words():
        answer = client.assume_role(**request.parameters())
    credentials = answer["Credentials"]
    session = AssumedRole(
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
        expiration=credentials["Expiration"],
        arn=answer["AssumedRoleUser"]["Arn"],
    )
    wanted = Arn.parse(request.role_arn).account
    if session.account_id != wanted:
        raise Problem(
            f"the endpoint answered with a session of account {session.account_id}, not of "
            f"{wanted}: the credentials were thrown away; check AWS_ENDPOINT_URL.",
            Exit.FAILED,
        )
    return session
