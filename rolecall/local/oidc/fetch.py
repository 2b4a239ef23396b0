"""Fetching one JSON document of an issuer over HTTPS: bounded in time and size, once.

AWS does not document whether it follows redirects of an issuer, so none is followed.
"""

import http.client
import socket
import ssl
from typing import Any

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from rolecall.local.oidc.deadline import Deadline
from rolecall.local.oidc.route import Route, Unreachable
from rolecall.local.oidc.strict_json import read_object

#: A hundred RSA and a hundred EC keys with their certificates take less.
_LARGEST = 1 << 20


def fetch_object(way: Route, deadline: Deadline) -> dict[str, Any]:
    """GET a JSON object.

    Raises:
        Unreachable: nobody answers in time, as whom he should be, with a JSON object.
    """
    try:
        status, body = _get(way, deadline)
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            f"the certificate of {way.host} is not valid: {error.verify_message}"
        ) from None
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        how = "in time" if deadline.passed else "as it should"
        raise Unreachable(f"{way.host} does not answer {how} ({type(error).__name__})") from None
    if deadline.passed:
        raise Unreachable(f"{way.host} does not answer in time")
    if status != 200:
        what = "a redirect, which is not followed" if 300 <= status < 400 else f"HTTP {status}"
        raise Unreachable(f"{way.host} answers {way.target} with {what}")
    if len(body) > _LARGEST:
        raise Unreachable(f"{way.host} answers {way.target} with more than {_LARGEST} bytes")
    try:
        return read_object(body)
    except ValueError:
        raise Unreachable(
            f"{way.host} answers {way.target} with something else than a JSON object"
        ) from None


def _get(way: Route, deadline: Deadline) -> tuple[int, bytes]:
    connection = _Connection(way, deadline)
    try:
        connection.request(
            "GET",
            way.target,
            headers={"Host": way.host, "Accept": "application/json", "User-Agent": "rolecall"},
            preload_content=False,
            decode_content=False,
        )
        answer = connection.getresponse()
        if answer.status != 200:
            return answer.status, b""
        return answer.status, answer.read(_LARGEST + 1)
    finally:
        connection.close()


class _Connection(HTTPSConnection):
    """Connects to the address that was looked up, and wants the host's name proven there."""

    def __init__(self, way: Route, deadline: Deadline) -> None:
        super().__init__(
            way.address,
            way.port,
            timeout=urllib3.Timeout(total=deadline.left()).total,
            ssl_context=way.context,
            server_hostname=way.host,
        )
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self._deadline.watch(sock)
        return sock
