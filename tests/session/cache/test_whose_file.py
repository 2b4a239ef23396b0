"""Files that are not read, and files that nobody else may read; what is listed and cleared."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from rolecall.problems import Problem
from rolecall.session import cache, renew
from rolecall.session.aws_cli_cache import as_text
from rolecall.session.kept import KeptSession
from rolecall.session.kept_files import clear, kept_files
from rolecall.session.lock import Lock, lock
from rolecall.session.place import Folders, Place
from rolecall.session.renew import fresh
from tests.session.cache.answers import START, Files, Sts, answer


@pytest.fixture
def kept_place(files: Files) -> Place:
    """A place with a session in it."""
    assert cache.write(files.place(), answer(), START)
    return files.place()


def test_a_session_that_another_user_put_there_is_not_used(
    kept_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = os.geteuid() + 1
    monkeypatch.setattr("rolecall.session.cache.os.geteuid", lambda: other)
    words: list[str] = []
    assert cache.read(kept_place, START, words.append) is None
    assert "is not used: it belongs to another user." in words[0]


def test_a_file_without_end_is_not_read(kept_place: Place) -> None:
    with kept_place.file.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(b" " * 1_000_001)
    os.utime(kept_place.file, (START.timestamp(),) * 2)
    words: list[str] = []
    assert cache.read(kept_place, START, words.append) is None
    assert "is not used: it is too large." in words[0]


def test_what_stands_in_the_place_of_a_file_is_said(files: Files) -> None:
    place = files.place()
    place.file.parent.mkdir(parents=True)
    os.mkfifo(place.file, 0o600)
    words: list[str] = []
    assert cache.read(place, START, words.append) is None
    place.file.unlink()
    place.file.symlink_to(files.folder / "elsewhere")
    assert cache.read(place, START, words.append) is None
    assert ["it is no file" in words[0], "symbolic links" in words[1]] == [True, True]


def test_nobody_else_can_take_a_lock(files: Files) -> None:
    before = os.umask(0)
    try:
        with lock(files.place().lock, 0) as held:
            assert held is Lock.OURS
    finally:
        os.umask(before)
    assert files.place().lock.stat().st_mode & 0o777 == 0o600


def test_kept_sessions_are_listed_with_the_last_to_end_first(bare_environment: Path) -> None:
    folders = Folders.of({})
    folders.sessions.mkdir(parents=True)
    for name, hours in (("a", 1), ("b", 3), ("c", 2)):
        content = as_text(answer(ends=START + timedelta(hours=hours)))
        (folders.sessions / f"{name * 64}.json").write_text(content)
    (folders.sessions / f"{'d' * 64}.json").write_text("half")
    assert [one.file.name[0] for one in kept_files(folders)] == ["b", "c", "a", "d"]
    assert clear(folders, shared=False) == 4
    assert kept_files(folders) == []


def meanwhile(monkeypatch: pytest.MonkeyPatch, done: Callable[[], object]) -> None:
    """Another process gets the lock first, and does something."""

    @contextmanager
    def another(_path: Path, _patience: float) -> Iterator[Lock]:
        done()
        yield Lock.OURS

    monkeypatch.setattr(renew, "lock", another)


def test_what_another_left_is_not_taken_where_it_ends_at_once(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    sts, place = Sts(), files.place()
    begun, ends = START - timedelta(seconds=3500), START + timedelta(seconds=100)
    soon = answer("ASIAOFTHEOTHERONE001", ends, begun)
    meanwhile(monkeypatch, lambda: cache.write(place, soon, begun))
    assert fresh(place, sts.assume, now=sts.now).access_key_id == "ASIA0000000000000001"


def test_a_refresh_takes_what_another_refreshed_meanwhile(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    sts, place = Sts(), files.place()
    fresh(place, sts.assume, now=sts.now)
    new = answer("ASIAOFTHEOTHERONE001", START + timedelta(hours=1))
    meanwhile(monkeypatch, lambda: cache.write(place, new, START))
    session = fresh(place, sts.assume, now=sts.now, refresh=True)
    assert (session.access_key_id, sts.calls) == ("ASIAOFTHEOTHERONE001", 1)


def test_a_session_that_ran_out_while_aws_was_asked_is_not_handed_out(files: Files) -> None:
    sts, place = Sts(), files.place()
    fresh(place, sts.assume, now=sts.now)
    sts.pass_(3600 - 120)
    sts.down = True

    def slowly() -> dict[str, object]:
        sts.pass_(100)
        return sts.assume()

    with pytest.raises(Problem, match="could not be reached"):
        fresh(place, slowly, now=sts.now)


def test_whoever_has_nothing_left_waits_for_the_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.session.kept._PATIENCE_SECONDS", 0.0)
    sts, go = Sts(), threading.Event()
    calls: list[int] = []

    def source() -> object:
        calls.append(1)
        if len(calls) > 1:
            assert go.wait(20)
        return cache.kept(sts.assume(), sts.now(), 3600).session

    kept = KeptSession(source, now=sts.now)  # type: ignore[arg-type]
    sts.pass_(3600)
    threading.Timer(0.05, go.set).start()
    assert kept.current().access_key_id == "ASIA0000000000000002"


def test_a_renewal_that_fails_is_quiet_where_nobody_wants_to_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults: list[object] = []
    monkeypatch.setattr(threading, "excepthook", faults.append)
    sts = Sts()
    kept = KeptSession(lambda: cache.kept(sts.assume(), sts.now(), 3600).session, now=sts.now)
    sts.down = True
    sts.pass_(3600)
    with pytest.raises(Problem, match="could not be reached"):
        kept.current()
    for thread in threading.enumerate():
        if thread.name == "rolecall-renewal":
            thread.join(20)
    assert faults == []
