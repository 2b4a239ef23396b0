"""The endpoint answers whoever has the token, and nobody else; it says nothing elsewhere."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import botocore.session
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.problems import Exit, Problem
from rolecall.session import AssumedRole
from rolecall.session.container_server import ContainerServer, new_token, serving

SESSION = AssumedRole(
    access_key_id="ASIAEXAMPLE",
    secret_access_key="the-secret-key",
    session_token="the-session-token",
    expiration=datetime(2099, 1, 1, 12, 30, 15, 999, tzinfo=UTC),
    arn="arn:aws:sts::111111111111:assumed-role/tes-reader/me",
)
SECRETS = ("the-secret-key", "the-session-token")


@pytest.fixture(scope="module")
def server() -> Iterator[ContainerServer]:
    with serving(lambda: SESSION) as server:
        yield server


def ask(
    server: ContainerServer, path: str = "/credentials", method: str = "GET", **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    sent = {"Authorization": server.token} | {k.capitalize(): v for k, v in headers.items()}
    try:
        connection.request(method, path, headers=sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_it_answers_as_ecs_does(server: ContainerServer) -> None:
    status, body = ask(server)
    assert status == 200
    assert json.loads(body) == {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "the-secret-key",
        "Token": "the-session-token",
        "Expiration": "2099-01-01T12:30:15Z",
        "AccountId": "111111111111",
    }


@pytest.mark.usefixtures("bare_environment")
def test_the_sdk_takes_it(server: ContainerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in server.variables.items():
        monkeypatch.setenv(name, value)
    credentials = botocore.session.get_session().get_credentials()
    assert credentials.method == "container-role"
    assert credentials.get_frozen_credentials().token == "the-session-token"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "wrong"}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": "\u00e9"}, 401),
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1"}, 403),
        ({"host": "127.0.0.1.evil.example:80"}, 403),
        ({"host": ""}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"path": "/"}, 404),
        ({"path": "/credentials/../x"}, 404),
        ({"method": "POST"}, 501),
        ({"method": "PUT"}, 501),
        ({"method": "OPTIONS"}, 501),
    ],
)
def test_nobody_else_gets_anything(
    server: ContainerServer, asked: dict[str, str], status: int
) -> None:
    got, body = ask(server, **asked)
    assert got == status
    assert not any(secret in body for secret in (*SECRETS, server.token))


def test_a_token_of_nearly_the_right_kind(server: ContainerServer) -> None:
    for token in (server.token[:-1], server.token + "x", f"Bearer {server.token}"):
        assert ask(server, authorization=token)[0] == 401
    assert ask(server, host=f"localhost:{server.port}")[0] == 200


def test_other_interfaces_do_not_answer(server: ContainerServer) -> None:
    assert server._server.server_address[0] == "127.0.0.1"


def test_every_token_is_another() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert all(len(new_token()) >= 43 for _ in range(10))


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (Problem("AWS refused: no", Exit.DENIED), 400),
        (Problem("nothing answers", Exit.UNREACHABLE), 503),
    ],
)
def test_what_stands_in_the_way_is_told_to_the_sdk(problem: Problem, status: int) -> None:
    def refuse() -> AssumedRole:
        raise problem

    with serving(refuse) as server:
        got, body = ask(server)
    assert got == status
    assert str(problem) in json.loads(body)["message"]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200))
def test_no_bytes_break_it_or_make_it_talk(
    server: ContainerServer, capfd: pytest.CaptureFixture[str], content: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(content + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert not any(secret.encode() in answer for secret in SECRETS)
    assert ask(server)[0] == 200
    assert capfd.readouterr() == ("", "")


def test_many_at_once(server: ContainerServer) -> None:
    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(ask(server)[0])) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert got == [200] * 64


def test_a_port_that_is_taken_is_said(server: ContainerServer) -> None:
    for port in (server.port, 70_000):
        with pytest.raises(Problem, match=str(port)):
            ContainerServer(lambda: SESSION, "token", port)


def test_after_the_end_nobody_answers() -> None:
    with serving(lambda: SESSION) as server:
        pass
    with pytest.raises(OSError):
        ask(server)
