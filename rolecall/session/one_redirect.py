"""Opening a secret URL in a browser, without it standing in anybody's list of processes.

The browser is started with an address of this machine that sends it on, once.
"""

import secrets
import time
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from rolecall.problems import Exit, Problem

HOST = "127.0.0.1"
_SECONDS = 60


def open_in_browser(url: str) -> None:
    """Open the URL in the browser of this machine.

    Raises `Problem` where there is no browser, or where it does not come for the URL.
    """
    with _Once(url) as server:
        if not webbrowser.open(f"http://{HOST}:{server.server_port}{server.path}"):
            raise Problem(
                "no browser can be opened here: leave --open out, and open what is printed.",
                Exit.FAILED,
            )
        end = time.monotonic() + _SECONDS
        while not server.done and time.monotonic() < end:
            server.handle_request()
    if not server.done:
        raise Problem(
            f"the browser did not come for the page within {_SECONDS} seconds: leave --open out, "
            "and open what is printed.",
            Exit.FAILED,
        )


class _Once(HTTPServer):
    """Sends whoever asks for a path that nobody guesses to the URL, once."""

    timeout = 1

    def __init__(self, url: str) -> None:
        self.url, self.path, self.done = url, f"/{secrets.token_urlsafe(32)}", False
        super().__init__((HOST, 0), _Handler)

    def server_bind(self) -> None:
        """Bind, without looking the host's name up as the base class does."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that closed its connection."""


class _Handler(BaseHTTPRequestHandler):
    server: _Once
    timeout = 5
    server_version, sys_version = "rolecall", ""

    def do_GET(self) -> None:
        wanted = f"{HOST}:{self.server.server_port}"
        known = secrets.compare_digest(self.path.encode(), self.server.path.encode())
        if self.server.done or not known or self.headers.get("Host") != wanted:
            self.send_response(404)
        else:
            self.server.done = True
            self.send_response(302)
            self.send_header("Location", self.server.url)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the path is a secret."""
