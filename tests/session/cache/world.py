"""An embedded AWS that counts what it is asked, and whose clock may be another than ours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import boto3

from rolecall.local import accounts, backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.front import Handlers
from rolecall.local.listener import bind
from rolecall.local.server import Server

ACCOUNT = "111111111111"
REGION = "eu-central-1"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/tes-deployer"
READER = f"arn:aws:iam::{ACCOUNT}:role/tes-reader"


@dataclass
class World:
    """Where it is, its administrator's keys, which STS calls came, and how its clock differs."""

    url: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    asked: list[str] = field(default_factory=list)
    ahead: timedelta = timedelta(0)

    @property
    def assumed(self) -> int:
        """How often somebody assumed a role."""
        return sum(action.startswith("AssumeRole") for action in self.asked)

    def time(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    def keys(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def client(self, service: str = "sts") -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
        )

    def write_profiles(self, home: Path, profiles: str) -> None:
        """The AWS files of a home folder: `base` with the administrator's keys, and others."""
        (home / ".aws").mkdir(exist_ok=True)
        (home / ".aws/credentials").write_text(
            f"[base]\naws_access_key_id = {self.access_key}\n"
            f"aws_secret_access_key = {self.secret_key}\n"
        )
        (home / ".aws/config").write_text(profiles)


@contextmanager
def world() -> Iterator[World]:
    """It runs while the context lasts."""
    backend.configure()
    backend.reset()
    built = World()
    cloud = Cloud(clock=built.time)
    enforcing = Handlers.load()

    def counted(call: Any, identity: Any, cloud: Cloud) -> Any:
        built.asked.append(call.action)
        return enforcing.sts(call, identity, cloud)

    handlers = replace(enforcing, sts=counted)
    server = Server(bind(0), cloud, Control(cloud, "control-token-of-the-tests"), handlers)
    server._http.application = _dated(server._http.application, built)
    thread = server.start()
    try:
        with cloud.gate.shared():
            key = accounts.administrator(cloud, ACCOUNT)
        built.url = server.url
        built.access_key, built.secret_key = key.access_key_id, key.secret_access_key
        for name in ("tes-deployer", "tes-reader"):
            _role(built, name)
        built.client("iam").put_role_policy(
            RoleName="tes-deployer",
            PolicyName="goes-on",
            PolicyDocument=_policy(
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
            ),
        )
        built.asked.clear()
        yield built
    finally:
        server.stop()
        thread.join(10)
        backend.reset()


def _role(built: World, name: str) -> None:
    built.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=_policy(
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        ),
    )


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def _dated(application: Any, built: World) -> Any:
    """The application, its answers dated by its own clock as AWS's are."""

    def dated(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            date = format_datetime(built.time().replace(microsecond=0), usegmt=True)
            return start_response(status, [*headers, ("Date", date)], *more)

        return application(environ, start)

    return dated
