"""An embedded AWS of a company: people in one account, roles in three others."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

from rolecall.local import accounts, backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.server import Server

IDENTITY, TES, STG, PRD = "999999999999", "111111111111", "222222222222", "333333333333"
BUCKET = "acme-tes-state"
FACTS = {
    "identity": f'account_id: "{IDENTITY}"\nregion: eu-central-1\n',
    "tes": (
        f'account_id: "{TES}"\nregion: eu-central-1\nexternal_id: acme-tes\n'
        f"session_seconds: 7200\n"
        f"state:\n  backend: s3\n  bucket: {BUCKET}\n  region: eu-central-1\n"
    ),
    "stg": f'account_id: "{STG}"\nregion: eu-west-1\nexternal_id: acme-stg\n',
    "prd": f'account_id: "{PRD}"\nregion: eu-central-1\n',
}


@dataclass
class Company:
    """Where it is, its clock, and the keys of each account's administrator."""

    url: str
    cloud: Cloud
    keys: dict[str, dict[str, str]]

    def client(self, service: str, account: str) -> Any:
        """A client of an account's administrator."""
        keys = self.keys[account]
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="eu-central-1",
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        )


@contextmanager
def company() -> Iterator[Company]:
    """It runs while the context lasts. `reader` is in tes and stg, and nowhere else."""
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, "control-token-of-the-tests"))
    thread = server.start()
    try:
        built = Company(server.url, cloud, {})
        for account in (IDENTITY, TES, STG, PRD):
            with cloud.gate.shared():
                key = accounts.administrator(cloud, account)
            built.keys[account] = {
                "AWS_ACCESS_KEY_ID": key.access_key_id,
                "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
            }
        _populate(built)
        yield built
    finally:
        server.stop()
        thread.join(10)
        backend.reset()


def _populate(company: Company) -> None:
    _role(company, IDENTITY, "identity-hub", None)
    _allow(company, IDENTITY, "identity-hub", "sts:AssumeRole", "*")
    for account, name in ((TES, "tes"), (STG, "stg")):
        _role(company, account, f"{name}-reader", f"acme-{name}")
    company.client("s3", TES).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    _allow(company, TES, "tes-reader", "s3:ListBucket", f"arn:aws:s3:::{BUCKET}")
    _role(company, TES, "tes-outsider", "acme-tes")


def _role(company: Company, account: str, name: str, external_id: str | None) -> None:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{IDENTITY}:root"},
        "Action": "sts:AssumeRole",
    }
    if external_id is not None:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    company.client("iam", account).create_role(
        RoleName=name,
        MaxSessionDuration=7200,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
    )


def _allow(company: Company, account: str, role: str, action: str, resource: str) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    company.client("iam", account).put_role_policy(
        RoleName=role,
        PolicyName="allowed",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
    )
