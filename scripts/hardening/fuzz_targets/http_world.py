"""An embedded AWS without a socket, people in it, and what must never leave it."""

import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from waitress.adjustments import Adjustments
from waitress.task import WSGITask

from rolecall.local import accounts, backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.front import Front
from rolecall.local.http_server import _Parser

HOME, OTHER = "111122223333", "444455556666"
NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
REGION, HOST = "eu-central-1", "127.0.0.1:4566"
SECRET, PUBLIC = b"TOP-SECRET-7f3a91", b"PUBLIC-PAGE"
READER = f"arn:aws:iam::{HOME}:role/reader"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
#: What alice may do, by the operation's name; she can change nothing.
ALICES = {
    "iam": {"GetUser", "ListUsers", "GetRole", "ListRoles"},
    "s3": {"GetObject", "HeadObject", "ListObjects", "ListObjectsV2", "HeadBucket"},
    "sts": {"GetCallerIdentity", "AssumeRole", "GetSessionToken", "GetAccessKeyInfo"},
}

# Clients sign at the embedded AWS's moment, so that every run sees the same requests.
botocore.auth.get_current_datetime = lambda remove_tzinfo=True: (
    NOW.replace(tzinfo=None) if remove_tzinfo else NOW
)


@dataclass
class Reply:
    """What a client gets."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class World:
    """The front, and the keys of its people."""

    front: Front
    cloud: Cloud
    keys: Mapping[str, Credentials]


@cache
def world() -> World:
    """alice may read a little, mallory nothing; a bucket is open to everybody, two are not."""
    logging.disable(logging.CRITICAL)
    backend.configure()
    backend.reset()
    cloud = Cloud(clock=lambda: NOW, sealing_key=b"k" * 32)
    front = Front(cloud, Control(cloud, "control-token-of-the-fuzzer"))
    keys = {}
    for account in (HOME, OTHER):
        key = accounts.administrator(cloud, account)
        keys[account] = Credentials(key.access_key_id, key.secret_access_key)
    made = World(front, cloud, keys)
    for name in ("alice", "mallory"):
        keys[name] = _user(made, name)
    _call(made, HOME, "iam", "PutUserPolicy", UserName="alice", PolicyName="own",
          PolicyDocument=_policy(
              _allow([f"iam:{each}" for each in sorted(ALICES["iam"])], "*"),
              _allow("s3:GetObject", "arn:aws:s3:::shared/*"),
              _allow("s3:ListBucket", "arn:aws:s3:::shared"),
              _allow("eks:ListClusters", "*"),
          ))  # fmt: skip
    trust = {
        **_allow("sts:AssumeRole", None),
        "Principal": {"AWS": f"arn:aws:iam::{HOME}:user/alice"},
    }
    _call(
        made, HOME, "iam", "CreateRole", RoleName="reader", AssumeRolePolicyDocument=_policy(trust)
    )
    locked = {**trust, "Principal": {"AWS": OTHER}}
    _call(
        made, HOME, "iam", "CreateRole", RoleName="locked", AssumeRolePolicyDocument=_policy(locked)
    )
    for account, bucket, name, content in (
        (HOME, "private", "secret", SECRET), (HOME, "shared", "note", b"hello"),
        (OTHER, "theirs", "secret", SECRET), (HOME, "open", "page", PUBLIC),
    ):  # fmt: skip
        region = f"<LocationConstraint>{REGION}</LocationConstraint>"
        region = f"<CreateBucketConfiguration>{region}</CreateBucketConfiguration>"
        _put(made, account, f"/{bucket}", region.encode())
        _put(made, account, f"/{bucket}/{name}", content)
    open_to_all = {**_allow("s3:GetObject", "arn:aws:s3:::open/*"), "Principal": "*"}
    _put(made, HOME, "/open?policy", _policy(open_to_all).encode())
    return made


def held() -> str:
    """What the backends hold, short enough to compare after each admitted call."""
    from moto.core.base_backend import BackendDict
    from moto.iam.models import iam_backends
    from moto.s3.models import s3_backends

    seen: list[Any] = []
    for account in (HOME, OTHER):
        iam: Any = iam_backends[account]["aws"]
        for user in iam.users.values():
            keys = [(key.access_key_id, key.status) for key in user.access_keys]
            seen.append((user.name, keys, user.policies, sorted(user.managed_policies)))
        for role in iam.roles.values():
            seen.append((role.name, str(role.assume_role_policy_document), role.policies,
                         sorted(role.managed_policies), role.permissions_boundary_arn))  # fmt: skip
        seen.append([sorted(iam.groups), sorted(iam.open_id_providers), sorted(iam.saml_providers),
                     sorted(iam.instance_profiles), sorted(iam.certificates)])  # fmt: skip
        s3: Any = s3_backends[account]["aws"]
        for name, bucket in s3.buckets.items():
            seen.append((name, bucket.policy, str(bucket.cors), bucket.versioning_status,
                         [(key, each.etag) for key, each in bucket.keys.items()]))  # fmt: skip
    others = {
        each.service_name for each in getattr(BackendDict, "_instances", ())
        for regions in each.values() for made in regions.values()
        if each.service_name in ("sqs", "dynamodb", "secretsmanager", "kms", "sns")
        and any(len(v) for k, v in vars(made).items()
                if k in ("queues", "tables", "secrets", "keys", "topics") and hasattr(v, "__len__"))
    }  # fmt: skip
    return json.dumps([seen, sorted(others)], default=str, sort_keys=True)


_ADJUSTMENTS = Adjustments()
_CHANNEL: Any = SimpleNamespace(
    server=SimpleNamespace(server_name="127.0.0.1", effective_port=4566, adj=_ADJUSTMENTS),
    addr=("127.0.0.1", 40000),
    creation_time=0.0,
    check_client_disconnected=lambda: False,
)


def environ_of(raw: bytes) -> dict[str, Any] | None:
    """The WSGI variables that the HTTP server makes of the bytes; None if it refuses them."""
    parser = _Parser(_ADJUSTMENTS)
    try:
        while raw and not parser.completed:
            used = parser.received(raw)
            if not used:
                break
            raw = raw[used:]
        if not parser.completed or parser.error or parser.empty:
            return None
        environ: dict[str, Any] = WSGITask(_CHANNEL, parser).get_environment()
        environ["wsgi.input"] = io.BytesIO(parser.get_body_stream().read())
        return environ
    finally:
        parser.close()


def unread(environ: Mapping[str, Any]) -> dict[str, Any]:
    """The same request, its body to be read from the beginning."""
    return {**environ, "wsgi.input": io.BytesIO(environ["wsgi.input"].getvalue())}


def answer(environ: dict[str, Any]) -> Reply:
    """What the front answers."""
    reply = Reply(0)

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        reply.status = int(status.split()[0])
        reply.headers = {name.lower(): value for name, value in headers}
        for name, value in headers:
            if "\n" in name + value or "\r" in name + value:
                raise AssertionError("a header with a line break")
            (name + value).encode("latin-1")

    reply.body = b"".join(world().front(unread(environ), start_response))
    return reply


def raw_request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of a request."""
    lines = [
        f"{method} {target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if body and "content-length" not in {name.lower() for name in headers}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def signed(
    who: Credentials, service: str, method: str, target: str, headers: Mapping[str, str],
    body: bytes, region: str = REGION,
) -> bytes:  # fmt: skip
    """The bytes of a request that `who` signed as an SDK does."""
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    request = AWSRequest(method, f"http://{HOST}{target}", headers=dict(headers), data=body)
    if "host" not in {name.lower() for name in headers}:
        request.headers["Host"] = HOST
    signer(who, service, region).add_auth(request)
    return raw_request(method, target, dict(request.headers.items()), body)


def presigned(who: Credentials, method: str, target: str) -> bytes:
    """The bytes of a request for a presigned URL of S3."""
    request = AWSRequest(method, f"http://{HOST}{target}")
    S3SigV4QueryAuth(who, "s3", REGION, expires=600).add_auth(request)
    return raw_request(method, request.url.removeprefix(f"http://{HOST}"), {"Host": HOST}, b"")


def query(action: str, version: str = "2011-06-15", **parameters: str) -> bytes:
    """A form of the query protocol."""
    return urlencode({"Action": action, "Version": version, **parameters}).encode()


def _allow(action: Any, resource: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action}
    return statement if resource is None else {**statement, "Resource": resource}


def _policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _call(made: World, who: str, service: str, action: str, **parameters: str) -> bytes:
    version = "2010-05-08" if service == "iam" else "2011-06-15"
    body = query(action, version, **parameters)
    raw = signed(made.keys[who], service, "POST", "/", {"Content-Type": FORM}, body)
    return _must(made, raw)


def _put(made: World, who: str, target: str, body: bytes) -> None:
    _must(made, signed(made.keys[who], "s3", "PUT", target, {}, body))


def _must(made: World, raw: bytes) -> bytes:
    environ = environ_of(raw)
    assert environ is not None
    told: list[str] = []
    body = b"".join(made.front(environ, lambda status, *_rest: told.append(status)))
    if not told[0].startswith("2"):
        raise RuntimeError(f"the world could not be made: {told} {body[:500]!r}")
    return body


def _user(made: World, name: str) -> Credentials:
    import re

    _call(made, HOME, "iam", "CreateUser", UserName=name)
    body = _call(made, HOME, "iam", "CreateAccessKey", UserName=name).decode()
    found = [re.search(f"<{tag}>([^<]+)", body) for tag in ("AccessKeyId", "SecretAccessKey")]
    return Credentials(*(each[1] for each in found if each))
