"""Everything that listens is on SECURITY.md's list, on loopback, and refuses a rebound name."""

import ast
import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import rolecall
from rolecall.local import backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.oidc.stand_in_server import StandInServer
from rolecall.local.server import Server
from rolecall.session import AssumedRole
from rolecall.session.container_server import ContainerServer
from rolecall.session.one_redirect import _Once

ROOT = Path(rolecall.__file__).parent
SECURITY = ROOT.parent / "SECURITY.md"
#: What makes a listening socket: the classes, and methods of others.
CLASSES = {"HTTPServer", "ThreadingHTTPServer", "TCPServer"}
METHODS = {"create_server", "listen", "serve"}
#: The sources that do; the first is the socket of the second.
SOURCES = {
    "local/listener.py",
    "local/server.py",
    "local/oidc/stand_in_server.py",
    "session/container_server.py",
    "session/one_redirect.py",
}
ISSUER = "https://issuer.example.com"
SESSION = AssumedRole(
    access_key_id="ASIAEXAMPLE",
    secret_access_key="the-secret-key",
    session_token="the-session-token",
    expiration=datetime(2099, 1, 1, tzinfo=UTC),
    arn="arn:aws:sts::111111111111:assumed-role/tes-reader/me",
)
#: Where it listens, how to ask it under a name, and what to ask for.
Asked = tuple[tuple[str, int], Callable[[str], tuple[int, bytes]], str]


def listens(source: Path) -> bool:
    """Whether the source names what makes a listening socket."""
    nodes = list(ast.walk(ast.parse(source.read_text(encoding="utf-8"))))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    methods = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return bool(names & CLASSES or methods & METHODS)


def test_nothing_else_of_the_package_listens() -> None:
    listening = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if listens(path)}
    assert listening == SOURCES
    told = SECURITY.read_text(encoding="utf-8")
    for source in SOURCES - {"local/listener.py"}:
        assert f"`rolecall/{source}`" in told, source


def ask(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture
def embedded() -> Iterator[Asked]:
    backend.configure()
    backend.reset()
    cloud = Cloud()
    listener = bind(0)
    address = listener.getsockname()
    server = Server(listener, cloud, Control(cloud, "token"))
    thread = server.start()
    yield (
        address,
        lambda host: ask(address[1], "/_rolecall/health", {"Host": host}),
        f"127.0.0.1:{address[1]}",
    )
    server.stop()
    thread.join(10)
    backend.reset()


@pytest.fixture
def credentials() -> Iterator[Asked]:
    server = ContainerServer(lambda: SESSION, "token")
    server.start()
    yield (
        server._server.socket.getsockname(),
        lambda host: ask(server.port, "/credentials", {"Host": host, "Authorization": "token"}),
        f"127.0.0.1:{server.port}",
    )
    server.stop()


@pytest.fixture
def redirect() -> Iterator[Asked]:
    with _Once("https://signin.example.com/secret") as server:

        def once(host: str) -> tuple[int, bytes]:
            thread = threading.Thread(target=server.handle_request)
            thread.start()
            try:
                return ask(server.server_port, server.path, {"Host": host})
            finally:
                thread.join(10)

        yield server.socket.getsockname(), once, f"127.0.0.1:{server.server_port}"


@pytest.fixture
def stand_in() -> Iterator[Asked]:
    published: dict[str, list[dict[str, Any]]] = {ISSUER: []}
    server = StandInServer(lambda: published)
    server.start()
    trust = ssl.create_default_context(cadata=server.ca)

    def asked(host: str) -> tuple[int, bytes]:
        plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        plain.connect()
        plain.sock = trust.wrap_socket(plain.sock, server_hostname="issuer.example.com")
        plain.request("GET", "/.well-known/openid-configuration", headers={"Host": host})
        answer = plain.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            plain.close()

    yield server._http.socket.getsockname(), asked, "issuer.example.com"
    server.stop()


@pytest.mark.parametrize("which", ["embedded", "credentials", "redirect", "stand_in"])
def test_it_is_on_loopback_and_refuses_a_name_that_was_rebound(
    which: str, request: pytest.FixtureRequest
) -> None:
    address, asked, own = request.getfixturevalue(which)
    assert address[0] == "127.0.0.1"
    for host in ("evil.example", f"evil.example:{address[1]}", f"{own}.evil.example", ""):
        status, body = asked(host)
        assert status in (403, 404), host
        assert b"secret" not in body
        assert b"ASIA" not in body
    status, _ = asked(own)
    assert status in (200, 302)
