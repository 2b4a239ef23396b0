"""Sessions to sign with."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rolecall.local.api import SessionGrant
from tests.local.conftest import CloudServer
from tests.local.transport.raw import ACCOUNT


@pytest.fixture
def new_session() -> Callable[..., dict[str, str]]:
    """Keys of a session of a fresh role with ReadOnlyAccess, as boto3 takes them."""

    def issue(server: CloudServer, name: str = "reader", **changes: Any) -> dict[str, str]:
        iam = server.client("iam", ACCOUNT)
        trust = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            },
        }
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        now = server.cloud.now()
        grant = SessionGrant(
            **{
                "kind": "assumed-role",
                "account": ACCOUNT,
                "issued_at": now,
                "expires_at": now + timedelta(hours=1),
                "role_arn": role["Arn"],
                "role_id": role["RoleId"],
                "session_name": "test",
                **changes,
            }
        )
        issued = server.cloud.issue(grant)
        return {
            "aws_access_key_id": issued.access_key_id,
            "aws_secret_access_key": issued.secret_access_key,
            "aws_session_token": issued.session_token,
        }

    return issue
