"""What `start_session` tells, as JSON services tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Issued:
    """The credentials of a new session, and who it is."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime
    arn: str
    role_id: str
    #: Per cent of what policies and tags may take.
    packed_size: int

    @classmethod
    def of(cls, elements: Mapping[str, Any]) -> "Issued":
        """From the elements of an STS reply."""
        keys, user = elements["Credentials"], elements["AssumedRoleUser"]
        return cls(
            access_key_id=keys["AccessKeyId"],
            secret_access_key=keys["SecretAccessKey"],
            session_token=keys["SessionToken"],
            expiration=datetime.fromisoformat(keys["Expiration"].replace("Z", "+00:00")),
            arn=user["Arn"],
            role_id=user["AssumedRoleId"],
            packed_size=elements.get("PackedPolicySize") or 0,
        )
