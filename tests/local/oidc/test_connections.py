"""Where issuers on this machine listen: what may be said, and what is kept of it."""

import ipaddress

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.cloud import Cloud
from rolecall.local.oidc.connections import (
    Connection,
    connect,
    connection_of,
    connections,
    disconnect,
    host_of,
)
from rolecall.problems import Problem
from tests.local.oidc.issuer import authority

URL = "https://id.example.com/tenant"


@pytest.fixture
def changes() -> list[bool]:
    return []


@pytest.fixture
def cloud(changes: list[bool]) -> Cloud:
    return Cloud(on_change=lambda: changes.append(True))


def why(cloud: Cloud, url: str = URL, address: str = "127.0.0.1:8443", ca: str = "") -> str:
    with pytest.raises(Problem) as caught:
        connect(cloud, url, address, ca)
    assert cloud.records.get("oidc_connections", {}) == {}
    return str(caught.value)


@pytest.mark.parametrize(
    ("address", "host", "port", "written"),
    [
        ("127.0.0.1:8443", "127.0.0.1", 8443, "127.0.0.1:8443"),
        ("127.9.9.9:1", "127.9.9.9", 1, "127.9.9.9:1"),
        ("localhost:65535", "127.0.0.1", 65535, "127.0.0.1:65535"),
        ("[::1]:443", "::1", 443, "[::1]:443"),
        ("::1:443", "::1", 443, "[::1]:443"),
        ("127.0.0.1:00443", "127.0.0.1", 443, "127.0.0.1:443"),
    ],
)
def test_an_address_on_this_machine(
    cloud: Cloud, changes: list[bool], address: str, host: str, port: int, written: str
) -> None:
    ca = authority().cert_pem.bytes().decode()
    made = connect(cloud, URL, address, ca)
    assert made == Connection(host, port, ca)
    assert made.address == written
    assert cloud.records == {"oidc_connections": {URL: {"address": written, "ca": ca}}}
    assert changes == [True], "it is kept with the state"
    assert connection_of(cloud, URL) == made
    assert connections(cloud) == {URL: written}


def test_nothing_is_known_at_first(cloud: Cloud) -> None:
    assert connections(cloud) == {}
    assert connection_of(cloud, URL) is None


def test_a_connection_is_that_of_its_url_and_of_no_other(cloud: Cloud) -> None:
    connect(cloud, URL, "127.0.0.1:1", "")
    for other in (URL + "/", "https://id.example.com", URL.upper()):
        assert connection_of(cloud, other) is None


def test_what_is_said_again_replaces_what_was_said(cloud: Cloud) -> None:
    connect(cloud, URL, "127.0.0.1:1", "")
    connect(cloud, URL, "127.0.0.1:2", "")
    assert connections(cloud) == {URL: "127.0.0.1:2"}


def test_disconnecting(cloud: Cloud, changes: list[bool]) -> None:
    assert disconnect(cloud, URL) is False
    connect(cloud, URL, "127.0.0.1:1", "")
    connect(cloud, "https://other.example.com", "127.0.0.1:2", "")
    changes.clear()
    assert disconnect(cloud, URL) is True
    assert changes == [True]
    assert connections(cloud) == {"https://other.example.com": "127.0.0.1:2"}
    assert disconnect(cloud, URL) is False


def test_two_hundred_connections_and_no_more(cloud: Cloud) -> None:
    full = {f"https://{n}.example.com": {"address": "127.0.0.1:1", "ca": ""} for n in range(199)}
    cloud.records["oidc_connections"] = full
    connect(cloud, URL, "127.0.0.1:1", "")
    assert len(connections(cloud)) == 200
    connect(cloud, URL, "127.0.0.1:2", "")
    with pytest.raises(Problem, match="There are 200 connections already"):
        connect(cloud, "https://more.example.com", "127.0.0.1:1", "")
    assert len(connections(cloud)) == 200


# -- addresses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1",
     "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:999999", "127.0.0.1:0000001", "127.0.0.1:٣",
     "127.0.0.1:" + "9" * 5000],
)  # fmt: skip
def test_what_is_no_address(cloud: Cloud, address: str) -> None:
    assert why(cloud, address=address) == (
        f"{address!r} is no address; write 127.0.0.1 and the port, 127.0.0.1:8443."
    )


@pytest.mark.parametrize(
    "address", ["10.0.0.1:1", "0.0.0.0:1", "id.example.com:1", ":1", "[::]:1", "128.0.0.1:1",
                "localhost.example.com:1", "2130706433:1", "[[::1]]:1"]
)  # fmt: skip
def test_an_address_elsewhere(cloud: Cloud, address: str) -> None:
    assert why(cloud, address=address) == (
        f"{address!r} is not on this machine; write an address like 127.0.0.1:8443. An issuer "
        "elsewhere is found by its own name, without a connection."
    )


def test_every_address_that_is_taken_is_one_of_this_machine(cloud: Cloud) -> None:
    for address in ("localhost:1", "[::1]:1", "127.0.0.1:1"):
        assert ipaddress.ip_address(connect(cloud, URL, address, "").host).is_loopback


# -- authorities -----------------------------------------------------------------------


def test_the_largest_certificate(cloud: Cloud) -> None:
    ca = authority().cert_pem.bytes().decode()
    largest = ca + "\n" * (100_000 - len(ca))
    assert connect(cloud, URL, "127.0.0.1:1", largest).ca == largest
    disconnect(cloud, URL)
    assert why(cloud, ca=largest + "\n") == (
        "The certificate of the issuer's authority is too large."
    )


@pytest.mark.parametrize(
    "ca",
    ["no certificate", "\N{SNOWMAN}",
     "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
)  # fmt: skip
def test_what_is_no_certificate(cloud: Cloud, ca: str) -> None:
    assert why(cloud, ca=ca) == (
        "The certificate of the issuer's authority is not readable; give a PEM file."
    )


# -- URLs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://id.example.com", "id.example.com"),
        ("https://ID.Example.com/Tenant/", "id.example.com"),
        ("HTTPS://id.example.com/", "id.example.com"),
        ("https://id.example.com?a=b#c", "id.example.com"),
    ],
)
def test_the_host_of_an_issuer(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "id.example.com",
        "http://id.example.com",
        "https:id.example.com",
        "https://",
        "https:///a",
        "https://[",
        "https://id.example.com:8443",
        "https://id.example.com:443",
        "https://id.example.com:x",
        "https://a@id.example.com",
        "https://@id.example.com",
        "https://id.example.com/a b",
        "https://id.example.com/\n",
        "https://id.example.com/\x7f",
        "https://ä.example.com",
    ],
)
def test_what_is_no_issuers_url(cloud: Cloud, url: str) -> None:
    told = f"{url!r} is no issuer's URL; write https:// and the host, without a port."
    with pytest.raises(Problem) as caught:
        host_of(url)
    assert str(caught.value) == told
    assert why(cloud, url=url) == told
