"""The server of stand-in issuers: what it publishes, to whom, and until when."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.cloud import Cloud
from rolecall.local.oidc.connections import Connection
from rolecall.local.oidc.keys import signing_keys
from rolecall.local.oidc.stand_in import forget, mint, stand_in_connection
from rolecall.local.oidc.stand_in_server import StandInServer
from tests.local.oidc.conftest import DISCOVERY, KEYS, UNKNOWN, URL
from tests.local.oidc.issuer import rsa_key


def connection(cloud: Cloud, url: str = URL) -> Connection:
    found = stand_in_connection(cloud, url)
    assert found is not None
    return found


def get(
    at: Connection, path: str, host: str = "id.example.com", header: str | None = None
) -> tuple[int, dict[str, str], Any]:
    """What the server of stand-ins answers to a client that verifies its certificate."""
    context = ssl.create_default_context(cadata=at.ca)
    with (
        socket.create_connection((at.host, at.port), 5) as plain,
        context.wrap_socket(plain, server_hostname=host) as sock,
    ):
        named = host if header is None else header
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {named}\r\n\r\n".encode())
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        return answer.status, dict(answer.getheaders()), json.loads(answer.read())


def test_only_a_stand_in_has_a_listener(cloud: Cloud) -> None:
    before = threading.active_count()
    assert stand_in_connection(cloud, URL) is None
    mint(URL, {}, cloud)
    assert stand_in_connection(cloud, URL + "/") is None
    assert threading.active_count() == before
    assert connection(cloud).host == "127.0.0.1"
    assert connection(cloud) == connection(cloud), "and one for all"


@pytest.mark.parametrize(
    ("url", "base"), [(URL, "/tenant"), ("https://id.example.com", ""),
                      ("https://ID.example.com/a/b/", "/a/b")]
)  # fmt: skip
def test_discovery_and_keys(cloud: Cloud, url: str, base: str) -> None:
    mint(url, {}, cloud)
    at = connection(cloud, url)
    status, headers, body = get(at, base + DISCOVERY)
    assert status == 200
    assert headers["Content-Type"] == "application/json"
    assert headers["Server"].strip() == "rolecall"
    assert int(headers["Content-Length"]) == len(json.dumps(body))
    assert body == {
        "issuer": url,
        "jwks_uri": url.removesuffix("/") + KEYS,
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
    }
    public = rsa_key().as_dict(private=False)
    public.pop("kid")
    wanted = {**public, "kid": rsa_key().thumbprint(), "use": "sig", "alg": "RS256"}
    status, _, body = get(at, base + KEYS)
    assert (status, body) == (200, {"keys": [wanted]})


@pytest.mark.parametrize("header", ["id.example.com:8443", "ID.EXAMPLE.COM"])
def test_the_host_may_be_written_with_a_port(cloud: Cloud, header: str) -> None:
    mint(URL, {}, cloud)
    assert get(connection(cloud), "/tenant" + KEYS, header=header)[0] == 200


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/", None),
        (DISCOVERY, None),
        ("/tenant", None),
        ("/other" + KEYS, None),
        ("/tenant" + KEYS + "?a=b", None),
        ("/tenant" + KEYS, "other.example.com"),
        ("/tenant" + KEYS, ""),
    ],
)
def test_what_a_stand_in_does_not_publish(cloud: Cloud, path: str, header: str | None) -> None:
    mint(URL, {}, cloud)
    status, headers, body = get(connection(cloud), path, header=header)
    assert (status, body) == (404, {"error": "not found"})
    assert headers["Content-Length"] == "22"


def test_names_of_hosts_ignore_case(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    assert get(connection(cloud), "/tenant" + KEYS, "ID.Example.COM")[0] == 200


def test_a_request_that_names_no_host(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    at = connection(cloud)
    context = ssl.create_default_context(cadata=at.ca)
    with (
        socket.create_connection((at.host, at.port), 5) as plain,
        context.wrap_socket(plain, server_hostname="id.example.com") as sock,
    ):
        sock.sendall(f"GET /tenant{KEYS} HTTP/1.0\r\n\r\n".encode())
        assert sock.recv(100).startswith(b"HTTP/1.0 404 ")


def test_its_keys_are_had_as_those_of_every_issuer(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    assert [key.key_id for key in signing_keys(URL, cloud)] == [rsa_key().thumbprint()]


def test_several_issuers_of_one_server(cloud: Cloud) -> None:
    urls = ["https://one.example.com", "https://two.example.com/a", "https://two.example.com/b"]
    for url in urls:
        mint(url, {}, cloud)
    for url in urls:
        host, _, path = url.removeprefix("https://").partition("/")
        target = f"/{path}{DISCOVERY}" if path else DISCOVERY
        assert get(connection(cloud, url), target, host)[2]["issuer"] == url
    assert get(connection(cloud, urls[0]), f"/a{DISCOVERY}", "one.example.com")[0] == 404


def test_a_stand_in_that_comes_later_is_published_at_once(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    at = connection(cloud)
    mint("https://later.example.com", {}, cloud)
    assert get(at, KEYS, "later.example.com")[0] == 200
    forget(cloud, "https://later.example.com")
    with pytest.raises(ssl.SSLError):
        get(at, KEYS, "later.example.com")


def test_a_host_that_stands_in_for_nobody_has_no_certificate(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    at = connection(cloud)
    with pytest.raises(ssl.SSLError, match=UNKNOWN):
        get(at, KEYS, "other.example.com")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((at.host, at.port), 5) as plain,
        pytest.raises(ssl.SSLError, match=UNKNOWN),
    ):
        context.wrap_socket(plain)


def test_a_client_that_goes_away_is_no_news(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    mint(URL, {}, cloud)
    at = connection(cloud)
    with socket.create_connection((at.host, at.port), 5) as plain:
        plain.sendall(b"no TLS at all\r\n\r\n")
        with suppress(OSError):
            plain.recv(100)
    assert get(at, "/tenant" + KEYS)[0] == 200
    assert capsys.readouterr() == ("", "")


def test_a_client_that_says_nothing_keeps_nobody_waiting(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    at = connection(cloud)
    with socket.create_connection((at.host, at.port), 5):
        assert get(at, "/tenant" + KEYS)[0] == 200
        waiting = [each for each in threading.enumerate() if "process_request" in each.name]
        assert waiting
        assert all(each.daemon for each in waiting), "nor the process from ending"


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_the_listener_ends_with_its_embedded_aws(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    first = connection(cloud)
    cloud.stop()
    assert refused(first.port)
    cloud.stop()
    second = connection(cloud)
    assert second.ca != first.ca, "a new server has a new authority"
    assert get(second, "/tenant" + KEYS)[0] == 200


def test_two_servers_share_nothing(cloud: Cloud) -> None:
    other = Cloud()
    try:
        mint(URL, {}, cloud)
        mint(URL, {}, other)
        assert connection(cloud).port != connection(other).port
        with pytest.raises(ssl.SSLCertVerificationError):
            get(
                Connection("127.0.0.1", connection(other).port, connection(cloud).ca),
                "/tenant" + KEYS,
            )
    finally:
        other.stop()


@pytest.fixture
def server() -> Iterator[Callable[..., StandInServer]]:
    running: list[StandInServer] = []

    def start(published: dict[str, list[dict[str, Any]]]) -> StandInServer:
        running.append(StandInServer(lambda: published))
        running[-1].start()
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_a_server_publishes_what_it_is_given(server: Callable[..., StandInServer]) -> None:
    running = server({"https://id.example.com": [{"kid": "one"}]})
    at = Connection(running.host, running.port, running.ca)
    assert get(at, KEYS)[2] == {"keys": [{"kid": "one"}]}
    threads = [each for each in threading.enumerate() if each.name == "stand-in-issuers"]
    assert threads
    assert all(each.daemon for each in threads), "it keeps no process from ending"


def test_a_key_is_read_where_it_is_asked_for_only(
    cloud: Cloud,
) -> None:
    """Of two hundred it would take longer than anybody waits for an issuer."""
    mint(URL, {}, cloud)
    held = cloud.records["oidc_stand_ins"]
    held.update({f"https://{n}.example.com": {"key": "never read"} for n in range(199)})
    at = connection(cloud)
    assert get(at, "/tenant" + DISCOVERY)[0] == 200
    assert len(get(at, "/tenant" + KEYS)[2]["keys"]) == 1
