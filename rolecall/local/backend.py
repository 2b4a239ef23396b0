"""moto behind the front: how it is set up, and how a checked call reaches it.

moto answers what is not ours to enforce. It is never reached by a request as a client
wrote it, but by one that is written here from what was parsed and verified: account,
region, service and action are ours, so moto cannot read them differently.
"""

import base64
import io
import os
import re
import threading
from collections.abc import Iterable
from random import SystemRandom
from typing import Any
from urllib.parse import quote, urlencode

from botocore.model import OperationNotFoundError

from rolecall.local import managed_policies, moto_guard, role_names, streaming
from rolecall.local.api import ApiCall, ApiReply, Identity
from rolecall.local.http_call import raw_path_of
from rolecall.local.http_server import spelling
from rolecall.local.missing import backend_fault, unimplemented

#: What moto is told before its first import.
SETTINGS = {
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # A bucket of another account is out of reach, as without a bucket policy in AWS.
    "MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS": "false",
    # Buckets in host names are turned into paths by our parser, not a second time.
    "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true",
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}
#: Settings that would let moto find another account than the verified one.
_UNWANTED = ("MOTO_ACCOUNT_ID", "MOTO_ENABLE_RECORDING", "INITIAL_NO_AUTH_ACTION_COUNT")
_ACCOUNT_OFFSET = 549755813888
_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_configured = threading.Event()


def configure() -> None:
    """Set moto up for this process; harmless when done before."""
    if _configured.is_set():
        return
    os.environ.update(SETTINGS)
    for name in _UNWANTED:
        os.environ.pop(name, None)
    from moto import backends, settings
    from moto.moto_api._internal.moto_random import MotoRandom
    from moto.s3 import utils

    # Read at import, so that an earlier import of moto would have missed them.
    settings.S3_IGNORE_SUBDOMAIN_BUCKETNAME = True
    settings.DISABLE_GLOBAL_CORS = True
    s3_utils: Any = utils
    s3_utils.S3_IGNORE_SUBDOMAIN_BUCKETNAME = True
    # moto draws access keys, secrets and MFA seeds from a Mersenne Twister: who has seen
    # enough of its ids can compute the next secret. Let the operating system draw.
    system = SystemRandom()
    random_class: Any = MotoRandom
    random_class.random = lambda _self: system.random()
    random_class.getrandbits = lambda _self, k: system.getrandbits(k)
    # moto lists its own folder, and asks of each file what it is, at every call.
    modules = tuple(backends.list_of_moto_modules())
    moto_backends: Any = backends
    moto_backends.list_of_moto_modules = lambda: modules
    _let_go_of_what_is_deleted()
    managed_policies.share()
    moto_guard.install()
    role_names.use_in_moto()
    _configured.set()


def _let_go_of_what_is_deleted() -> None:
    """Have moto keep no list of everything that it ever made.

    It does for its dashboard, which is closed here: every user, key and object that was
    deleted, and every older text of an object, stayed in memory for as long as the server ran.
    """
    from moto.core.common_models import BaseModel

    model_class: Any = BaseModel
    model_class.__new__ = lambda cls, *_arguments, **_named: object.__new__(cls)


def reset() -> None:
    """Forget everything that all backends hold."""
    from moto.core.base_backend import BackendDict
    from moto.iam.models import iam_backends

    # moto would first make each of them anew, with AWS's 1,500 policies.
    iam_backends.clear()
    # Resetting closes every object of S3 that exists.
    BackendDict.reset()


def key_id_prefix(prefix: str, account: str) -> str:
    """The first 13 characters of an access key id, in which AWS writes the account."""
    number = int(account)
    part = base64.b32encode((number // 2 + _ACCOUNT_OFFSET).to_bytes(5, "big")).decode("ascii")
    half = _ID_ALPHABET[16:] if number % 2 else _ID_ALPHABET[:16]
    return prefix + part + SystemRandom().choice(half)


class Backend:
    """The WSGI applications of moto, one for each service, made when first needed."""

    def __init__(self) -> None:
        configure()
        from moto.moto_server.werkzeug_app import (
            SIGNING_ALIASES,
            DomainDispatcherApplication,
            create_backend_app,
        )

        self._aliases = SIGNING_ALIASES
        self._services: dict[str, bool] = {}
        self._dispatch = DomainDispatcherApplication(create_backend_app)

    def warm(self) -> None:
        """Load what nearly every use needs (IAM and S3), so that no first call waits for it."""
        for service in ("iam", "s3"):
            scope = f"Credential=A/19700101/us-east-1/{service}/aws4_request"
            environ = {"HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {scope}", "HTTP_HOST": "localhost"}
            self._dispatch.get_application(environ)

    def _known(self, service: str) -> bool:
        """Whether moto has a backend for a signing name (it would try S3 for any other)."""
        known = self._services.get(service)
        if known is None:
            alias = self._aliases.get(service, service)
            host = f"{alias}.us-east-1.amazonaws.com"
            known = service in _ODD_HOSTS or any(
                pattern.match(f"http://{host}") or pattern.match(f"http://{alias}.amazonaws.com")
                for _, pattern in self._dispatch.backend_url_patterns
            )
            if len(self._services) < 1000:
                self._services[service] = known
        return known

    def call(self, call: ApiCall, account: str, identity: Identity | None) -> ApiReply:
        """Let moto answer an authorized call in the account whose resources it reaches.

        That is the caller's own, except where a bucket policy let him into another's.

        Raises:
            AwsError: moto does not implement the operation, or fails at it. Neither is
                answered with HTTP 500, 502, 503 or 504: SDKs and Terraform's provider
                repeat those for minutes, and the answer would not change.
        """
        if not self._known(call.service):
            raise unimplemented(call)
        caught: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            caught[:] = [int(status.split(" ", 1)[0]), headers]

        try:
            chunks: Iterable[bytes] = self._dispatch(
                _environ(call, account, identity), start_response
            )
            try:
                body = b"".join(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
        except (NotImplementedError, OperationNotFoundError):
            raise unimplemented(call) from None
        status, headers = caught
        kind = next((v for n, v in headers if n.lower() == "content-type"), "")
        if status == 501 or (
            status in (404, 405)
            and call.service != "s3"
            and (not body or (kind.startswith("text/html") and b"<!doctype html>" in body[:64]))
        ):
            # Flask's own page, not an answer of a service: no such operation in moto.
            raise unimplemented(call)
        if status >= 500:
            raise backend_fault(call)
        return ApiReply(status, body, tuple(_reply_headers(headers, call.method)))


def _environ(call: ApiCall, account: str, identity: Identity | None) -> dict[str, Any]:
    environ = {
        name: value
        for name, value in call.environ.items()
        if not name.startswith(("HTTP_X_MOTO", "HTTP_X_FORWARDED", "waitress."))
    }
    # Names of S3 metadata may hold an underscore, which WSGI cannot tell from a dash.
    environ["moto.preserved_header_names"] = spelling(environ)
    body, query = call.body, _operation_query(call)
    if call.protocol in ("query", "ec2"):
        body, query = urlencode(call.params).encode(), ""
        environ["REQUEST_METHOD"] = "POST"
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded; charset=utf-8"
        environ.pop("HTTP_X_AMZ_TARGET", None)
    else:
        # moto would take a form's fields for parameters, before those of path and query.
        kind = call.headers.get("content-type", "").lower()
        if "form-urlencoded" in kind or "multipart/" in kind:
            environ["CONTENT_TYPE"] = _PLAIN_TYPES.get(call.protocol, "binary/octet-stream")
        if call.protocol == "json":
            query = ""
    environ[moto_guard.ACTION] = call.action
    body = _undo_chunks(call, environ, body)
    path = call.path if call.path.startswith("/") else "/"
    # An S3 key is what the path decodes to; elsewhere `%2F` inside a part (an ARN, for
    # example) is not a separator, and moto looks at the path as it was sent.
    raw_path = quote(path, safe="/~") if call.service == "s3" else raw_path_of(call.environ)
    signed = call.signed
    date = signed.scope_date if signed else "19700101"
    key_id = identity.access_key_id if identity is not None else "ANONYMOUS"
    environ.update(
        {
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            "PATH_INFO": path.encode("utf-8").decode("latin-1"),
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "RAW_URI": raw_path,
            "REQUEST_URI": raw_path,
            "HTTP_HOST": _moto_host(call),
            "HTTP_USER_AGENT": f"rolecall region/{call.region}",
            "HTTP_X_MOTO_ACCOUNT_ID": account,
            "HTTP_AUTHORIZATION": (
                f"AWS4-HMAC-SHA256 Credential={key_id}/{date}/{call.region}"
                f"/{call.service}/aws4_request, SignedHeaders=host, Signature={'0' * 64}"
            ),
        }
    )
    for name in ("HTTP_X_AMZ_SECURITY_TOKEN", "HTTP_EXPECT", "HTTP_TRANSFER_ENCODING"):
        environ.pop(name, None)
    return environ


_PLAIN_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}


def _undo_chunks(call: ApiCall, environ: dict[str, Any], body: bytes) -> bytes:
    """Hand a chunk-signed upload to moto as a plain one; it knows one of the two kinds only."""
    kind = call.headers.get("x-amz-content-sha256", "")
    if call.service != "s3" or not kind.startswith(streaming.SIGNED):
        return body
    upload = streaming.decode(body, trailer=kind == streaming.SIGNED_WITH_TRAILER)
    for name in ("HTTP_X_AMZ_DECODED_CONTENT_LENGTH", "HTTP_X_AMZ_TRAILER"):
        environ.pop(name, None)
    environ["HTTP_X_AMZ_CONTENT_SHA256"] = "UNSIGNED-PAYLOAD"
    encodings = call.headers.get("content-encoding", "").split(",")
    left = ",".join(e.strip() for e in encodings if e.strip() not in ("", "aws-chunked"))
    environ.pop("HTTP_CONTENT_ENCODING", None)
    if left:
        environ["HTTP_CONTENT_ENCODING"] = left
    for name, value in upload.trailer.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return upload.body


def _moto_host(call: ApiCall) -> str:
    if call.service == "sqs":
        # Queue URLs are made of the host, and clients go there.
        return str(call.environ.get("HTTP_HOST", "localhost"))
    # moto reads the region from the first `.<region>.amazonaws.com` in the URL.
    return f"{call.service}.{call.region}.amazonaws.com"


_PRESIGNED_PAIR = re.compile(
    r"X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)=.*"
)


def _operation_query(call: ApiCall) -> str:
    pairs = call.query_string.split("&") if call.query_string else []
    return "&".join(
        pair
        for pair in pairs
        if not _PRESIGNED_PAIR.fullmatch(pair) and not pair.startswith("AWSAccessKeyId=")
    )


#: Signing names that moto finds a backend for in other ways than by their host.
_ODD_HOSTS = frozenset({"aidevops", "dsql", "memorydb", "s3vectors", "sagemaker", "timestream"})
_DROPPED = frozenset(
    {"connection", "server", "date", "transfer-encoding", "content-length", "status"}
)


def _reply_headers(headers: list[tuple[str, str]], method: str) -> Iterable[tuple[str, str]]:
    # The length of a reply to HEAD is that of the object, which is not sent.
    dropped = _DROPPED - {"content-length"} if method == "HEAD" else _DROPPED
    return [(name, value) for name, value in headers if name.lower() not in dropped]
