"""When a change is saved, and what becomes of a change that could not be."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from rolecall.local import persistence, snapshots
from rolecall.local.cloud import Cloud
from rolecall.local.persistence import StateDirectory
from rolecall.local.snapshots import Snapshots


class Disk:
    """A state directory that notes what is saved, and may fail; `before` runs as it is written."""

    def __init__(self) -> None:
        self.saved: list[bytes] = []
        self.fails: list[BaseException] = []
        self.before: Callable[[], None] = lambda: None
        self.came = threading.Semaphore(0)

    def save(self, content: bytes) -> None:
        self.before()
        if self.fails:
            self.came.release()
            raise self.fails.pop(0)
        self.saved.append(content)
        self.came.release()


class Stopped(threading.Event):
    """Ends at once, or passes the time without waiting; notes how long it should have been."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


class Home:
    """A cloud, its disk, and snapshots in between; each encoded state is a number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
        self.cloud, self.disk = Cloud(), Disk()
        self.closed: list[bool] = []
        self.encoded: list[Any] = []
        self.during: Callable[[], None] = lambda: None

        def encode(records: Any) -> bytes:
            self.encoded.append(records)
            self.closed.append(self.cloud.gate._closed)
            self.during()
            return f"state {len(self.encoded)}".encode()

        monkeypatch.setattr(persistence, "encode", encode)
        self.snapshots = Snapshots(self.cloud, cast(StateDirectory, self.disk), **options)
        self.stopped = Stopped()
        self.snapshots._stopped = self.stopped

    def change(self) -> None:
        self.cloud.mark_changed()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Home:
    return Home(monkeypatch)


@contextmanager
def running(home: Home) -> Iterator[None]:
    home.snapshots.start()
    try:
        yield
    finally:
        home.snapshots.stop()
        home.snapshots._thread.join(20)
        assert not home.snapshots._thread.is_alive()


def came(home: Home) -> None:
    assert home.disk.came.acquire(timeout=20)


# -- asked for ------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_saved(home: Home) -> None:
    home.snapshots.save()
    assert (home.disk.saved, home.encoded) == ([], [])
    home.change()
    home.change()
    home.snapshots.save()
    home.snapshots.save()
    assert home.disk.saved == [b"state 1"]
    assert home.encoded == [home.cloud.records]
    assert home.encoded[0] is home.cloud.records
    home.change()
    home.snapshots.save()
    assert home.disk.saved == [b"state 1", b"state 2"]


def test_a_state_is_read_while_nobody_changes_it_and_written_while_all_may(home: Home) -> None:
    open_again: list[bool] = []
    home.disk.before = lambda: open_again.append(not home.cloud.gate._closed)
    home.change()
    home.snapshots.save()
    assert (home.closed, open_again) == ([True], [True])


def test_a_change_during_the_reading_is_in_it(home: Home) -> None:
    home.change()
    gate = home.cloud.gate.exclusive
    # The last call before the gate closes counts: it is read.
    home.cloud.gate.exclusive = lambda: (home.change(), gate())[1]  # type: ignore[method-assign,func-returns-value]
    home.snapshots.save()
    home.snapshots.save()
    assert home.disk.saved == [b"state 1"]


def test_a_change_during_the_writing_is_saved_the_next_time(home: Home) -> None:
    home.disk.before = home.change
    home.change()
    home.snapshots.save()
    home.disk.before = lambda: None
    home.snapshots.save()
    home.snapshots.save()
    assert home.disk.saved == [b"state 1", b"state 2"]


def test_what_could_not_be_saved_is_told_and_saved_the_next_time(home: Home) -> None:
    home.change()
    home.disk.fails = [OSError(28, "No space left on device")]
    with pytest.raises(OSError, match="No space left"):
        home.snapshots.save()
    home.snapshots.save()
    assert home.disk.saved == [b"state 2"]


def test_two_who_ask_at_once_save_one_after_the_other(home: Home) -> None:
    inside, go = threading.Event(), threading.Event()

    def slowly() -> None:
        inside.set()
        assert go.wait(20)

    home.disk.before = slowly
    home.change()
    first = threading.Thread(target=home.snapshots.save, daemon=True)
    first.start()
    assert inside.wait(20)
    home.change()
    second = threading.Thread(target=home.snapshots.save, daemon=True)
    second.start()
    second.join(0.05)
    assert second.is_alive()
    assert len(home.encoded) == 1
    go.set()
    first.join(20)
    second.join(20)
    assert home.disk.saved == [b"state 1", b"state 2"]


# -- in the background ----------------------------------------------------------------------


def test_a_change_is_saved_a_quarter_of_a_second_later(home: Home) -> None:
    with running(home):
        assert (home.snapshots._thread.name, home.snapshots._thread.daemon) == ("snapshots", True)
        home.change()
        came(home)
        assert (home.disk.saved, home.stopped.waits) == ([b"state 1"], [0.25])
        home.change()
        came(home)
    assert home.disk.saved == [b"state 1", b"state 2"]
    assert home.stopped.waits[:2] == [0.25, 0.25]
    assert snapshots.DELAY == 0.25


def test_the_delay_may_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(monkeypatch, delay=1.5)
    with running(home):
        home.change()
        came(home)
    assert home.stopped.waits[0] == 1.5


def test_what_failed_is_tried_again_after_five_seconds_and_nothing_of_it_is_logged(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    home.disk.fails = [OSError("SECRET"), ValueError("SECRET")]
    with running(home):
        home.change()
        for _ in range(3):
            came(home)
    assert home.disk.saved == [b"state 3"]
    assert home.stopped.waits[:5] == [0.25, 5.0, 0.25, 5.0, 0.25]
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "The state could not be saved (OSError); trying again.",
        "The state could not be saved (ValueError); trying again.",
    ]
    assert {(record.name, record.levelno) for record in caplog.records} == {
        ("rolecall.local", logging.ERROR)
    }


def test_what_has_not_been_saved_is_as_it_stops(home: Home) -> None:
    home.change()
    home.snapshots.stop()  # never started
    assert home.disk.saved == [b"state 1"]


def test_a_change_that_waits_is_saved_as_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(monkeypatch, delay=3600)
    home.snapshots._stopped = threading.Event()
    home.snapshots.start()
    home.change()
    home.snapshots.stop()
    assert home.disk.saved == [b"state 1"]
    assert not home.snapshots._thread.is_alive()


def test_a_last_state_that_could_not_be_saved_is_told(home: Home) -> None:
    home.change()
    home.disk.fails = [OSError("full")]
    with pytest.raises(OSError, match="full"):
        home.snapshots.stop()
    home.snapshots.stop()
    assert home.disk.saved == [b"state 2"]


def test_nothing_to_save_is_nothing_to_do(home: Home) -> None:
    with running(home):
        pass
    assert home.disk.saved == []
