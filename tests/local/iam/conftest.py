"""IAM's rules without a server: called in this process, with moto behind them."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from wsgiref.util import setup_testing_defaults
from xml.etree import ElementTree

import pytest
from moto.iam.models import IAMBackend, iam_backends

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local import backend, iam
from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity, SignedWith
from rolecall.local.cloud import Cloud, new_key_id
from rolecall.policy import Caller, RootUser

HOME, OTHER = "111122223333", "444455556666"
NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
ALLOW_ALL: Mapping[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements: Mapping[str, Any]) -> str:
    """A document with these statements; one that allows everything without."""
    listed = [dict(each) for each in statements or (ALLOW_ALL,)]
    return json.dumps({"Version": "2012-10-17", "Statement": listed})


def trust(principal: Any = HOME, **more: Any) -> str:
    """A trust policy for AssumeRole."""
    who = principal if isinstance(principal, dict) or principal == "*" else {"AWS": principal}
    return policy({"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole", **more})


def tag_params(tags: Mapping[str, str]) -> dict[str, str]:
    """`Tags.member.1.Key`, …"""
    params: dict[str, str] = {}
    for index, (key, value) in enumerate(tags.items(), 1):
        params |= {f"Tags.member.{index}.Key": key, f"Tags.member.{index}.Value": value}
    return params


def listed(name: str, values: Any) -> dict[str, str]:
    """`name.member.1`, …"""
    return {f"{name}.member.{index}": value for index, value in enumerate(values, 1)}


def tree(reply: ApiReply) -> dict[str, Any]:
    """The result of a query-protocol reply: texts, mappings, and lists of members."""
    root = ElementTree.fromstring(reply.body)
    bare = [each for each in root if each.tag.endswith("Result")]
    found = _read(bare[0]) if bare else {}
    return found if isinstance(found, dict) else {}


def _read(element: ElementTree.Element) -> Any:
    children = [(child.tag.partition("}")[2] or child.tag, child) for child in element]
    if not children:
        return element.text or ""
    if all(name == "member" for name, _ in children):
        return [_read(child) for _, child in children]
    return {name: _read(child) for name, child in children}


@lru_cache(maxsize=1)
def moto_behind() -> backend.Backend:
    return backend.Backend()


class Iam:
    """An embedded AWS with IAM alone, at one moment; the caller is HOME's root user."""

    def __init__(self) -> None:
        self.time = NOW
        self.saved = 0
        self.cloud = Cloud(clock=lambda: self.time, on_change=self._count)
        self.home: Any = iam_backends[HOME]["aws"]
        self.root = self.identity(RootUser(account=HOME))

    def _count(self) -> None:
        self.saved += 1

    def later(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def identity(self, caller: Caller) -> Identity:
        return Identity(caller, new_key_id("AKIA", caller.account))

    def call(self, action: str, params: Mapping[str, str] | None = None, **more: str) -> ApiCall:
        """A call as the front hands it on."""
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        key_id = new_key_id("AKIA", HOME)
        return ApiCall(
            method="POST",
            path="/",
            query_string="",
            headers={},
            body=b"",
            service="iam",
            region="us-east-1",
            action=action,
            params={"Action": action, "Version": "2010-05-08", **(params or {}), **more},
            signed=SignedWith(key_id, "", "us-east-1", "iam", (), "", None, scope_date="20300506"),
            source_ip="203.0.113.7",
            environ=environ,
        )

    def before(
        self,
        action: str,
        params: Mapping[str, str] | None = None,
        /,
        by: Identity | None = None,
        **more: str,
    ) -> ApiReply | None:
        """What IAM's rules say to a call before moto sees it."""
        return iam.before(self.call(action, params, **more), by or self.root, self.cloud)

    def ask(
        self,
        action: str,
        params: Mapping[str, str] | None = None,
        /,
        by: Identity | None = None,
        **more: str,
    ) -> dict[str, Any]:
        """The result of a whole call: rules, moto, and what is finished behind it."""
        call, who = self.call(action, params, **more), by or self.root
        reply = iam.before(call, who, self.cloud)
        if reply is None:
            reply = moto_behind().call(call, who.account, who)
            reply = iam.after(call, reply, self.cloud)
        assert reply.status == 200, reply.body
        return tree(reply)

    def refused(
        self,
        action: str,
        params: Mapping[str, str] | None = None,
        /,
        by: Identity | None = None,
        **more: str,
    ) -> tuple[str, str, int]:
        """Code, message and HTTP status with which the rules refuse a call."""
        with pytest.raises(AwsError) as caught:
            self.before(action, params, by, **more)
        return caught.value.code, caught.value.message, caught.value.status

    def code(self, action: str, params: Mapping[str, str] | None = None, /, **more: str) -> str:
        """The code with which a call is refused, or '' where it is not."""
        try:
            self.before(action, {**(params or {}), **more})
        except AwsError as error:
            return error.code
        return ""

    def user(self, name: str = "ada", **more: str) -> Any:
        self.ask("CreateUser", {"UserName": name, **more})
        return self.home.users[name]

    def role(self, name: str = "deploy", **more: str) -> Any:
        more.setdefault("AssumeRolePolicyDocument", trust())
        self.ask("CreateRole", {"RoleName": name, **more})
        return self.cloud.directory.moto_role(HOME, name)

    def group(self, name: str = "team", **more: str) -> Any:
        self.ask("CreateGroup", {"GroupName": name, **more})
        return self.home.groups[name]

    def managed(self, name: str = "reading", **more: str) -> str:
        """The ARN of a new managed policy."""
        more.setdefault("PolicyDocument", policy())
        return str(self.ask("CreatePolicy", {"PolicyName": name, **more})["Policy"]["Arn"])


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Iam]:
    backend.configure()
    backend.reset()
    # AWS's 1,500 policies are not asked for, and take longer to make than most of the tests.
    monkeypatch.setattr(IAMBackend, "_init_aws_policies", lambda _backend: [])
    try:
        yield Iam()
    finally:
        backend.reset()
