"""The users of the identity account, as the integration tests act as them."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

import pyotp
from botocore.exceptions import ClientError

from tests.integration.target import Keys

MAY_ASSUME_ALL = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
        "Resource": "*",
    },
}


def _wait_until_known(keys: Keys) -> None:
    """A new access key takes real AWS some seconds to spread; the embedded AWS none."""
    deadline = time.monotonic() + 60
    while True:
        try:
            keys.client("sts").get_caller_identity()
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidClientTokenId":
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(1)
        else:
            return


class SecondFactor:
    """A virtual MFA device; each code is used once, as AWS demands."""

    def __init__(self, serial: str, seed: str) -> None:
        self.serial = serial
        self._totp = pyotp.TOTP(seed)
        self._used: set[str] = set()

    def code(self) -> str:
        # AWS takes the code of a neighbouring interval too, so that nobody need wait.
        now = datetime.now(UTC)
        for offset in (0, 30, -30):
            code = self._totp.at(now + timedelta(seconds=offset))
            if code not in self._used:
                self._used.add(code)
                return code
        raise AssertionError("every code of this minute is used: give each test its own device")

    def two_codes(self) -> tuple[str, str]:
        now = datetime.now(UTC)
        codes = (self._totp.at(now - timedelta(seconds=30)), self._totp.at(now))
        self._used.update(codes)
        return codes


class People:
    """Access keys made for the run and deleted after it; users made for a test likewise."""

    def __init__(self, administrator: Keys) -> None:
        self._administrator = administrator
        self._iam = administrator.client("iam")
        self._cleanup = ExitStack()
        self._keys: dict[str, Keys] = {}

    def __enter__(self) -> "People":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cleanup.close()

    def keys(self, user: str) -> Keys:
        """The credentials of a user, made at the first call."""
        if user not in self._keys:
            key = self._iam.create_access_key(UserName=user)["AccessKey"]
            self._cleanup.callback(
                self._iam.delete_access_key, UserName=user, AccessKeyId=key["AccessKeyId"]
            )
            variables = {
                **self._administrator.variables,
                "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            }
            variables.pop("AWS_SESSION_TOKEN", None)
            self._keys[user] = Keys(variables)
            _wait_until_known(self._keys[user])
        return self._keys[user]

    def visitor(self, name: str, policy: Mapping[str, Any] | None = MAY_ASSUME_ALL) -> Keys:
        """A user of the identity account who is in no stack."""
        if name not in self._keys:
            self._iam.create_user(UserName=name)
            self._cleanup.callback(self._iam.delete_user, UserName=name)
            if policy is not None:
                self._iam.put_user_policy(
                    UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy)
                )
                self._cleanup.callback(
                    self._iam.delete_user_policy, UserName=name, PolicyName="own"
                )
        return self.keys(name)

    @contextmanager
    def second_factor(self, user: str, name: str) -> Iterator[SecondFactor]:
        """A virtual MFA device of the user for the length of the block (AWS allows eight)."""
        device = self._iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
        serial = device["SerialNumber"]
        with ExitStack() as cleanup:
            cleanup.callback(self._iam.delete_virtual_mfa_device, SerialNumber=serial)
            factor = SecondFactor(serial, device["Base32StringSeed"].decode())
            first, second = factor.two_codes()
            self._iam.enable_mfa_device(
                UserName=user,
                SerialNumber=serial,
                AuthenticationCode1=first,
                AuthenticationCode2=second,
            )
            cleanup.callback(self._iam.deactivate_mfa_device, UserName=user, SerialNumber=serial)
            yield factor
