"""`local_aws`: clients, people and time of the embedded AWS, as a test uses them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rolecall.testing.embedded.deployed import DeployedRole
from rolecall.testing.embedded.people import People
from rolecall.testing.embedded.running import RunningAws
from rolecall.testing.roles import USUAL_ACCOUNT

if TYPE_CHECKING:
    import pytest

USUAL_REGION = "eu-central-1"
#: What would lead an SDK away from the embedded AWS.
_STALE = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_S3",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CA_BUNDLE",
)


@dataclass
class LocalAws:
    """The embedded AWS of a test. What is not here is boto3's."""

    running: RunningAws
    monkeypatch: "pytest.MonkeyPatch" = field(repr=False)
    region: str = USUAL_REGION
    account: str = USUAL_ACCOUNT

    def __post_init__(self) -> None:
        self.people = People(self)
        self._keys: dict[str, Mapping[str, str]] = {}
        # Making one costs more than a call.
        self._clients: dict[tuple[str, ...], Any] = {}

    @property
    def url(self) -> str:
        """Its address: the value of AWS_ENDPOINT_URL."""
        return self.running.url

    def use(self, account: str = USUAL_ACCOUNT, region: str = USUAL_REGION) -> None:
        """Be the administrator of an account from now on, in the environment as well."""
        self.account, self.region = account, region
        for name in _STALE:
            self.monkeypatch.delenv(name, raising=False)
        for name, value in self.variables(account, region).items():
            self.monkeypatch.setenv(name, value)
        import boto3

        # The session behind `boto3.client` keeps the credentials that it found first.
        self.monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def variables(self, account: str, region: str | None = None) -> dict[str, str]:
        """The environment of an account's administrator."""
        key = self.keys(account)
        nowhere = str(self.running.folder / "none")
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": key["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": key["aws_secret_access_key"],
            "AWS_REGION": region or self.region,
            "AWS_DEFAULT_REGION": region or self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # A developer's profile shall not count, and none is written.
            "AWS_CONFIG_FILE": nowhere,
            "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        }

    def keys(self, account: str) -> Mapping[str, str]:
        """boto3's keyword arguments for the administrator of an account."""
        if account not in self._keys:
            key = self.running.control.administrator(account)
            self._keys[account] = {
                "aws_access_key_id": str(key["access_key_id"]),
                "aws_secret_access_key": str(key["secret_access_key"]),
            }
        return self._keys[account]

    def client(
        self, service: str, account: str | None = None, *, keys: Mapping[str, str] | None = None
    ) -> Any:
        """A boto3 client of an account's administrator, or with other keys."""
        return self._client(service, self.keys(account or self.account) if keys is None else keys)

    def nobody(self, service: str) -> Any:
        """A boto3 client without credentials."""
        return self._client(service, None)

    def _client(self, service: str, keys: Mapping[str, str] | None) -> Any:
        import boto3
        from botocore import UNSIGNED
        from botocore.config import Config

        known = (service, self.region, *sorted((keys or {}).values()))
        if known not in self._clients:
            config = Config(retries={"total_max_attempts": 1})
            if keys is None:
                config = config.merge(Config(signature_version=UNSIGNED))
            self._clients[known] = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=self.region,
                config=config,
                **(keys or {}),
            )
        return self._clients[known]

    def user(self, name: str, *, account: str | None = None, path: str = "/") -> str:
        """Make an IAM user unless there is one; the ARN. A role that trusts him needs him."""
        return self.people.user(account or self.account, name, path)

    def workload(self, name: str, *, account: str | None = None, path: str = "/") -> str:
        """Make a role for a workload that trusts its own account, unless there is one; the ARN."""
        return self.people.workload(account or self.account, name, path)

    def role(self, name: str, *, account: str | None = None) -> DeployedRole:
        """A role that is there, for `assert_admits` and the like."""
        account = account or self.account
        found = self.client("iam", account).get_role(RoleName=name)["Role"]
        text = json.dumps(found["AssumeRolePolicyDocument"])
        return DeployedRole.of(found["Arn"], text, self)

    def later(self, seconds: int) -> None:
        """Move the embedded AWS's time ahead; the next test has the real time again."""
        self.running.control.call("POST", "clock", {"advance_seconds": seconds})
