"""An embedded AWS in this process, with a role that its administrator may assume."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3

from rolecall.local import accounts, backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import CONTROL_HEADER, PREFIX, Control
from rolecall.local.listener import bind
from rolecall.local.server import Server

ACCOUNT = "111111111111"
CONTROL_TOKEN = "control-token-of-the-tests"


@dataclass
class Company:
    """Where it is, its administrator's keys, and its clock."""

    url: str
    cloud: Cloud
    keys: dict[str, str]

    @property
    def clock_control(self) -> dict[str, str]:
        """How a command in another process moves the clock."""
        return {
            "CLOCK_URL": f"{self.url}{PREFIX}clock",
            "CLOCK_HEADER": CONTROL_HEADER,
            "CLOCK_TOKEN": CONTROL_TOKEN,
        }


@contextmanager
def company() -> Iterator[Company]:
    """It runs while the context lasts."""
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN))
    thread = server.start()
    try:
        with cloud.gate.shared():
            key = accounts.administrator(cloud, ACCOUNT)
        keys = {
            "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
        }
        boto3.client(
            "iam",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
        ).create_role(
            RoleName="tes-deployer",
            AssumeRolePolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                        "Action": "sts:AssumeRole",
                    },
                }
            ),
        )
        yield Company(server.url, cloud, keys)
    finally:
        server.stop()
        thread.join(10)
        backend.reset()
