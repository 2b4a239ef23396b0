"""Two ways to call the embedded AWS: as a function of this process, and by boto3 over HTTP.

A call is an operation with its parameters as boto3 takes them; an answer is a code ('' for
success) and what came back.
"""

import hashlib
import hmac
import io
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlencode
from xml.etree import ElementTree

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.local.conftest import CloudServer
from tests.stateful.model import Credential

_REGION = "eu-central-1"
_HOST = "localhost:4566"
_VERSION = {"iam": "2010-05-08", "sts": "2011-06-15"}
_DOCUMENTS = {"AssumeRolePolicyDocument", "PolicyDocument", "Document"}


@dataclass(frozen=True)
class Answer:
    """`code` is '' where the call was allowed."""

    status: int
    code: str = ""
    message: str = ""
    result: Any = field(default_factory=dict)


class Wire(Protocol):
    """How calls reach the embedded AWS. Without credentials they are not signed."""

    def call(
        self, service: str, action: str, params: Mapping[str, Any], held: Credential | None
    ) -> Answer: ...

    def buckets(self, held: Credential) -> Answer: ...

    def make_bucket(self, held: Credential, name: str) -> Answer: ...

    def tables(self, held: Credential) -> Answer: ...


class InProcess:
    """Calls the WSGI application itself, signed at the time that `clock` tells."""

    def __init__(self, application: Callable[..., Any], clock: Callable[[], datetime]) -> None:
        self.application = application
        self.clock = clock

    def call(
        self, service: str, action: str, params: Mapping[str, Any], held: Credential | None
    ) -> Answer:
        form = {"Action": action, "Version": _VERSION[service], **flattened(params)}
        kind = "application/x-www-form-urlencoded; charset=utf-8"
        status, body = self._send(service, "POST", "/", urlencode(form).encode(), kind, held)
        root = _parsed(body)
        if status != 200:
            error = root.get("Error", root)
            return Answer(status, error.get("Code", "?"), error.get("Message", ""))
        return Answer(status, result=root.get(f"{action}Result", {}))

    def buckets(self, held: Credential) -> Answer:
        status, body = self._send("s3", "GET", "/", b"", "", held)
        root = ElementTree.fromstring(body)
        if status != 200:
            return Answer(status, root.findtext("Code") or "?", root.findtext("Message") or "")
        return Answer(status, result=[e.text for e in root.iter() if e.tag.endswith("}Name")])

    def make_bucket(self, held: Credential, name: str) -> Answer:
        where = f"<LocationConstraint>{_REGION}</LocationConstraint>"
        xml = f"<CreateBucketConfiguration>{where}</CreateBucketConfiguration>".encode()
        status, body = self._send("s3", "PUT", f"/{name}", xml, "application/xml", held)
        code = "" if status == 200 else ElementTree.fromstring(body).findtext("Code") or "?"
        return Answer(status, code)

    def tables(self, held: Credential) -> Answer:
        target = {"x-amz-target": "DynamoDB_20120810.ListTables"}
        kind = "application/x-amz-json-1.0"
        status, body = self._send("dynamodb", "POST", "/", b"{}", kind, held, target)
        told = json.loads(body)
        if status != 200:
            return Answer(status, told["__type"].rpartition("#")[2], str(told.get("message")))
        return Answer(status, result=told["TableNames"])

    def _send(
        self,
        service: str,
        method: str,
        path: str,
        body: bytes,
        kind: str,
        held: Credential | None,
        more: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        headers = {"host": _HOST, **(more or {})}
        if kind:
            headers["content-type"] = kind
        if held is not None:
            headers = signed(service, method, path, body, headers, held, self.clock())
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "RAW_URI": path,
            "REQUEST_URI": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "4566",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        told: list[int] = []

        def start_response(status: str, _headers: Any, _error: Any = None) -> None:
            told.append(int(status.split(" ", 1)[0]))

        answer = b"".join(self.application(environ, start_response))
        return told[0], answer


class Boto:
    """Calls by boto3, as a user's program would."""

    def __init__(self, server: CloudServer) -> None:
        self.server = server
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()  # the making of a client is not for many threads

    def call(
        self, service: str, action: str, params: Mapping[str, Any], held: Credential | None
    ) -> Answer:
        client = self._client(service, held)
        return self._answer(lambda: client._make_api_call(action, dict(params)))

    def buckets(self, held: Credential) -> Answer:
        found = self._answer(self._client("s3", held).list_buckets)
        names = [each["Name"] for each in found.result.get("Buckets", ())]
        return Answer(found.status, found.code, found.message, names)

    def make_bucket(self, held: Credential, name: str) -> Answer:
        where = {"LocationConstraint": _REGION}
        client = self._client("s3", held)
        return self._answer(
            lambda: client.create_bucket(Bucket=name, CreateBucketConfiguration=where)
        )

    def tables(self, held: Credential) -> Answer:
        found = self._answer(self._client("dynamodb", held).list_tables)
        return Answer(found.status, found.code, found.message, found.result.get("TableNames"))

    def _client(self, service: str, held: Credential | None) -> Any:
        key = (service, held.id if held is not None else "")
        with self._making:
            if key not in self._clients:
                self._clients[key] = self._made(service, held)
            return self._clients[key]

    def _made(self, service: str, held: Credential | None) -> Any:
        if held is None:
            return self.server.client(service, config=Config(signature_version=UNSIGNED))
        given = {"aws_access_key_id": held.id, "aws_secret_access_key": held.secret}
        if held.token is not None:
            given["aws_session_token"] = held.token
        return self.server.client(service, given)

    @staticmethod
    def _answer(call: Callable[[], Any]) -> Answer:
        try:
            return Answer(200, result=call())
        except ClientError as error:
            told, meta = error.response["Error"], error.response["ResponseMetadata"]
            return Answer(meta["HTTPStatusCode"], told["Code"], told.get("Message", ""))


def flattened(value: Any, name: str = "") -> dict[str, str]:
    """Parameters as the query protocol writes them."""
    if isinstance(value, Mapping):
        parts = [(f"{name}.{key}" if name else key, each) for key, each in value.items()]
    elif isinstance(value, list | tuple):
        parts = [(f"{name}.member.{index}", each) for index, each in enumerate(value, 1)]
    elif isinstance(value, bool):
        return {name: str(value).lower()}
    else:
        return {name: str(value)}
    return {k: v for part, each in parts for k, v in flattened(each, part).items()}


def signed(
    service: str,
    method: str,
    path: str,
    body: bytes,
    headers: dict[str, str],
    held: Credential,
    now: datetime,
) -> dict[str, str]:
    """The headers with a signature: Signature Version 4, as AWS describes it."""
    stamp, day = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}"
    digest = hashlib.sha256(body).hexdigest()
    headers = {**headers, "x-amz-date": stamp, "x-amz-content-sha256": digest}
    if held.token is not None:
        headers["x-amz-security-token"] = held.token
    names = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name].strip()}" for name in sorted(headers)]
    request = "\n".join([method, quote(path), "", *lines, "", names, digest])
    scope = f"{day}/{_REGION}/{service}/aws4_request"
    text = "\n".join(
        ["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()]
    )
    key = f"AWS4{held.secret}".encode()
    for part in (day, _REGION, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={held.id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers


def _parsed(body: bytes) -> dict[str, Any]:
    found = _value(ElementTree.fromstring(body))
    return found if isinstance(found, dict) else {}


def _value(element: ElementTree.Element) -> Any:
    children = list(element)
    if not children:
        return element.text or ""
    if all(each.tag.rpartition("}")[2] == "member" for each in children):
        return [_value(each) for each in children]
    found = {}
    for each in children:
        name = each.tag.rpartition("}")[2]
        found[name] = _value(each)
        if name in _DOCUMENTS and isinstance(found[name], str):
            found[name] = json.loads(unquote(found[name]))
    return found
