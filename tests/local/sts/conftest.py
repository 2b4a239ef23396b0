"""An embedded AWS without a server: its functions are called in this process."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from moto.iam.models import iam_backends

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local import backend
from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity, SessionGrant
from rolecall.local.cloud import Cloud
from rolecall.policy import RootUser

HOME, OTHER = "111122223333", "444455556666"
NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
FED = f"arn:aws:sts::{HOME}:federated-user/fed"


@dataclass(frozen=True)
class Refusal:
    """A refusal in whole: what AWS tells, and the HTTP status."""

    code: str
    message: str
    status: int
    reason: str


def call(action: str, params: Mapping[str, str] | None = None, **more: str) -> ApiCall:
    """A call as the front hands it on."""
    return ApiCall(
        method="POST",
        path="/",
        query_string="",
        headers={"user-agent": "a-client"},
        body=b"",
        service="sts",
        region="eu-central-1",
        action=action,
        params={"Action": action, "Version": "2011-06-15", **(params or {}), **more},
        signed=None,
        source_ip="203.0.113.7",
        environ={},
    )


class Here:
    """An empty embedded AWS at one moment, and who lives in it."""

    def __init__(self) -> None:
        self.now = NOW
        self.cloud = Cloud(clock=lambda: self.now)
        self.iam: Any = iam_backends[HOME]["aws"]

    def user(self, name: str, *statements: dict[str, Any], path: str = "/") -> Identity:
        self.iam.create_user("eu-central-1", name, path)
        if statements:
            self.iam.put_user_policy(name, "own", policy(*statements))
        key = self.iam.create_access_key(name)
        return self.signer(key.access_key_id)

    def signer(self, access_key_id: str) -> Identity:
        """Whoever signs with a long-lived key, as things are now."""
        key = self.cloud.directory.long_lived_key(access_key_id)
        assert key is not None
        return Identity(self.cloud.directory.caller_of_key(key), access_key_id)

    def root(self) -> Identity:
        return Identity(RootUser(account=HOME), "AKIAROOT")

    def role(self, name: str, *trusts: dict[str, Any], path: str = "/", **more: Any) -> str:
        """A role; returns its ARN."""
        made = iam_backends[more.get("account", HOME)]["aws"].create_role(
            role_name=name,
            assume_role_policy_document=policy(*trusts),
            path=path,
            permissions_boundary=None,
            description="",
            tags=[{"Key": k, "Value": v} for k, v in more.get("tags", {}).items()],
            max_session_duration=str(more.get("longest", 3600)),
        )
        arn: str = made.arn
        return arn

    def role_policy(self, name: str, *statements: dict[str, Any]) -> None:
        self.iam.put_role_policy(name, "own", policy(*statements))

    def managed(self, name: str, *statements: dict[str, Any]) -> str:
        """A managed policy; returns its ARN."""
        made = self.iam.create_policy("", "/", policy(*statements), name, [])
        arn: str = made.arn
        return arn

    def holder(self, reply: ApiReply) -> Identity:
        """Whoever calls with the credentials of a reply."""
        grant = self.grant(reply)
        caller = self.cloud.directory.caller_of_session(grant)
        return Identity(caller, grant.access_key_id, grant)

    def grant(self, reply: ApiReply) -> SessionGrant:
        """What the session token of a reply stands for."""
        grant = self.cloud.sealer.open(told(reply)["SessionToken"])
        assert grant is not None
        return grant

    def bare_grant(self, reply: ApiReply) -> SessionGrant:
        """The same without its keys, which are random."""
        return replace(self.grant(reply), access_key_id="", secret_access_key="")


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


ANY_FED = allow("sts:*")


def trust(principal: Any, action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    who = principal if isinstance(principal, dict) else {"AWS": principal}
    return {"Effect": "Allow", "Principal": who, "Action": action, **more}


def told(reply: ApiReply) -> dict[str, str]:
    """The text of each element without children, by its name; the request id left out."""
    root = ElementTree.fromstring(reply.body)
    leaves = {each.tag.rpartition("}")[2]: each.text or "" for each in root.iter() if not len(each)}
    assert leaves.pop("RequestId")
    return leaves


def paths(reply: ApiReply) -> list[str]:
    """Where each text of a reply stands: `AssumeRoleResponse/AssumeRoleResult/…`."""

    def below(element: ElementTree.Element, path: str) -> Iterator[str]:
        name = f"{path}{element.tag.rpartition('}')[2]}"
        if not len(element):
            yield name
        for child in element:
            yield from below(child, f"{name}/")

    return list(below(ElementTree.fromstring(reply.body), ""))


def refusal(what: Callable[..., Any], *args: Any, **more: Any) -> Refusal:
    """What a call is refused with; the test fails if it is not."""
    with pytest.raises(AwsError) as caught:
        what(*args, **more)
    error = caught.value
    return Refusal(error.code, error.message, error.status, error.reason)


def check_violation(told_of: Refusal, name: str) -> None:
    """One violation of a constraint, and it is of the parameter of that name."""
    assert told_of.code == "ValidationError"
    assert told_of.message.startswith("1 validation error detected")
    assert f"at '{name[0].lower()}{name[1:]}'" in told_of.message


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    backend.configure()
    backend.reset()
    # AWS's own managed policies are not needed, and take a while to read.
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")
    yield Here()
    backend.reset()
