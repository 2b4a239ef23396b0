"""A clock that jumps by hours, at the change to summer time, and past 2038 and 2106.

A session is used exactly while it lasts; after a jump back nobody can tell how long that is, and a
new one is got; after a jump ahead it has ended. (Renewal under a moving clock: tests/session/cache
and tests/session/handover; signatures: tests/local/transport.)
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rolecall.session import cache
from tests.session.cache.answers import Files, answer

HOUR = timedelta(hours=1)


@pytest.fixture(params=["UTC", "Europe/Berlin", "Pacific/Apia"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = str(request.param)
    monkeypatch.setenv("TZ", name)
    time.tzset()
    yield name
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    "start",
    [
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # 01:30 in Berlin, and 03:30 an hour later
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 02:30 in Berlin, twice
        datetime(2038, 1, 19, 3, 0, tzinfo=UTC),  # 32 bits end at 03:14:08
        datetime(2106, 2, 7, 6, 0, tzinfo=UTC),
    ],
    ids=str,
)
def test_used_while_it_lasts(tmp_path: Path, start: datetime) -> None:
    place = Files(tmp_path).place()
    said: list[str] = []
    assert cache.write(place, answer(ends=start + HOUR, date=start), start)

    def left(ahead: timedelta) -> timedelta | None:
        found = cache.read(place, start + ahead, said.append)
        return None if found is None else found.left(start + ahead)

    assert left(timedelta(0)) == HOUR
    assert left(0.5 * HOUR) == 0.5 * HOUR
    for ahead in (HOUR, 3 * HOUR, 26 * HOUR):
        remains = left(ahead)
        assert remains is None or remains <= timedelta(0)
    for behind in (HOUR, 3 * HOUR, 26 * HOUR):
        assert left(-behind) is None
    assert said == []
