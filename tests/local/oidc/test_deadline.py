"""A moment at which every watched connection ends, however slowly it drips."""

import socket
import threading
from collections.abc import Iterator

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc.deadline import Deadline


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    theirs.settimeout(5)
    yield ours, theirs
    ours.close()
    theirs.close()


Pair = tuple[socket.socket, socket.socket]


def test_a_watched_connection_ends_with_the_deadline(pair: Pair) -> None:
    ours, theirs = pair
    with Deadline(0.02) as deadline:
        deadline.watch(ours)
        assert ours.recv(1) == b"", "whoever waits is told at once"
        assert deadline.passed
        assert theirs.recv(1) == b""


def test_several_connections_end_together(pair: Pair) -> None:
    with Deadline(0.02) as deadline:
        deadline.watch(pair[0])
        deadline.watch(pair[1])
        assert pair[0].recv(1) == pair[1].recv(1) == b""


def test_a_connection_that_is_watched_too_late_ends_at_once(pair: Pair) -> None:
    passed = threading.Event()
    with Deadline(0.01) as deadline:
        threading.Timer(0.03, passed.set).start()
        assert passed.wait(5)
        while not deadline.passed:
            pass
        deadline.watch(pair[0])
        assert pair[0].recv(1) == b""


def test_a_connection_that_is_gone_does_not_keep_the_others(pair: Pair) -> None:
    gone, other = socket.socketpair()
    with Deadline(0.02) as deadline:
        deadline.watch(gone)
        deadline.watch(pair[0])
        gone.shutdown(socket.SHUT_RDWR)
        other.close()
        assert pair[0].recv(1) == b""
    gone.close()


def test_it_ends_its_watch_where_the_work_is_done(pair: Pair) -> None:
    ours, theirs = pair
    with Deadline(30) as deadline:
        deadline.watch(ours)
        assert not deadline.passed
    theirs.sendall(b"x")
    assert ours.recv(1) == b"x", "the connection is the other's to close"
    ours.close()
    assert theirs.recv(1) == b"", "and nothing keeps it open behind"


def test_its_clock_stops_where_the_work_is_done() -> None:
    with Deadline(30):
        timers = [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
        assert timers
        assert all(each.daemon for each in timers), "it keeps no process from ending"
    for each in timers:
        each.join(5)
        assert not each.is_alive()


def test_what_is_left_is_never_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given to functions that take 0 for no limit at all, or for no waiting."""
    moment = [100.0]
    monkeypatch.setattr("rolecall.local.oidc.deadline.time.monotonic", lambda: moment[0])
    deadline = Deadline(5)
    assert (deadline.left(), deadline.passed) == (5.0, False)
    moment[0] = 104.5
    assert (deadline.left(), deadline.passed) == (0.5, False)
    for moment[0] in (105.0, 200.0):
        assert (deadline.left(), deadline.passed) == (0.001, True)
