"""An embedded AWS with many roles, and a client thin enough not to count; for growth.py."""

import http.client
import json
import os
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.local_http import ACCOUNT, REGION, Target, rolecall, start_embedded

_VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


class Server:
    """Started as a user starts it: a process of its own that keeps its state on disk."""

    def __init__(self, home: str) -> None:
        self._home = home

    def __enter__(self) -> "Server":
        self._target: Target = start_embedded(self._home)
        self._connection = http.client.HTTPConnection("127.0.0.1", self._target.port, timeout=60)
        self._administrator = self._target.key
        self._call("iam", Action="CreateUser", UserName="bench")
        key = self._call("iam", Action="CreateAccessKey", UserName="bench")
        self._user = (_inside(key, "AccessKeyId"), _inside(key, "SecretAccessKey"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        rolecall("down", home=self._home)

    def seconds(self) -> float:
        """Processor time of the server so far (Linux)."""
        fields = Path(f"/proc/{self._target.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The largest resident set so far (Linux)."""
        status = Path(f"/proc/{self._target.pid}/status").read_text()
        line = next(text for text in status.splitlines() if text.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def create(self, roles: int) -> None:
        """Roles that the user may assume, with an external ID of their own."""
        for number in range(roles):
            statement = {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/bench"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": f"tes-{number}"}},
            }
            document = json.dumps({"Version": "2012-10-17", "Statement": statement})
            self._call(
                "iam",
                Action="CreateRole",
                RoleName=f"role-{number:05}",
                AssumeRolePolicyDocument=document,
            )

    def assume(self, roles: int) -> None:
        """Each of them once."""
        for number in range(roles):
            reply = self._call(
                "sts",
                self._user,
                Action="AssumeRole",
                RoleArn=f"arn:aws:iam::{ACCOUNT}:role/role-{number:05}",
                RoleSessionName="bench",
                ExternalId=f"tes-{number}",
            )
            if "<SessionToken>" not in reply:
                raise SystemExit("no session")

    def _call(self, service: str, key: tuple[str, str] | None = None, **given: str) -> str:
        body = urlencode({**given, "Version": _VERSIONS[service]})
        request = AWSRequest(
            "POST",
            f"http://127.0.0.1:{self._target.port}/",
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            data=body,
        )
        SigV4Auth(Credentials(*(key or self._administrator)), service, REGION).add_auth(request)
        self._connection.request("POST", "/", body=body, headers=dict(request.headers.items()))
        reply = self._connection.getresponse()
        text = reply.read().decode()
        if reply.status != 200:
            raise SystemExit(f"{given['Action']}: HTTP {reply.status} {text[:300]}")
        return text


def _inside(reply: str, name: str) -> str:
    return reply.partition(f"<{name}>")[2].partition(f"</{name}>")[0]
