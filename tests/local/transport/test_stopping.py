"""Stops and starts while clients go on: who was heard gets an answer, and it ends."""

import http.client
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.local import lifecycle
from rolecall.local import server as servers
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.control_client import ControlClient
from rolecall.local.listener import bind
from rolecall.local.rundir import RunDir
from rolecall.local.server import Server
from tests.local.conftest import CONTROL_TOKEN, nothing_in_it


def _ask(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/_rolecall/health")
    reply = connection.getresponse()
    assert json.loads(reply.read())["ready"] is True


def _asking(port: int, asked: Callable[[], None]) -> None:
    _ask_on(http.client.HTTPConnection("127.0.0.1", port, timeout=30), asked)


def _ask_on(connection: http.client.HTTPConnection, asked: Callable[[], None]) -> None:
    """Ask again as soon as there is an answer, until the server is gone."""
    try:
        while True:
            _ask(connection)
            asked()
    except (OSError, http.client.HTTPException):
        connection.close()


def test_a_stop_does_not_wait_for_clients_that_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "_DRAIN_SECONDS", 600.0)
    with nothing_in_it():
        cloud = Cloud()
        server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN))
        running = server.start()
        asked = threading.Event()
        clients = [
            threading.Thread(target=_asking, args=(server.port, asked.set), daemon=True)
            for _ in range(8)
        ]
        for client in clients:
            client.start()
        assert asked.wait(30)
        server.stop()
        running.join(30)
        ended = not running.is_alive()
        monkeypatch.setattr(servers, "_DRAIN_SECONDS", 0.0)
        for client in clients:
            client.join(30)
        assert ended
        assert not any(client.is_alive() for client in clients)


def test_a_call_in_progress_is_answered_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a connection on which nothing was asked, or half a call, does not hold it up."""
    monkeypatch.setattr(servers, "_DRAIN_SECONDS", 600.0)
    with nothing_in_it():
        cloud = Cloud()
        begun, go_on = threading.Event(), threading.Event()

        def save() -> None:
            begun.set()
            assert go_on.wait(30)

        server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN, save=save))
        running = server.start()
        idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        _ask(idle)
        half = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        half.connect()
        half.sock.sendall(b"GET /_rolecall/health HTTP/1.1\r\nHost: 127.0")
        slow = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        slow.request("POST", "/_rolecall/save", headers={"x-rolecall-token": CONTROL_TOKEN})
        assert begun.wait(30)
        server.stop()
        _ask_on(idle, lambda: None)  # nobody is let in any more
        go_on.set()
        assert json.loads(slow.getresponse().read()) == {"saved": True}
        running.join(30)
        assert not running.is_alive()
        for connection in (idle, half, slow):
            connection.close()


def test_a_server_that_is_too_busy_to_answer_was_started_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_dir = RunDir(tmp_path / "local")
    with monkeypatch.context() as patch:
        patch.setattr(ControlClient, "instance", lambda _: None)
        running, made = lifecycle.up(run_dir, port=0, say=lambda _: None)
    assert made
    assert lifecycle.find(run_dir) == running
    assert lifecycle.down(run_dir, lambda _: None)


def test_memory_of_large_requests_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make soak` shows it; here, that the server is told so, and that a user's word counts."""
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "65536")
    given = lifecycle.server_environment()
    assert (given["MALLOC_ARENA_MAX"], given["MALLOC_MMAP_THRESHOLD_"]) == ("2", "65536")
