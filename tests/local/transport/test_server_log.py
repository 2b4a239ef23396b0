"""The log of a server in the background stays of a bounded size."""

import logging
import stat
import sys
from pathlib import Path

import pytest

from rolecall.local.server_log import ServerLog


def _logged(handler: ServerLog, count: int) -> None:
    for number in range(count):
        handler.handle(logging.makeLogRecord({"msg": f"refused {number:06}"}))


def test_a_full_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, aside = tmp_path / "server.log", tmp_path / "server.log.1"
    with log.open("a") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        handler = ServerLog(log, largest=1000)
        _logged(handler, 500)
        assert log.stat().st_size <= 1015
        assert aside.stat().st_size <= 1015
        assert stat.S_IMODE(aside.stat().st_mode) == 0o600
        lines = aside.read_text().splitlines() + log.read_text().splitlines()
    # Nothing between the two is missing.
    assert lines == [f"refused {number:06}" for number in range(500 - len(lines), 500)]


def test_a_file_that_is_not_ours_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`rolecall local up --foreground 2>mine.log`."""
    log, mine = tmp_path / "server.log", tmp_path / "mine.log"
    log.touch()
    with mine.open("a") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        _logged(ServerLog(log, largest=1000), 500)
    assert len(mine.read_text().splitlines()) == 500
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".1"] == []
