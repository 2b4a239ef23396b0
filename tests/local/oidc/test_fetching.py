"""Fetching one JSON object over HTTPS: whom it is asked of, how, and how much is read."""

import contextlib
import json
import socket
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc.deadline import Deadline
from rolecall.local.oidc.fetch import fetch_object
from rolecall.local.oidc.route import Route, Unreachable
from tests.local.oidc.issuer import Issuer, Page, authority, document, dripping, hang_up

MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.stop()


def way(issuer: Issuer, target: str = "/page", host: str = "id.example.com") -> Route:
    context = ssl.create_default_context(cadata=authority().cert_pem.bytes().decode())
    return Route("127.0.0.1", int(issuer.address.split(":")[1]), host, target, context)


def fetch(issuer: Issuer, page: Page, seconds: float = 5, **more: str) -> dict[str, Any]:
    issuer.asked.clear()
    issuer.pages["/page"] = page
    with Deadline(seconds) as deadline:
        return fetch_object(way(issuer, **more), deadline)


def why(issuer: Issuer, page: Page, seconds: float = 5, **more: str) -> str:
    with pytest.raises(Unreachable) as caught:
        fetch(issuer, page, seconds, **more)
    return str(caught.value)


def test_an_object(issuer: Issuer) -> None:
    assert fetch(issuer, document({"a": [1]})) == {"a": [1]}
    assert issuer.asked == ["/page"]


def test_what_is_asked_for(issuer: Issuer) -> None:
    """Neither cookies nor anything else that says who asks."""
    seen: list[tuple[str, dict[str, str]]] = []

    def page(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.requestline, dict(handler.headers)))
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    issuer.pages["/page?a=b"] = page
    assert fetch(issuer, document({}), target="/page?a=b") == {}
    assert seen == [
        (
            "GET /page?a=b HTTP/1.1",
            {
                "Host": "id.example.com",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": "rolecall",
            },
        )
    ]


def test_a_compressed_answer_is_not_unpacked(issuer: Issuer) -> None:
    """What a few bytes unpack to could be without end; none was asked for."""
    page = document({"a": 1}, **{"Content-Encoding": "gzip"})  # type: ignore[arg-type]
    assert fetch(issuer, page) == {"a": 1}


def test_the_largest_answer(issuer: Issuer) -> None:
    largest = json.dumps({"a": "x" * (MEBIBYTE - 9)}).encode()
    assert len(largest) == MEBIBYTE
    assert len(fetch(issuer, document(largest))["a"]) == MEBIBYTE - 9
    assert why(issuer, document(largest + b" ")) == (
        "id.example.com answers /page with more than 1048576 bytes"
    )


def test_no_more_is_read_than_is_needed_to_refuse_it(issuer: Issuer) -> None:
    sent = [0]

    def page(handler: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
            while sent[0] < 99999999:
                sent[0] += handler.connection.send(b" " * 65536)

    assert why(issuer, page) == "id.example.com answers /page with more than 1048576 bytes"
    assert sent[0] < 20 * MEBIBYTE


@pytest.mark.parametrize("status", [300, 301, 302, 307, 399])
def test_a_redirect_is_not_followed(issuer: Issuer, status: int) -> None:
    page = document({}, status, Location="https://id.example.com/other")
    assert why(issuer, page) == (
        "id.example.com answers /page with a redirect, which is not followed"
    )
    assert issuer.asked == ["/page"]


@pytest.mark.parametrize("status", [201, 203, 299, 400, 404, 500])
def test_another_status_than_ok(issuer: Issuer, status: int) -> None:
    assert why(issuer, document({}, status)) == (f"id.example.com answers /page with HTTP {status}")


@pytest.mark.parametrize("content", [b"", b"[]", b"x", b'{"a": 1, "a": 2}'])
def test_what_is_no_object(issuer: Issuer, content: bytes) -> None:
    assert why(issuer, document(content)) == (
        "id.example.com answers /page with something else than a JSON object"
    )


def no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0\r\n\r\n")


@pytest.mark.parametrize("page", [hang_up, no_http])
def test_no_answer_as_it_should_be(issuer: Issuer, page: Page) -> None:
    assert why(issuer, page).startswith("id.example.com does not answer as it should (")


#: The second one's body ends with the connection, so that its end looks like any other.
DRIPPING = [
    dripping(b"HTTP/1.1 200 OK\r\n", b"x"),
    dripping(b"HTTP/1.0 200 OK\r\n\r\n{}", b" "),
]


@pytest.mark.parametrize("page", DRIPPING, ids=["header", "body"])
def test_an_answer_that_drips(issuer: Issuer, page: Page) -> None:
    assert why(issuer, page, 0.1).startswith("id.example.com does not answer in time")


def test_the_certificate_bears_the_hosts_name(issuer: Issuer) -> None:
    told = why(issuer, document({}), host="other.example.com")
    assert told.startswith("the certificate of other.example.com is not valid: ")
    assert "mismatch" in told
    assert issuer.asked == []


def test_the_certificate_is_of_an_authority_that_is_believed(issuer: Issuer) -> None:
    unknown = way(issuer)
    alone = Route(
        unknown.address, unknown.port, unknown.host, "/page", ssl.create_default_context()
    )
    with Deadline(5) as deadline, pytest.raises(Unreachable) as caught:
        fetch_object(alone, deadline)
    assert str(caught.value).startswith("the certificate of id.example.com is not valid: ")


def test_nobody_listens(issuer: Issuer) -> None:
    free = way(issuer)
    nobody = Route("127.0.0.1", 1, free.host, "/page", free.context)
    with Deadline(5) as deadline, pytest.raises(Unreachable) as caught:
        fetch_object(nobody, deadline)
    assert str(caught.value).startswith("id.example.com does not answer as it should (")


@pytest.mark.parametrize(("seconds", "how"), [(0, "in time"), (5, "as it should")])
def test_whether_it_was_too_late(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, seconds: float, how: str
) -> None:
    def connect(*_args: Any, **_more: Any) -> None:
        raise OSError("no way")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    assert why(issuer, document({}), seconds) == (
        f"id.example.com does not answer {how} (NewConnectionError)"
    )


def test_a_server_that_says_nothing(issuer: Issuer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        at = way(issuer)
        silent = Route("127.0.0.1", mute.getsockname()[1], at.host, "/page", at.context)
        with Deadline(0.05) as deadline, pytest.raises(Unreachable) as caught:
            fetch_object(silent, deadline)
    assert str(caught.value).startswith("id.example.com does not answer in time (")


def test_to_connect_there_is_no_more_time_than_is_left(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def connect(address: tuple[str, int], timeout: Any, **_more: Any) -> None:
        asked.append((address, timeout))
        raise OSError("no way")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    at = way(issuer)
    with Deadline(4) as deadline, pytest.raises(Unreachable):
        fetch_object(at, deadline)
    ((address, timeout),) = asked
    assert address == ("127.0.0.1", at.port)
    assert 0 < timeout <= 4
