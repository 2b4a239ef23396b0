"""Requests to become a role by a token that mean one thing to one reader, another to the next.

And requests that are only large. Nobody has signed any of them.
"""

import http.client
import ipaddress
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote, urlencode

import pytest
from botocore.exceptions import ClientError

from rolecall.local.oidc import keys
from rolecall.local.oidc.route import is_public
from tests.local.conftest import CloudServer
from tests.local.oidc.issuer import DISCOVERY
from tests.local.oidc.world import HOME, OTHER, OidcWorld, running_world

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def world() -> Iterator[OidcWorld]:
    with running_world() as made:
        yield made
        assert made.ask().admitted, "after all this the server goes on"


def send(
    server: CloudServer, method: str, path: str, body: bytes | str, headers: dict[str, str]
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server.port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def form(world: OidcWorld, **changes: str) -> str:
    return urlencode(
        {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": world.role,
            "RoleSessionName": "a-session",
            "WebIdentityToken": world.issuer.token(),
            **changes,
        }
    )


def test_the_first_of_two_values_is_the_one_that_counts(world: OidcWorld) -> None:
    closed = world.make_role({"StringEquals": {f"{world.host}:sub": "nobody"}})
    more = f"&RoleArn={quote(closed, safe='')}"
    assert send(world.server, "POST", "/", form(world) + more, FORM)[0] == 200
    more = f"&RoleArn={quote(world.role, safe='')}"
    assert send(world.server, "POST", "/", form(world, RoleArn=closed) + more, FORM)[0] == 403
    # A form stands for itself; the query adds nothing to it.
    query = f"/?RoleArn={quote(world.role, safe='')}"
    assert send(world.server, "POST", query, form(world, RoleArn=closed), FORM)[0] == 403


@pytest.mark.parametrize(
    ("path", "headers", "changes"),
    [
        ("/", FORM, {"Version": "2010-05-08"}),
        ("/", FORM, {"Version": ""}),
        ("/", FORM, {"Action": "assumerolewithwebidentity"}),
        ("/", FORM, {"Action": "AssumeRole"}),
        ("/", {**FORM, "X-Amz-Target": "AWSCognitoIdentityService.GetId"}, {}),
        (
            "/",
            {**FORM, "X-Amz-Target": "AWSSecurityTokenServiceV20110615.AssumeRoleWithWebIdentity"},
            {},
        ),
        ("/", {"Content-Type": "multipart/form-data; boundary=x"}, {}),
        ("/", {"Content-Type": "application/json"}, {}),
        ("/", {**FORM, "Authorization": "AWS4-HMAC-SHA256 nonsense"}, {}),
        ("/?X-Amz-Algorithm=AWS4-HMAC-SHA256", FORM, {}),
    ],
)
def test_readings_that_let_nobody_in(
    path: str, headers: dict[str, str], changes: dict[str, str], world: OidcWorld
) -> None:
    status, body = send(world.server, "POST", path, form(world, **changes), headers)
    assert 400 <= status < 500
    assert "SecretAccessKey" not in body


@pytest.mark.parametrize(
    "spelled",
    [
        "{arn}/",
        "{arn} ",
        "{arn}\n",
        "{arn}\r\nX-Injected: 1",
        "{arn}\u2028",
        " {arn}",
        "{upper}",
        "arn:aws-cn:iam::{home}:role/{name}",
        "arn:aws:iam::{home}:role//{name}",
        "arn:aws:iam::{home}:role/./{name}",
        "arn:aws:iam::{home}:ROLE/{name}",
        "arn:aws:iam::{home}:user/{name}",
        "arn:aws:sts::{home}:role/{name}",
        "arn:aws:iam:eu-central-1:{home}:role/{name}",
        "arn:aws:iam::{other}:role/{name}",
        "arn:aws:iam:::role/{name}",
        "arn:aws:iam::../../{home}:role/{name}",
    ],
)
def test_spellings_of_a_role(spelled: str, world: OidcWorld) -> None:
    arn = spelled.format(
        arn=world.role,
        upper=world.role.upper(),
        home=HOME,
        other=OTHER,
        name=world.role.rpartition("/")[2],
    )
    answer = world.send(world.issuer.token(), RoleArn=arn)
    assert not answer.admitted
    assert answer.status in (400, 403)


def test_large_forms_are_refused_before_they_are_read(world: OidcWorld) -> None:
    """Percent-encoding is read piece by piece: 64 MB of it would take a quarter of a minute."""
    body = form(world) + "&X=" + "%41" * (5 << 20)
    for headers in (FORM, {**FORM, "X-Amz-Target": "AWSCognitoIdentityService.GetId"}):
        assert send(world.server, "POST", "/", body, headers)[0] == 413


def test_large_documents_are_refused_before_they_are_read(world: OidcWorld) -> None:
    """A list of a hundred million lists would need the memory of the whole machine."""
    headers = {
        "X-Amz-Target": "AWSCognitoIdentityService.GetId",
        "Content-Type": "application/x-amz-json-1.1",
    }
    body = '{"IdentityPoolId":[' + "[]," * (1 << 20) + "[]]}"
    assert send(world.server, "POST", "/", body, headers)[0] == 413
    largest = json.dumps(
        {"IdentityPoolId": "eu-central-1:" + "0" * 36, "Logins": {"a": "x" * 50000}}
    )
    assert send(world.server, "POST", "/", largest, headers)[0] == 400


def test_a_foreign_signature_gives_a_token_nothing(world: OidcWorld) -> None:
    """The account that signs is not asked, and lends the caller nothing."""
    signer = world.server.client("sts", OTHER)
    closed = world.make_role({"StringEquals": {"aws:PrincipalAccount": OTHER}})
    wish = {"RoleSessionName": "me", "WebIdentityToken": world.issuer.token()}
    with pytest.raises(ClientError, match="AccessDenied"):
        signer.assume_role_with_web_identity(RoleArn=closed, **wish)
    assert signer.assume_role_with_web_identity(RoleArn=world.role, **wish)["Credentials"]


def test_an_issuer_that_hangs_does_not_stop_the_rest(
    world: OidcWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strangers need no good token to make an issuer be asked; twelve of them wait here."""
    monkeypatch.setattr(keys, "FETCH_SECONDS", 60.0)
    asked, released = threading.Event(), threading.Event()
    page = world.issuer.pages[DISCOVERY]

    def hang(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        released.wait(60)
        handler.close_connection = True

    world.issuer.pages[DISCOVERY] = hang
    keys.forget_keys(world.server.cloud, world.issuer.url)
    token = world.issuer.token()
    strangers = [threading.Thread(target=world.send, args=(token,)) for _ in range(12)]
    for stranger in strangers:
        stranger.start()
    try:
        assert asked.wait(20)
        for _ in range(3):
            identity = world.server.client("sts", HOME).get_caller_identity()
            assert identity["Account"] == HOME
    finally:
        released.set()
        for stranger in strangers:
            stranger.join(30)
        world.issuer.pages[DISCOVERY] = page
        keys.forget_keys(world.server.cloud, world.issuer.url)


def test_site_local_addresses_are_those_of_a_network_of_ones_own() -> None:
    assert not is_public(ipaddress.ip_address("fec0::1"))
