"""The front of the embedded AWS: one WSGI application that every request passes.

Order: Host check → control endpoints → parse → authenticate → STS → authorization →
IAM's own checks → gaps of the backend → moto → IAM's corrections.
"""

import logging
import re
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from rolecall.local import replies
from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.authenticate import authenticate, missing
from rolecall.local.backend import Backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import PREFIX, Control
from rolecall.local.http_call import host_name, parse
from rolecall.local.missing import backend_fault
from rolecall.local.repeated import Repeated

_log = logging.getLogger("rolecall.local")

_LOOPBACK = re.compile(r"localhost|([a-z0-9_-][a-z0-9._-]*)?\.localhost|127(\.[0-9]{1,3}){3}|::1")
#: Paths of moto that are not AWS's: its own reset API, and instance metadata.
_CLOSED = ("/moto-api", "/latest/", "/favicon.ico")
_READS = re.compile(r"(Get|List|Describe|Head|BatchGet|Simulate|Lookup|Search)[A-Z]\w*")

StartResponse = Callable[..., Any]


@dataclass(frozen=True)
class Handlers:
    """What the enforcing rooms answer; see `Handlers.load` for where they live."""

    sts: Callable[[ApiCall, Identity | None, Cloud], ApiReply | None]
    authorize: Callable[[ApiCall, Identity | None, Cloud], None]
    acting_account: Callable[[ApiCall, Identity | None], str | None]
    iam_before: Callable[[ApiCall, Identity | None, Cloud], ApiReply | None]
    gaps: Callable[[ApiCall, Identity | None, Cloud], ApiReply | None]
    iam_after: Callable[[ApiCall, ApiReply, Cloud], ApiReply]
    #: Whether a call without an AWS signature goes to the gaps all the same.
    public: Callable[[ApiCall], bool] = lambda _call: False

    @classmethod
    def load(cls) -> "Handlers":
        """Import the enforcing rooms."""
        from rolecall.local import authorization, gaps, iam, sts
        from rolecall.local.gaps.public_calls import is_public

        return cls(
            sts.handle,
            authorization.authorize,
            authorization.acting_account,
            iam.before,
            gaps.handle,
            iam.after,
            is_public,
        )


class Front:
    """The WSGI application. Thread safe."""

    def __init__(self, cloud: Cloud, control: Control, handlers: Handlers | None = None) -> None:
        self._cloud = cloud
        self._control = control
        self._handlers = handlers or Handlers.load()
        self._backend = Backend()
        self._one_at_a_time = threading.Lock()
        self._repeated = Repeated()

    def warm(self) -> None:
        """Load the backends that nearly every use needs."""
        self._backend.warm()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request; every failure becomes a reply in AWS's words."""
        request_id = self._cloud.new_request_id()
        try:
            reply = self._reply(environ, request_id)
        except Exception as error:
            _log_fault(error, environ)
            fault = AwsError(
                "InternalFailure",
                "The request processing has failed because of an unknown error, exception "
                "or failure.",
                500,
            )
            reply = replies.unparsed_error_reply(fault, environ, request_id)
        return _send(reply, environ, request_id, start_response)

    def _reply(self, environ: dict[str, Any], request_id: str) -> ApiReply:
        # A page of the internet may let its name resolve to 127.0.0.1 (DNS rebinding);
        # its requests then bear that name.
        if not _LOOPBACK.fullmatch(host_name(str(environ.get("HTTP_HOST", "")))):
            return ApiReply(
                403,
                b"The embedded AWS answers to localhost only.\n",
                (("Content-Type", "text/plain"),),
            )
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(PREFIX):
            return self._controlled(environ, path)
        if path.startswith(_CLOSED):
            return ApiReply(404, b"", (("Content-Type", "text/plain"),))
        try:
            call = parse(environ)
        except AwsError as error:
            return replies.unparsed_error_reply(error, environ, request_id)
        try:
            with self._cloud.gate.shared():
                return self._answer(call)
        except AwsError as error:
            if error.reason:
                _log.info("%s %s: %s", call.service, call.action or call.method, error.code)
            return replies.error_reply(error, call, request_id)

    def _answer(self, call: ApiCall) -> ApiReply:
        cloud, handlers = self._cloud, self._handlers
        identity = authenticate(call, cloud)
        reply = handlers.sts(call, identity, cloud)
        if reply is not None:
            return reply
        if identity is None and handlers.public(call):
            return self._public(call)
        if identity is None and call.service != "s3":
            raise missing(call)  # else only a bucket can be open to callers without a signature
        handlers.authorize(call, identity, cloud)
        try:
            with self._one_at_a_time if _checks_then_acts(call) else nullcontext():
                reply = self._repeated.answer(call, identity, cloud.real_now())
                if reply is None:
                    reply = handlers.iam_before(call, identity, cloud)
                if reply is None:
                    reply = handlers.gaps(call, identity, cloud)
                if reply is None:
                    reply = handlers.iam_after(call, self._moto(call, identity), cloud)
                self._repeated.keep(call, identity, reply, cloud.real_now())
        finally:
            # Also after an error: a handler may have changed something before it.
            if not _only_reads(call):
                cloud.mark_changed()
        return reply

    def _public(self, call: ApiCall) -> ApiReply:
        reply = self._handlers.gaps(call, None, self._cloud)
        if reply is None:
            raise missing(call)  # never moto's, whatever it would answer
        return reply

    def _moto(self, call: ApiCall, identity: Identity | None) -> ApiReply:
        account = self._handlers.acting_account(call, identity)
        if account is None:
            raise missing(call)
        try:
            return self._backend.call(call, account, identity)
        except AwsError:
            raise
        except Exception as error:
            _log_fault(error, call.environ)
            raise backend_fault(call) from None

    def _controlled(self, environ: Mapping[str, Any], path: str) -> ApiReply:
        headers = {
            name[5:].replace("_", "-").lower(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        stream = environ.get("wsgi.input")
        body = stream.read(1 << 20) if stream is not None else b""
        return self._control.handle(str(environ["REQUEST_METHOD"]), path, headers, body)


def _only_reads(call: ApiCall) -> bool:
    if call.action:
        return _READS.fullmatch(call.action) is not None
    return call.method in ("GET", "HEAD", "OPTIONS")


def _checks_then_acts(call: ApiCall) -> bool:
    """Whether two such calls at the same moment could both pass a check that one must fail.

    IAM's unique names, and S3's conditional writes, which are Terraform's state lock.
    """
    if call.service == "iam":
        return not _only_reads(call)
    conditional = "if-none-match" in call.headers or "if-match" in call.headers
    return call.service == "s3" and conditional and not _only_reads(call)


def _send(
    reply: ApiReply, environ: Mapping[str, Any], request_id: str, start_response: StartResponse
) -> Iterable[bytes]:
    headers = list(reply.headers)
    names = {name.lower() for name, _ in headers}
    if "x-amzn-requestid" not in names:
        headers.append(("x-amzn-RequestId", request_id))
    bodyless = environ.get("REQUEST_METHOD") == "HEAD" or reply.status in (204, 304)
    if "content-length" not in names and reply.status not in (204, 304):
        headers.append(("Content-Length", str(len(reply.body))))
    headers.append(("X-Content-Type-Options", "nosniff"))
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unknown"
    start_response(f"{reply.status} {phrase}", headers)
    return [b""] if bodyless else [reply.body]


def _log_fault(error: BaseException, environ: Mapping[str, Any]) -> None:
    """Log where a fault happened; not its message, which may quote what a client sent."""
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    _log.error(
        "%s while answering %s %s\n%s",
        type(error).__name__,
        environ.get("REQUEST_METHOD"),
        replies.one_line(str(environ.get("HTTP_X_AMZ_TARGET", ""))),
        frames,
    )
