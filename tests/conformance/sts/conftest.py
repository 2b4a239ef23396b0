"""A small world in an embedded AWS: users, roles and sessions that the cases speak of."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from botocore.config import Config

from rolecall.local import backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.front import Handlers
from rolecall.local.listener import bind
from rolecall.local.server import Server
from tests.local.conftest import CONTROL_TOKEN, CloudServer

HOME, OTHER = "111122223333", "444455556666"
#: Patterns and maximums are checked by the server, so the client must not.
UNCHECKED = Config(parameter_validation=False)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


class World:
    """`HOME` has users and roles of its own, `OTHER` is another account."""

    def __init__(self, server: CloudServer) -> None:
        self.server = server
        self.iam = {account: server.client("iam", account) for account in (HOME, OTHER)}
        self._credentials: dict[str, Any] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self._count = 0
        self.arns: dict[str, str] = {}
        self._people()
        self._sessions()

    def sts(self, caller: str) -> Any:
        return self.client("sts", caller)

    def client(self, service: str, caller: str) -> Any:
        key = (service, caller)
        if key not in self._clients:
            self._clients[key] = self.server.client(
                service, self._credentials[caller], config=UNCHECKED
            )
        return self._clients[key]

    def role(self, account: str, trust: Any, **more: Any) -> dict[str, Any]:
        """Make a role that trusts by `trust`: a statement, or several."""
        self._count += 1
        statements = trust if isinstance(trust, list) else [trust]
        attached = more.pop("policies", None)
        role: dict[str, Any] = self.iam[account].create_role(
            RoleName=more.pop("name", f"role-{self._count}"),
            AssumeRolePolicyDocument=policy(*self._filled(statements)),
            **more,
        )["Role"]
        if attached is not None:
            self.iam[account].put_role_policy(
                RoleName=role["RoleName"], PolicyName="own", PolicyDocument=policy(*attached)
            )
        return role

    def user(self, name: str, *statements: dict[str, Any], **more: Any) -> None:
        iam = self.iam[HOME]
        made = iam.create_user(UserName=name, **more)["User"]
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self._credentials[name] = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        self.arns[name] = made["Arn"]

    def device(self, name: str) -> tuple[str, pyotp.TOTP]:
        """Enable a virtual MFA device for a user; two old codes do that."""
        iam = self.iam[HOME]
        self._count += 1
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"{name}-{self._count}")
        made = made["VirtualMFADevice"]
        totp = pyotp.TOTP(made["Base32StringSeed"].decode())
        now = time.time()
        iam.enable_mfa_device(
            UserName=name,
            SerialNumber=made["SerialNumber"],
            AuthenticationCode1=totp.at(int(now) - 180),
            AuthenticationCode2=totp.at(int(now) - 150),
        )
        return made["SerialNumber"], totp

    def take(self, name: str, credentials: Any, arn: str) -> None:
        self._credentials[name] = credentials
        self.arns[name] = arn

    def _filled(self, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """`@alice` in a principal is alice's ARN."""
        text = json.dumps(statements)
        for name, arn in self.arns.items():
            text = text.replace(f'"@{name}"', json.dumps(arn))
        filled: list[dict[str, Any]] = json.loads(text)
        return filled

    def _people(self) -> None:
        everything = self.iam[HOME].create_policy(
            PolicyName="s3-only", PolicyDocument=policy(allow("s3:*"))
        )["Policy"]["Arn"]
        self.user("alice", allow("sts:*"), Tags=[{"Key": "department", "Value": "red"}])
        self.user("bob")
        self.user("carol", allow("sts:AssumeRole"))
        self.user("dave", allow("sts:*"), PermissionsBoundary=everything)
        self.user("erin", allow("sts:*"), {**allow("sts:AssumeRole"), "Effect": "Deny"})
        self.user("frank", allow("sts:*"))
        for account in (HOME, OTHER):
            self.take(f"admin-{account}", self.server.admin(account), "")

    def _sessions(self) -> None:
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": "@alice"},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }
        red = self.role(HOME, trust, name="red", policies=[allow("sts:*")])
        self.arns["role-red"] = red["Arn"]
        for name, more in (
            ("red", {}),
            (
                "tagged",
                {
                    "Tags": [
                        {"Key": "team", "Value": "blue"},
                        {"Key": "shift", "Value": "night"},
                    ],
                    "TransitiveTagKeys": ["team"],
                },
            ),
            ("named", {"SourceIdentity": "alice"}),
            ("limited", {"Policy": policy(allow("s3:*"))}),
        ):
            made = self.sts("alice").assume_role(
                RoleArn=red["Arn"], RoleSessionName=f"{name}-session", **more
            )
            self.take(name, made["Credentials"], made["AssumedRoleUser"]["Arn"])
        token = self.sts("alice").get_session_token()["Credentials"]
        self.take("alice-token", token, self.arns["alice"])
        serial, totp = self.device("alice")
        token = self.sts("alice").get_session_token(SerialNumber=serial, TokenCode=totp.now())[
            "Credentials"
        ]
        self.take("alice-mfa", token, self.arns["alice"])
        fed = self.sts("alice").get_federation_token(Name="fed", Policy=policy(allow("*")))
        self.take("federated", fed["Credentials"], fed["FederatedUser"]["Arn"])


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One world for the cases of a module; each case makes the role it needs."""
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN), Handlers.load())
    thread = server.start()
    yield World(CloudServer(cloud, server))
    server.stop()
    thread.join(10)
    backend.reset()
