"""Where keys come from: an issuer that is asked over HTTPS, briefly, and not too often."""

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import trustme

from rolecall.local.oidc import keys, route
from rolecall.local.oidc.connections import connect, disconnect
from rolecall.local.oidc.keys import forget_keys
from rolecall.problems import Problem
from tests.local.oidc.issuer import (
    DISCOVERY,
    KEYS,
    URL,
    Issuer,
    Page,
    authority,
    document,
    dripping,
    ec_key,
    hang_up,
    public,
    rsa_key,
)
from tests.local.oidc.world import Answer, OidcWorld

NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)


def unreachable(answer: Answer) -> None:
    assert (answer.status, answer.code, answer.message) == (400, "InvalidIdentityToken", NO_KEY)
    assert answer.reason


def discovery(**changes: Any) -> Page:
    return document({"issuer": URL, "jwks_uri": f"https://id.example.com{KEYS}", **changes})


# -- what an issuer may answer ---------------------------------------------------------


def endless_header(handler: BaseHTTPRequestHandler) -> None:
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000)


BAD_PAGES: dict[str, Page] = {
    "not found": document({}, 404),
    "a fault": document({}, 500),
    "a redirect to itself": document({}, 302, Location=f"https://id.example.com{DISCOVERY}"),
    "a redirect to plain HTTP": document({}, 301, Location="http://127.0.0.1/"),
    "a redirect that keeps the method": document({}, 307, Location="https://169.254.169.254/"),
    "no content": document(b"", 204),
    "nothing": document(b""),
    "a web page": document(b"<html>sign in</html>", **{"Content-Type": "text/html"}),
    "a list": document([]),
    "a text": document(b'"text"'),
    "half an object": document(b'{"issuer": '),
    "no Unicode": document(b'{"issuer": "\xff"}'),
    "a member twice": document(b'{"keys": [], "keys": [], "issuer": "a", "issuer": "b"}'),
    "nested without end": document(b'{"a":' * 100_000),
    "a number without end": document(b'{"a": ' + b"9" * 100_000 + b"}"),
    "more than a mebibyte": document(b'{"a": "' + b"a" * (1 << 20) + b'"}'),
    "compressed": document(b"\x1f\x8b\x08\x00", **{"Content-Encoding": "gzip"}),
    "no HTTP": lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n") and None,
    "a dripping header": dripping(b"HTTP/1.1 200 OK\r\n", b"x"),
    "a dripping body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b" "),
    "a hang-up": hang_up,
    "headers without end": endless_header,
}


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
@pytest.mark.parametrize("what", BAD_PAGES)
def test_an_issuer_that_does_not_answer_as_it_should(
    world: OidcWorld, monkeypatch: pytest.MonkeyPatch, path: str, what: str
) -> None:
    if "dripping" in what:
        monkeypatch.setattr(keys, "FETCH_SECONDS", 0.3)
    world.issuer.pages[path] = BAD_PAGES[what]
    unreachable(world.ask())
    assert world.issuer.asked.count(path) == 1, "no redirect is followed and nothing repeated"
    world.issuer.restore()
    assert world.ask().admitted, "what failed is not remembered"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": URL + "/"},
        {"issuer": "https://id.example.com"},
        {"issuer": "https://another.example.com"},
        {"issuer": None},
        {"issuer": [URL]},
        {"jwks_uri": None},
        {"jwks_uri": ["https://id.example.com/tenant/keys"]},
        {"jwks_uri": ""},
        {"jwks_uri": "/tenant/keys"},
        {"jwks_uri": f"http://id.example.com{KEYS}"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "data:application/json,{}"},
        {"jwks_uri": f"https://user:word@id.example.com{KEYS}"},
        {"jwks_uri": f"https://id.example.com{KEYS}#keys"},
        {"jwks_uri": f"https://id.example.com:99999{KEYS}"},
        {"jwks_uri": f"https://id.example.com{KEYS}\r\nX: y"},
        {"jwks_uri": f"https://id.example.com {KEYS}"},
        {"jwks_uri": "https://"},
        {"jwks_uri": "https://[::1]/keys"},
        {"jwks_uri": "https://127.0.0.1/keys"},
        {"jwks_uri": "https://localhost/keys"},
        {"jwks_uri": "https://169.254.169.254/latest/meta-data/"},
        {"jwks_uri": "https://2130706433/keys"},
    ],
)
def test_a_discovery_document_that_leads_elsewhere(
    world: OidcWorld, changes: dict[str, Any]
) -> None:
    world.issuer.pages[DISCOVERY] = discovery(**changes)
    unreachable(world.ask())
    assert KEYS not in world.issuer.asked


def test_the_key_set_may_name_a_port_of_the_issuers_own_host(world: OidcWorld) -> None:
    """Providers on this machine write their own port into it."""
    world.issuer.pages[DISCOVERY] = discovery(jwks_uri=f"https://id.example.com:8443{KEYS}")
    assert world.ask().admitted


# -- which keys count ------------------------------------------------------------------


def key_set(*members: Any) -> Page:
    return document({"keys": list(members)})


@pytest.mark.parametrize(
    "members",
    [
        [],
        "keys",
        [1, None, "key"],
        [{}],
        [public(rsa_key(), use="enc")],
        [public(rsa_key(), use=["sig"])],
        [public(rsa_key(), key_ops=["encrypt"])],
        [public(rsa_key(), key_ops="verify")],
        [public(rsa_key(), alg="RS512")],
        [public(rsa_key(), alg="HS256")],
        [public(rsa_key(), alg=1)],
        [public(rsa_key(), kid="another")],
        [public(rsa_key(), kid="RSA")],
        [public(rsa_key(), kid=None)],
        [public(rsa_key(), kid=["rsa"])],
        [public(rsa_key(), kty="oct", k="AAAA")],
        [public(rsa_key(), kty="EC", crv="P-256", x="AA", y="AA")],
        [public(rsa_key(), n="")],
        [public(rsa_key(), n=1)],
        [public(rsa_key(), n="!!!")],
        [public(rsa_key(), e="AA")],
        [public(rsa_key(), e="A" * 100_000)],
        [{"kty": "RSA", "kid": "rsa", "use": "sig"}],
        [public(ec_key(), kid="rsa")],
    ],
)
def test_a_key_set_without_the_tokens_key(world: OidcWorld, members: Any) -> None:
    world.issuer.pages[KEYS] = document({"keys": members})
    unreachable(world.ask())


def test_keys_of_other_kinds_do_no_harm(world: OidcWorld) -> None:
    world.issuer.pages[KEYS] = key_set(
        "junk",
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "rsa"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "rsa"},
        public(rsa_key("another"), kid="rsa"),
        public(rsa_key()),
    )
    assert world.ask().admitted, "of two keys with one name, the one that signed counts"


@pytest.mark.parametrize("bits", [1024, 2040])
def test_rsa_keys_that_can_be_broken_are_worth_nothing(world: OidcWorld, bits: int) -> None:
    weak = rsa_key(f"weak-{bits}", bits)
    world.issuer.pages[KEYS] = key_set(public(weak))
    unreachable(world.ask(key=weak))


def test_a_key_that_was_published_with_its_secret_is_still_a_key(world: OidcWorld) -> None:
    world.issuer.pages[KEYS] = key_set(rsa_key().as_dict(private=True))
    assert world.ask().admitted


def test_a_hundred_keys_of_a_kind_and_no_more(world: OidcWorld) -> None:
    others = [public(rsa_key("another"), kid=f"k{i}") for i in range(99)]
    world.issuer.pages[KEYS] = key_set(*others, public(rsa_key()), public(ec_key()))
    assert world.ask().admitted
    forget_keys(world.server.cloud, URL)
    world.issuer.pages[KEYS] = key_set(*others, public(rsa_key()), public(rsa_key(), kid="more"))
    unreachable(world.ask())


# -- how often an issuer is asked ------------------------------------------------------


def test_keys_are_remembered(world: OidcWorld) -> None:
    for _ in range(3):
        assert world.ask().admitted
    assert world.issuer.asked == [DISCOVERY, KEYS]


def test_keys_are_not_remembered_for_ever(
    world: OidcWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.ask().admitted
    monkeypatch.setattr(keys, "REMEMBERED_SECONDS", -1.0)
    world.issuer.pages[KEYS] = key_set(public(ec_key()))
    unreachable(world.ask())


def test_a_new_key_is_found_at_once(world: OidcWorld) -> None:
    assert world.ask().admitted
    new = rsa_key("new")
    world.issuer.pages[KEYS] = key_set(public(new))
    assert world.ask(key=new).admitted
    assert world.issuer.asked == [DISCOVERY, KEYS] * 2
    unreachable(world.ask())


def test_unknown_keys_make_an_issuer_be_asked_once_in_a_while(world: OidcWorld) -> None:
    for number in range(5):
        unreachable(world.ask({"kid": f"guess-{number}"}))
    assert world.issuer.asked == [DISCOVERY, KEYS] * 2
    assert world.ask().admitted, "the keys that are there still count"


def test_a_key_of_the_wrong_kind_does_not_make_an_issuer_be_asked_again(world: OidcWorld) -> None:
    assert world.ask().admitted
    unreachable(world.ask(key=ec_key(name="rsa")))
    assert world.issuer.asked == [DISCOVERY, KEYS]


def test_many_who_ask_at_once_ask_once(world: OidcWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived, go = threading.Event(), threading.Event()
    ordinary = world.issuer.pages[DISCOVERY]
    assert isinstance(ordinary, tuple)

    def held(handler: BaseHTTPRequestHandler) -> None:
        arrived.set()
        go.wait(5)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(ordinary[1])))
        handler.end_headers()
        handler.wfile.write(ordinary[1])

    world.issuer.pages[DISCOVERY] = held
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(world.ask())) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert arrived.wait(5)
    # Whoever waits for an issuer keeps no snapshot waiting.
    with world.server.cloud.gate.exclusive():
        go.set()
    for thread in threads:
        thread.join(10)
    assert [answer.admitted for answer in answers] == [True] * 4
    assert world.issuer.asked == [DISCOVERY, KEYS]


# -- whom the certificate belongs to ---------------------------------------------------


@pytest.fixture
def elsewhere(world: OidcWorld) -> Iterator[OidcWorld]:
    """The world, put back to its own connection afterwards."""
    yield world
    world.connect(world.issuer)


def test_another_authority_vouches_for_nobody(elsewhere: OidcWorld) -> None:
    cloud, issuer = elsewhere.server.cloud, elsewhere.issuer
    connect(cloud, URL, issuer.address, trustme.CA().cert_pem.bytes().decode())
    answer = elsewhere.ask()
    unreachable(answer)
    assert "certificate" in answer.reason
    connect(cloud, URL, issuer.address, "")
    unreachable(elsewhere.ask())
    assert issuer.asked == []


def test_the_certificate_must_bear_the_issuers_name(elsewhere: OidcWorld) -> None:
    other = Issuer("https://other.example.com/tenant")
    try:
        connect(elsewhere.server.cloud, URL, other.address, other.ca)
        answer = elsewhere.ask()
        unreachable(answer)
        assert "certificate" in answer.reason
        assert other.asked == []
    finally:
        other.stop()


def test_nobody_at_the_address(elsewhere: OidcWorld) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    connect(elsewhere.server.cloud, URL, address, authority().cert_pem.bytes().decode())
    unreachable(elsewhere.ask())


def test_a_server_that_speaks_no_tls(elsewhere: OidcWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "FETCH_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        connect(elsewhere.server.cloud, URL, address, authority().cert_pem.bytes().decode())
        unreachable(elsewhere.ask())


@pytest.mark.parametrize(
    ("address", "ca"),
    [
        ("10.0.0.1:443", ""),
        ("169.254.169.254:443", ""),
        ("0.0.0.0:443", ""),
        ("id.example.com:443", ""),
        ("127.0.0.1", ""),
        ("127.0.0.1:", ""),
        ("127.0.0.1:0", ""),
        ("127.0.0.1:65536", ""),
        ("127.0.0.1:-1", ""),
        ("127.0.0.1:99999999999999999999", ""),
        ("127.0.0.1.example.com:443", ""),
        ("2130706433:443", ""),
        (":443", ""),
        ("127.0.0.1:443", "no certificate"),
        ("127.0.0.1:443", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ("127.0.0.1:443", "a" * 100_001),
        ("127.0.0.1:443", "\N{SNOWMAN}"),
    ],
)
def test_connections_lead_to_this_machine(world: OidcWorld, address: str, ca: str) -> None:
    with pytest.raises(Problem):
        connect(world.server.cloud, "https://new.example.com", address, ca)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "[::1]:8443", "localhost:65535", "127.9.9.9:9"])
def test_any_loopback_address_will_do(world: OidcWorld, address: str) -> None:
    cloud = world.server.cloud
    assert connect(cloud, "https://new.example.com", address, "").port == int(
        address.split(":")[-1]
    )
    assert disconnect(cloud, "https://new.example.com")
    assert not disconnect(cloud, "https://new.example.com")


# -- issuers without a connection ------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_addresses_of_this_machine_and_its_network_are_not_asked(
    world: OidcWorld, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert not route.is_public(ipaddress.ip_address(address))
    url = "https://elsewhere.example.com"
    if not any(p["Arn"].endswith("elsewhere.example.com") for p in providers(world)):
        world.make_provider(url)
    asked: list[str] = []

    def look_up(host: str) -> list[str]:
        asked.append(host)
        # A public address first: one that is not is one too many.
        return ["93.184.215.14", address]

    monkeypatch.setattr(route, "addresses_of", look_up)
    answer = world.ask(iss=url)
    unreachable(answer)
    assert "not public" in answer.reason
    assert asked == ["elsewhere.example.com"]


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert route.is_public(ipaddress.ip_address(address))


def test_an_issuer_whose_name_is_an_address(world: OidcWorld) -> None:
    for url in ("https://127.0.0.1", "https://169.254.169.254/latest"):
        world.make_provider(url)
        unreachable(world.ask(iss=url))


def test_a_name_that_nobody_has(world: OidcWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "addresses_of", lambda _host: [])
    world.make_provider("https://nowhere.example.com")
    unreachable(world.ask(iss="https://nowhere.example.com"))


def providers(world: OidcWorld) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = world.iam.list_open_id_connect_providers()[
        "OpenIDConnectProviderList"
    ]
    return listed
