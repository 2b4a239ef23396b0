"""Answers of STS without an STS, places for them, and a clock that is moved by hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from rolecall.problems import Exit, Problem
from rolecall.session.place import Place

ROLE = "arn:aws:iam::111111111111:role/tes-deployer"
START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
#: Where a key of the AWS CLI, and one of ours, would stand.
KEY = "0123456789abcdef" * 4


@dataclass
class Files:
    """Places in one folder."""

    folder: Path

    def place(self, seconds: int = 3600, **more: Any) -> Place:
        return Place(
            self.folder / "sessions" / f"{KEY}.json",
            self.folder / "locks" / f"{KEY}.lock",
            ROLE,
            seconds,
            **more,
        )


@dataclass
class Sts:
    """Answers as STS does: `clock` is ours, `ahead` how far STS's own is ahead of it."""

    seconds: int = 3600
    ahead: timedelta = timedelta(0)
    clock: datetime = START
    calls: int = 0
    down: bool = False
    dated: bool = True
    valid_until: dict[str, datetime] = field(default_factory=dict)

    def now(self) -> datetime:
        """Our clock."""
        return self.clock

    def time(self) -> datetime:
        """STS's clock."""
        return self.clock + self.ahead

    def pass_(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    def assume(self) -> dict[str, Any]:
        if self.down:
            raise Problem("AWS could not be reached.", Exit.UNREACHABLE)
        self.calls += 1
        ends = self.time().replace(microsecond=0) + timedelta(seconds=self.seconds)
        key = f"ASIA{self.calls:016d}"
        self.valid_until[key] = ends
        return answer(key, ends, self.time() if self.dated else None)


def answer(
    key: str = "ASIAEXAMPLEEXAMPLE12",
    ends: datetime = START + timedelta(hours=1),
    date: datetime | None = START,
    token: str = "IQoJb3JpZ2luX2VjEXAMPLETOKEN==",
) -> dict[str, Any]:
    """What botocore makes of an answer of AssumeRole."""
    headers = {"x-amzn-requestid": "r", "content-type": "text/xml"}
    if date is not None:
        headers["date"] = format_datetime(date.replace(microsecond=0), usegmt=True)
    return {
        "Credentials": {
            "AccessKeyId": key,
            "SecretAccessKey": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYxy",
            "SessionToken": token,
            "Expiration": ends,
        },
        "AssumedRoleUser": {
            "AssumedRoleId": "AROAEXAMPLEEXAMPLE123:alice",
            "Arn": "arn:aws:sts::111111111111:assumed-role/tes-deployer/alice",
        },
        "ResponseMetadata": {
            "RequestId": "r",
            "HTTPStatusCode": 200,
            "HTTPHeaders": headers,
            "RetryAttempts": 0,
        },
    }
