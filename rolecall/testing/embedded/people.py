"""Users and workloads who call: made when they are needed, allowed to ask for every role."""

import base64
import hashlib
import hmac
import json
import struct
from typing import TYPE_CHECKING, Any

from rolecall.policy import role_arn, user_arn
from rolecall.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rolecall.testing.embedded.aws import LocalAws

_MAY_ASK = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
            "Resource": "*",
        },
    }
)
_POLICY = "rolecall-testing"
_STEP = 30


class People:
    """The callers of one test, with keys made once."""

    def __init__(self, aws: "LocalAws") -> None:
        self._aws = aws
        self._keys: dict[tuple[str, str, str], Mapping[str, str]] = {}
        self._factors: dict[tuple[str, str], tuple[str, bytes]] = {}

    def user(self, account: str, name: str, path: str) -> str:
        """A user who may ask for every role; the ARN."""
        iam = self._aws.client("iam", account)
        try:
            found = iam.get_user(UserName=name)["User"]
        except iam.exceptions.NoSuchEntityException:
            found = iam.create_user(UserName=name, Path=path)["User"]
        iam.put_user_policy(UserName=name, PolicyName=_POLICY, PolicyDocument=_MAY_ASK)
        return str(found["Arn"])

    def workload(self, account: str, name: str, path: str) -> str:
        """A role that its account's administrator may become; the ARN."""
        iam = self._aws.client("iam", account)
        try:
            found = iam.get_role(RoleName=name)["Role"]
        except iam.exceptions.NoSuchEntityException:
            trust = {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": "sts:AssumeRole",
                },
            }
            found = iam.create_role(
                RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust)
            )["Role"]
            iam.put_role_policy(RoleName=name, PolicyName=_POLICY, PolicyDocument=_MAY_ASK)
        return str(found["Arn"])

    def keys_of_user(self, account: str, name: str, path: str) -> "Mapping[str, str]":
        """An access key of the user, who is made where he is missing."""
        if (account, name, path) not in self._keys:
            _same(self.user(account, name, path), user_arn(account, name, path))
            made = self._aws.client("iam", account).create_access_key(UserName=name)["AccessKey"]
            self._keys[account, name, path] = {
                "aws_access_key_id": made["AccessKeyId"],
                "aws_secret_access_key": made["SecretAccessKey"],
            }
        return self._keys[account, name, path]

    def keys_of_session(
        self, account: str, name: str, path: str, session: str
    ) -> "Mapping[str, str]":
        """Credentials of a session of the workload's role."""
        arn = self.workload(account, name, path)
        _same(arn, role_arn(account, name, path))
        sts = self._aws.client("sts", account)
        return as_keys(sts.assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"])

    def second_factor(self, account: str, name: str) -> dict[str, str]:
        """SerialNumber and TokenCode of a virtual MFA device of the user's."""
        iam = self._aws.client("iam", account)
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"{name}-{len(self._factors)}")[
            "VirtualMFADevice"
        ]
        seed = base64.b32decode(device["Base32StringSeed"])
        serial = str(device["SerialNumber"])
        self._factors[account, serial] = (serial, seed)
        now = self._now()
        iam.enable_mfa_device(
            UserName=name,
            SerialNumber=serial,
            AuthenticationCode1=_code(seed, now - _STEP),
            AuthenticationCode2=_code(seed, now),
        )
        # Each code is good once; AWS takes the one of the neighbouring interval too.
        return {"SerialNumber": serial, "TokenCode": _code(seed, now + _STEP)}

    def _now(self) -> int:
        from datetime import datetime

        status: Any = self._aws.running.control.status()
        return int(datetime.fromisoformat(status["now"]).timestamp())


class CannotTry(Problem):
    """A test cannot make such a call; the evaluator can be asked (`trust_of`)."""


def _same(there: str, wanted: str) -> None:
    """Names are unique in an account, whatever the path, so not everybody can be made."""
    if there != wanted:
        raise CannotTry(f"{there} is there already, so {wanted} cannot be; ask the evaluator.")


def as_keys(credentials: "Mapping[str, Any]") -> dict[str, str]:
    """boto3's keyword arguments for the credentials of an STS answer."""
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def _code(seed: bytes, moment: int) -> str:
    """A one-time code (RFC 6238)."""
    digest = hmac.new(seed, struct.pack(">Q", moment // _STEP), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
