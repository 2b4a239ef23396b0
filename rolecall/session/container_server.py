"""Credentials over HTTP on the loopback interface, as containers of ECS get them.

Every AWS SDK asks such an endpoint when `AWS_CONTAINER_CREDENTIALS_FULL_URI` is set, and
asks again before the credentials end. Source: AWS SDKs reference, "Container credential
provider".
"""

import hmac
import http.client
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rolecall.problems import Exit, Problem
from rolecall.session.assumed_role import AssumedRole

URI_VARIABLE = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN_VARIABLE = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE_VARIABLE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - likewise
#: The only interface that is listened on: credentials travel in clear.
HOST = "127.0.0.1"
PATH = "/credentials"
_SECONDS = 10
_MOST_CONNECTIONS = 256


def new_token() -> str:
    """A bearer token that nobody guesses: 256 random bits."""
    return secrets.token_urlsafe(32)


class ContainerServer:
    """The endpoint, from `start` until `stop`.

    session: the session to hand out, asked at each request; a `Problem` of it becomes an
        answer that the SDKs show.
    port: 0 for any free one. Raises `Problem` where it is taken.
    """

    def __init__(self, session: Callable[[], AssumedRole], token: str, port: int = 0) -> None:
        self.token = token
        try:
            self._server = _Server((HOST, port), session, token)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "that is no port"
            raise Problem(f"port {port} of {HOST} cannot be used: {reason}.", Exit.FAILED) from None
        self.port = self._server.server_port
        self.url = f"http://{HOST}:{self.port}{PATH}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(0.05,),
            name="rolecall-credentials",
            daemon=True,
        )

    @property
    def variables(self) -> dict[str, str]:
        """What makes the SDKs of a process ask this endpoint."""
        return {URI_VARIABLE: self.url, TOKEN_VARIABLE: self.token}

    def start(self) -> None:
        """Begin to answer, in threads of their own."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(_SECONDS)
        self._server.server_close()


@contextmanager
def serving(
    session: Callable[[], AssumedRole], token: str | None = None, port: int = 0
) -> Iterator[ContainerServer]:
    """A server that runs while the context lasts."""
    server = ContainerServer(session, new_token() if token is None else token, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def answer_of(session: AssumedRole) -> dict[str, str]:
    """The JSON of the container endpoint; `Token` is the session token there."""
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "Token": session.session_token,
        "Expiration": session.expiration.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "AccountId": session.account_id,
    }


class _Server(ThreadingHTTPServer):
    """Accepts a bounded number of connections at a time; says nothing of broken ones."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], session: Callable[[], AssumedRole], token: str
    ) -> None:
        self.session, self.token = session, token
        self._room = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, _Handler)
        # The names by which an SDK may have been told of this address. A web page whose
        # own name was made to point here (DNS rebinding) sends that name.
        names = {HOST, "localhost"}
        self.hosts = {f"{name}:{self.server_port}" for name in names}
        if self.server_port == http.client.HTTP_PORT:
            self.hosts |= names

    def server_bind(self) -> None:
        """Bind, without looking the host's name up as the base class does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand the connection to a thread, or close it where too many are open."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection, and make room for the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away is no business of the terminal's."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SECONDS
    server_version, sys_version = "rolecall", ""

    def do_GET(self) -> None:
        if self.headers.get("Host", "").lower() not in self.server.hosts or (
            "Origin" in self.headers
        ):
            return self._answer(403, _error("Forbidden", "this endpoint is not for web pages."))
        given = self.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self.server.token.encode()):
            return self._answer(401, _error("Unauthorized", f"the {TOKEN_VARIABLE} is wrong."))
        if self.path != PATH:
            return self._answer(404, _error("NotFound", f"ask for {PATH}."))
        try:
            body: Mapping[str, str] = answer_of(self.server.session())
        except Problem as problem:
            status = 503 if problem.exit_code == Exit.UNREACHABLE else 400
            return self._answer(status, _error("CredentialsUnavailable", str(problem)))
        return self._answer(200, body)

    def _answer(self, status: int, body: Mapping[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: standard error belongs to the job."""


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}
