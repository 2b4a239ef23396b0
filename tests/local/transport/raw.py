"""Raw HTTP against an embedded AWS: requests that no SDK would send."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.local.conftest import CONTROL_TOKEN, CloudServer

ACCOUNT = "111122223333"
REGION = "eu-central-1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def send(
    server: CloudServer,
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """Send exactly this; the Host header is the server's unless given."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server.port, timeout=20)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": f"127.0.0.1:{server.server.port}", **(headers or {})}
        if body is not None:
            sent.setdefault("Content-Length", str(len(body)))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
    finally:
        connection.close()


def signed(
    server: CloudServer,
    keys: Mapping[str, str],
    *,
    service: str = "sts",
    method: str = "POST",
    path: str = "/",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    region: str = REGION,
) -> dict[str, str]:
    """The headers of a signed request, Host included."""
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    request = AWSRequest(method, server.url + path, headers=dict(headers or {}), data=body)
    request.headers["Host"] = f"127.0.0.1:{server.server.port}"
    credentials = Credentials(
        keys["aws_access_key_id"], keys["aws_secret_access_key"], keys.get("aws_session_token")
    )
    signer(credentials, service, region).add_auth(request)
    return dict(request.headers.items())


def query(action: str, version: str = "2011-06-15", **parameters: str) -> bytes:
    return urlencode({"Action": action, "Version": version, **parameters}).encode()


def whoami(server: CloudServer, keys: Mapping[str, str], **options: Any) -> Reply:
    body = query("GetCallerIdentity")
    headers = signed(server, keys, body=body, headers={"Content-Type": FORM}, **options)
    return send(server, "POST", "/", headers, body)


def control(
    server: CloudServer, method: str, name: str, given: Any = None, token: str = CONTROL_TOKEN
) -> Reply:
    body = None if given is None else json.dumps(given).encode()
    return send(server, method, f"/_rolecall/{name}", {"x-rolecall-token": token}, body)
