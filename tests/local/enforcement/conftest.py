"""Users, roles and sessions in an embedded AWS, made through its own API."""

import json
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError

HOME, OTHER = "111122223333", "444455556666"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def trust(principal: Any, action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    who = principal if isinstance(principal, dict) or principal == "*" else {"AWS": principal}
    return {"Effect": "Allow", "Principal": who, "Action": action, **more}


class Refused:
    """The refusal of a call: code, message, HTTP status, and the reason in words."""

    def __init__(self, error: ClientError) -> None:
        told = error.response["Error"]
        meta = error.response["ResponseMetadata"]
        self.code: str = told["Code"]
        self.message: str = told.get("Message", "")
        self.status: int = meta["HTTPStatusCode"]
        self.reason: str = meta["HTTPHeaders"].get("x-rolecall-reason", "")

    def __repr__(self) -> str:
        return f"{self.code} {self.status}: {self.message} [{self.reason}]"


def refused(call: Callable[..., Any], **params: Any) -> Refused:
    """What a call is refused with; the test fails if it is not."""
    try:
        call(**params)
    except ClientError as error:
        return Refused(error)
    raise AssertionError("the call was allowed")


class People:
    """Makes principals in a running embedded AWS."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def admin(self, service: str = "iam", account: str = HOME) -> Any:
        return self.server.client(service, account)

    def user(
        self, name: str, *statements: dict[str, Any], account: str = HOME, **more: Any
    ) -> dict[str, str]:
        """Make a user; returns boto3's keyword arguments for his key."""
        iam = self.admin(account=account)
        iam.create_user(UserName=name, **more)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }

    def role(
        self, name: str, trusts: Any, *statements: dict[str, Any], account: str = HOME, **more: Any
    ) -> str:
        """Make a role; returns its ARN."""
        iam = self.admin(account=account)
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trusts), **more)[
            "Role"
        ]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
        arn: str = made["Arn"]
        return arn

    def session(self, credentials: Any, role: str, **more: Any) -> Any:
        """Assume a role; returns the `Credentials` of the reply."""
        sts = self.server.client("sts", credentials)
        more.setdefault("RoleSessionName", "a-session")
        return sts.assume_role(RoleArn=role, **more)["Credentials"]

    def device(self, name: str) -> tuple[str, pyotp.TOTP]:
        """Enable a virtual MFA device with two codes of the past."""
        iam = self.admin()
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
        totp = pyotp.TOTP(made["Base32StringSeed"].decode())
        now = int(time.time())
        iam.enable_mfa_device(
            UserName=name,
            SerialNumber=made["SerialNumber"],
            AuthenticationCode1=totp.at(now - 180),
            AuthenticationCode2=totp.at(now - 150),
        )
        return made["SerialNumber"], totp


@pytest.fixture
def people(cloud_server: Any) -> People:
    return People(cloud_server)
