"""Where a URL of an issuer leads, and which addresses may be asked."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc import route as room
from rolecall.local.oidc.connections import Connection
from rolecall.local.oidc.deadline import Deadline
from rolecall.local.oidc.route import Unreachable, addresses_of, is_public, route
from tests.local.oidc.issuer import authority

ISSUER = "https://id.example.com/tenant"
PUBLIC = "93.184.216.34"


@pytest.fixture
def deadline() -> Iterator[Deadline]:
    with Deadline(5) as made:
        yield made


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The addresses of hosts; every host has a public one unless told otherwise."""
    known: dict[str, list[str]] = {}
    monkeypatch.setattr(room, "addresses_of", lambda host: known.get(host, [PUBLIC]))
    return known


def connection(ca: str = "") -> Connection:
    return Connection("127.0.0.1", 8443, ca)


def why(url: str, deadline: Deadline, held: Connection | None = None) -> str:
    with pytest.raises(Unreachable) as caught:
        route(url, ISSUER, held, deadline)
    return str(caught.value)


# -- ways ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("https://id.example.com/keys", "id.example.com", "/keys"),
        ("https://ID.example.com/Keys", "id.example.com", "/Keys"),
        ("https://id.example.com", "id.example.com", "/"),
        ("https://id.example.com?a=b", "id.example.com", "/?a=b"),
        ("https://id.example.com/keys?a=b&c", "id.example.com", "/keys?a=b&c"),
        ("https://id.example.com:443/keys", "id.example.com", "/keys"),
        ("https://keys.example.com/~a%20b", "keys.example.com", "/~a%20b"),
    ],
)
def test_the_way_to_a_public_address(
    looked_up: dict[str, list[str]], deadline: Deadline, url: str, host: str, target: str
) -> None:
    way = route(url, ISSUER, None, deadline)
    assert (way.address, way.port, way.host, way.target) == (PUBLIC, 443, host, target)
    assert way.context.verify_mode == ssl.CERT_REQUIRED
    assert way.context.check_hostname
    assert way.context.get_ca_certs() == ssl.create_default_context().get_ca_certs()


@pytest.mark.parametrize(
    "url", ["https://id.example.com/keys", "https://id.example.com:8443/keys",
            "https://ID.EXAMPLE.COM:1/keys"]
)  # fmt: skip
def test_a_connection_stands_for_the_issuers_host_at_any_port(deadline: Deadline, url: str) -> None:
    ca = authority().cert_pem.bytes().decode()
    way = route(url, ISSUER, connection(ca), deadline)
    assert (way.address, way.port, way.host, way.target) == (
        "127.0.0.1", 8443, "id.example.com", "/keys",
    )  # fmt: skip
    assert way.context.check_hostname
    assert way.context.verify_mode == ssl.CERT_REQUIRED
    assert len(way.context.get_ca_certs()) == 1, "the authority that was given, and no other"


def test_a_connection_without_an_authority_of_its_own(deadline: Deadline) -> None:
    way = route("https://id.example.com/", ISSUER, connection(), deadline)
    assert way.context.get_ca_certs() == ssl.create_default_context().get_ca_certs()


def test_a_connection_stands_for_no_other_host(
    looked_up: dict[str, list[str]], deadline: Deadline
) -> None:
    way = route("https://keys.example.com/", ISSUER, connection(), deadline)
    assert (way.address, way.port) == (PUBLIC, 443)
    looked_up["keys.example.com"] = ["127.0.0.1"]
    assert "is not public" in why("https://keys.example.com/", deadline, connection())


@pytest.mark.parametrize("port", [0, 1, 80, 442, 444, 8443])
def test_another_port_is_not_asked(
    looked_up: dict[str, list[str]], deadline: Deadline, port: int
) -> None:
    told = "id.example.com is to be asked at another port than 443"
    assert why(f"https://id.example.com:{port}/keys", deadline) == told


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.com/keys",
        "ftp://id.example.com/keys",
        "//id.example.com/keys",
        "https://a@id.example.com/keys",
        "https://a:b@id.example.com/keys",
        "https://@id.example.com/keys",
        "https://id.example.com/keys#part",
        "https://id.example.com/a b",
        "https://id.example.com/\x7f",
        "https://id.example.com/\x01",
        "https://id.example.com/ä",
    ],
)
def test_what_is_no_plain_url(
    looked_up: dict[str, list[str]], deadline: Deadline, url: str
) -> None:
    assert why(url, deadline) == "the URL of the issuer's documents is not a plain https URL"
    assert why(url, deadline, connection()) == (
        "the URL of the issuer's documents is not a plain https URL"
    )


@pytest.mark.parametrize(
    "url", ["", "keys", "https://", "https:///keys", "https://[", "https://id.example.com:x/keys",
            "https://id.example.com:65536/keys", "https://ä.example.com/keys", "https://a b/keys"]
)  # fmt: skip
def test_what_is_no_url_of_a_host(deadline: Deadline, url: str) -> None:
    assert why(url, deadline) == "the URL of the issuer's documents is none"


# -- looking up ------------------------------------------------------------------------


def test_a_host_without_an_address(looked_up: dict[str, list[str]], deadline: Deadline) -> None:
    looked_up["id.example.com"] = []
    assert why("https://id.example.com/", deadline) == "id.example.com has no address"


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, PUBLIC, "fe80::1%eth0"]],
)
def test_all_addresses_must_be_public(
    looked_up: dict[str, list[str]], deadline: Deadline, addresses: list[str]
) -> None:
    looked_up["id.example.com"] = addresses
    assert why("https://id.example.com/", deadline) == (
        "id.example.com leads to an address that is not public; for an issuer on this machine "
        "run `rolecall local issuer connect`"
    )


def test_the_first_address_is_the_one_that_was_looked_at(
    looked_up: dict[str, list[str]], deadline: Deadline
) -> None:
    looked_up["id.example.com"] = ["2606:4700::1111", PUBLIC]
    assert route("https://id.example.com/", ISSUER, None, deadline).address == "2606:4700::1111"


def test_a_resolver_that_does_not_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    resolving: list[threading.Thread] = []

    def slow(_host: str) -> list[str]:
        resolving.append(threading.current_thread())
        done.wait(5)
        return [PUBLIC]

    monkeypatch.setattr(room, "addresses_of", slow)
    with Deadline(0.02) as brief:
        assert why("https://id.example.com/", brief) == "id.example.com has no address"
    assert resolving[0].daemon, "it keeps no process from ending"
    done.set()
    resolving[0].join(5)


def test_a_resolver_that_takes_a_moment(
    monkeypatch: pytest.MonkeyPatch, deadline: Deadline
) -> None:
    def slow(_host: str) -> list[str]:
        threading.Event().wait(0.03)
        return [PUBLIC]

    monkeypatch.setattr(room, "addresses_of", slow)
    assert route("https://id.example.com/", ISSUER, None, deadline).address == PUBLIC


def test_addresses_are_those_of_the_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def answer(*args: Any, **more: Any) -> list[Any]:
        asked.append((args, more))
        return [
            (2, 1, 6, "", (PUBLIC, 443)),
            (10, 1, 6, "", ("2606:4700::1111", 443, 0, 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert addresses_of("id.example.com") == [PUBLIC, "2606:4700::1111"]
    assert asked == [(("id.example.com", 443), {"type": socket.SOCK_STREAM})]


@pytest.mark.parametrize("fault", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_that_no_resolver_knows(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise fault

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert addresses_of("id.example.com") == []


# -- public or not ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "223.255.255.254",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(ipaddress.ip_address(address)) is True


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "233.252.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "feff::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "::ffff:224.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::e000:1",
        "2002:a00:1::1",
        "2002:7f00:1::1",
        "2001:0:808:808::1",  # Teredo, whoever the server is
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "4000::1",
    ],
)
def test_addresses_of_this_machine_its_network_and_of_nobody(address: str) -> None:
    assert is_public(ipaddress.ip_address(address)) is False
