"""What the doctor looks at: variables, files, a clock and one call to STS, made once."""

import os
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urlsplit

from botocore.exceptions import ClientError, HTTPClientError

from rolecall import addresses
from rolecall.problems import Problem
from rolecall.session.aws_files import AwsFiles
from rolecall.session.clock import date_of, utc_now
from rolecall.session.failures import failures_in_words
from rolecall.session.place import Folders
from rolecall.session.sts import unsigned_sts_client

_SECONDS = 10
#: Needed to find an endpoint where nothing names one.
FALLBACK_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Answer:
    """STS's answer to a call without credentials, which it refuses, but dates.

    error: why there is none.
    """

    url: str
    date: datetime | None
    received: datetime
    error: str | None = None


def _output_of(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, no shell
            list(command),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout + done.stderr


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False


@dataclass
class Machine:
    """This machine, or one that a test made up.

    region: of the environment that was named, if one was.
    profile: the one that was named.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    region: str | None = None
    profile: str | None = None
    now: Callable[[], datetime] = utc_now
    output_of: Callable[[Sequence[str]], str | None] = _output_of
    listens: Callable[[str, int], bool] = _listens

    @property
    def files(self) -> AwsFiles:
        """The AWS config and credentials files."""
        return AwsFiles.of(self.environ)

    @property
    def profile_in_use(self) -> str:
        """The profile that boto3 would take."""
        named = self.profile or self.environ.get("AWS_DEFAULT_PROFILE")
        return named or self.environ.get("AWS_PROFILE") or "default"

    @property
    def folders(self) -> Folders:
        """Where role sessions are kept: the AWS CLI's folder, and Rolecall's own."""
        return Folders.of(self.environ)

    @property
    def endpoints(self) -> dict[str, str]:
        """The variables that send calls elsewhere than to AWS, and where."""
        return {
            name: value
            for name, value in sorted(self.environ.items())
            if name == "AWS_ENDPOINT_URL" or name.startswith("AWS_ENDPOINT_URL_")
            if value
        }

    @cached_property
    def sts(self) -> Answer:
        """What STS says to somebody without credentials; asked at most once."""
        region = self.region or self.environ.get("AWS_REGION")
        region = region or self.environ.get("AWS_DEFAULT_REGION") or FALLBACK_REGION
        try:
            client = unsigned_sts_client(region, self.profile)
        except Problem as problem:
            return Answer("", None, self.now(), str(problem))
        url = str(client.meta.endpoint_url)
        try:
            with failures_in_words():
                try:
                    answer = client.get_caller_identity()
                except ClientError as error:
                    answer = error.response
                except HTTPClientError:
                    raise
                except (LookupError, TypeError, ValueError, AttributeError):
                    return Answer(url, None, self.now(), "it does not answer as AWS does")
        except Problem as problem:
            return Answer(url, None, self.now(), str(problem))
        return Answer(url, date_of(answer), self.now())


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    return addresses.is_loopback(host_and_port(url)[0])


def host_and_port(url: str) -> tuple[str, int]:
    """Where a URL leads; an empty host for what is no URL."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", 0


def as_utc(text: str) -> datetime | None:
    """A date of ISO 8601; None for anything else."""
    try:
        date = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
