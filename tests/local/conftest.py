"""An embedded AWS in this process, on a free port, with nothing in it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config

from rolecall.local import accounts, backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.server import Server

CONTROL_TOKEN = "control-token-of-the-tests"

#: What boto3 calls credentials: its own keyword arguments.
Credentials = dict[str, str]


@dataclass
class CloudServer:
    """A running embedded AWS: `url`, `cloud`, boto3 clients and administrators."""

    cloud: Cloud
    server: Server
    control_token: str = CONTROL_TOKEN
    region: str = "eu-central-1"
    _admins: dict[str, Credentials] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url

    def admin(self, account: str) -> Credentials:
        """Keyword arguments for boto3: the administrator of an account."""
        with self.cloud.gate.shared():
            key = accounts.administrator(self.cloud, account)
        return {
            "aws_access_key_id": key.access_key_id,
            "aws_secret_access_key": key.secret_access_key,
        }

    def client(self, service: str, credentials: Any = None, **options: Any) -> Any:
        """A boto3 client. `credentials`: an account id (its administrator), boto3 keyword
        arguments, or the `Credentials` of an STS reply."""
        if isinstance(credentials, str):
            credentials = self.admin(credentials)
        elif credentials and "AccessKeyId" in credentials:
            credentials = {
                "aws_access_key_id": credentials["AccessKeyId"],
                "aws_secret_access_key": credentials["SecretAccessKey"],
                "aws_session_token": credentials["SessionToken"],
            }
        config = Config(
            retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30
        ).merge(options.pop("config", Config()))
        return boto3.client(
            service,
            endpoint_url=options.pop("endpoint_url", self.url),
            region_name=options.pop("region_name", self.region),
            config=config,
            **(credentials or {}),
            **options,
        )


@contextmanager
def serving(**options: Any) -> Iterator[CloudServer]:
    """An embedded AWS with options of `Cloud` (clock, sealing_key, records)."""
    cloud = Cloud(**options)
    server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN))
    thread = server.start()
    try:
        yield CloudServer(cloud, server)
    finally:
        server.stop()
        thread.join(10)


@contextmanager
def nothing_in_it() -> Iterator[None]:
    """moto's backends are this process's: empty before and after."""
    backend.configure()
    backend.reset()
    try:
        yield
    finally:
        backend.reset()


@contextmanager
def running_cloud(**options: Any) -> Iterator[CloudServer]:
    """The only embedded AWS of this process, with nothing in it."""
    with nothing_in_it(), serving(**options) as server:
        yield server


@pytest.fixture
def start_cloud() -> Iterator[Callable[..., CloudServer]]:
    """Start an embedded AWS with options of `Cloud` (clock, sealing_key, records)."""
    with nothing_in_it(), ExitStack() as running:
        yield lambda **options: running.enter_context(serving(**options))


@pytest.fixture
def cloud_server(start_cloud: Callable[..., CloudServer]) -> CloudServer:
    """An empty embedded AWS that goes by the real time."""
    return start_cloud()
