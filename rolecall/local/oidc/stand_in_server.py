"""The HTTPS server of stand-in issuers: discovery documents and key sets, on loopback."""

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import trustme

from rolecall.local.listener import LOOPBACK
from rolecall.local.oidc.connections import host_of

#: The keys that each issuer publishes, by its URL; looked at only where they are asked for.
Published = Mapping[str, list[dict[str, Any]]]

_DISCOVERY = "/.well-known/openid-configuration"
_KEYS = "/.well-known/jwks.json"


class StandInServer:
    """Serves every stand-in under its own host name, told apart by SNI and Host.

    The certificates are of a private authority that lives as long as the server.
    """

    def __init__(self, published: Callable[[], Published]) -> None:
        self._published = published
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.ca = self._authority.cert_pem.bytes().decode()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert("stand-in.invalid").configure_cert(context)
        context.sni_callback = self._choose
        # Port 0: any free one.
        self._http = _Http((LOOPBACK, 0), _handler(published))
        # The handshake is made by the thread of the connection, not by the one that accepts.
        self._http.socket = context.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        self.host = LOOPBACK
        self.port = int(self._http.socket.getsockname()[1])

    def start(self) -> None:
        """Serve in threads of this process."""
        threading.Thread(
            target=self._http.serve_forever,
            kwargs={"poll_interval": 0.1},
            name="stand-in-issuers",
            daemon=True,
        ).start()

    def stop(self) -> None:
        """End, and free the port."""
        self._http.shutdown()
        self._http.server_close()

    def _choose(
        self, connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _old: ssl.SSLContext
    ) -> int | None:
        if name is None or name.lower() not in _hosts(self._published()):
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        host = name.lower()
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        connection.context = self._contexts[host]
        return None


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that goes away is no news, and a traceback helps nobody."""


def _handler(published: Callable[[], Published]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5
        server_version = "rolecall"
        sys_version = ""

        def do_GET(self) -> None:
            host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
            answer = _answer(published(), host.lower(), self.path)
            body = json.dumps(answer if answer is not None else {"error": "not found"}).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    return Handler


def _hosts(published: Published) -> set[str]:
    return {host_of(issuer) for issuer in published}


def _answer(published: Published, host: str, path: str) -> dict[str, Any] | None:
    for issuer in published:
        parts = urlsplit(issuer)
        base = parts.path.removesuffix("/")
        if parts.hostname != host:
            continue
        if path == base + _DISCOVERY:
            return {
                "issuer": issuer,
                "jwks_uri": issuer.removesuffix("/") + _KEYS,
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
            }
        if path == base + _KEYS:
            return {"keys": published[issuer]}
    return None
