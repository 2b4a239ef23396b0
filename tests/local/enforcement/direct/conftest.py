"""Calls and callers for the functions of the authorization themselves: no server between."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

from rolecall.local.api import ApiCall, AwsError, Identity, SessionGrant, SignedWith
from rolecall.local.cloud import Cloud
from rolecall.local.directory import CallerPolicies
from rolecall.policy import Caller, CompiledPolicy, IamUser, PolicyDocument, RootUser
from tests.local.conftest import nothing_in_it
from tests.local.enforcement.conftest import HOME, policy

REGION = "eu-central-1"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SIGNED = SignedWith(
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    date="20260304T050607Z",
    region=REGION,
    service="s3",
    signed_headers=("host",),
    signature="0" * 64,
    session_token=None,
)


def api_call(service: str, action: str = "", **said: Any) -> ApiCall:
    """A call as the front would have read it: REST, if it names no action."""
    path = said.get("path", "/")
    parts: dict[str, Any] = {
        "method": "POST" if action else "GET",
        "path": path,
        "query_string": "",
        "headers": {},
        "body": b"",
        "region": REGION,
        "params": {},
        "signed": SIGNED,
        "source_ip": "203.0.113.9",
        "environ": {"PATH_INFO": path},
        "protocol": "query" if action else "rest-xml" if service == "s3" else "rest-json",
    }
    return ApiCall(service=service, action=action, **{**parts, **said})


def compiled(*statements: Mapping[str, Any]) -> CompiledPolicy:
    return CompiledPolicy(PolicyDocument.parse(policy(*map(dict, statements))))


def refusal(function: Any, *arguments: Any) -> AwsError:
    """What a function refuses with; the test fails if it does not."""
    with pytest.raises(AwsError) as caught:
        function(*arguments)
    return caught.value


def told(error: AwsError) -> tuple[str, str, int]:
    return error.code, error.message, error.status


@dataclass
class Place:
    """An embedded AWS without a server, and what its callers carry."""

    cloud: Cloud

    def caller(
        self,
        *statements: Mapping[str, Any],
        who: Caller | None = None,
        boundary: Any = None,
        session: Any = None,
        grant: SessionGrant | None = None,
    ) -> Identity:
        """A caller who carries these statements, whatever else is in the place.

        `boundary` and `session` are statements, or None where there is none.
        """
        made = Identity(who or IamUser(HOME, "caller"), "AKIAIOSFODNN7EXAMPLE", grant)
        policies = CallerPolicies(
            (compiled(*statements),) if statements else (),
            compiled(*boundary) if boundary is not None else None,
            (compiled(*session),) if session is not None else None,
        )
        directory = cast(Any, self.cloud.directory)
        known = directory.policies_of
        directory.policies_of = lambda asked: policies if asked is made else known(asked)
        return made

    def root(self, account: str = HOME) -> Identity:
        return Identity(RootUser(account), "AKIAIOSFODNN7EXAMPLE")

    def iam(self, account: str = HOME) -> Any:
        return iam_backends[account]["aws"]

    def role(self, name: str, account: str = HOME, path: str = "/", **more: Any) -> str:
        made = self.iam(account).create_role(
            name, more.pop("trust", "{}"), path, None, "", more.pop("tags", []), None
        )
        return str(made.arn)

    def user(self, name: str, account: str = HOME, path: str = "/", **more: Any) -> Any:
        return self.iam(account).create_user(REGION, name, path, more.pop("tags", []))

    def bucket(self, name: str, account: str = HOME, policy: str | None = None) -> Any:
        made = s3_backends[account]["aws"].create_bucket(name, REGION)
        if policy is not None:
            made.policy = policy.encode()
        return made

    def thing(self, bucket: str, key: str, tags: dict[str, str], account: str = HOME) -> None:
        backend = s3_backends[account]["aws"]
        backend.put_object_tagging(backend.put_object(bucket, key, b"x"), tags)


@pytest.fixture
def place() -> Iterator[Place]:
    """An embedded AWS without a server, at one moment."""
    with nothing_in_it():
        yield Place(Cloud(clock=lambda: NOW))
