"""A kept session never ends under a job that asks for it, and one renewal serves everybody."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.problems import Exit, Problem
from rolecall.session import AssumedRole
from rolecall.session.kept import KeptSession

START = datetime(2030, 1, 1, tzinfo=UTC)


class Sts:
    """Hands out numbered sessions, by a clock that the test moves."""

    def __init__(self, seconds: int = 3600) -> None:
        self.now, self.seconds, self.calls = START, seconds, 0
        self.refusal: Exception | None = None
        self.gate: threading.Event | None = None

    def clock(self) -> datetime:
        return self.now

    def __call__(self) -> AssumedRole:
        self.calls += 1
        if self.gate is not None:
            assert self.gate.wait(20)
        if self.refusal is not None:
            raise self.refusal
        return AssumedRole(
            access_key_id=f"ASIA{self.calls}",
            secret_access_key="the-secret-key",
            session_token="the-token",
            expiration=self.now + timedelta(seconds=self.seconds),
            arn="arn:aws:sts::111111111111:assumed-role/tes-reader/me",
        )

    def keep(self, **more: object) -> KeptSession:
        return KeptSession(self, now=self.clock, **more)  # type: ignore[arg-type]


def later(sts: Sts, seconds: float) -> None:
    sts.now += timedelta(seconds=seconds)


@settings(deadline=None)
@given(st.integers(900, 43200), st.lists(st.floats(0, 20_000), max_size=20))
def test_what_is_handed_out_has_not_ended(seconds: int, moves: list[float]) -> None:
    sts = Sts(seconds)
    kept = sts.keep()
    for move in moves:
        later(sts, move)
        assert kept.current().expiration > sts.now
        assert kept.current().expiration - sts.now >= timedelta(seconds=min(900, seconds / 4) - 1)


def test_six_hours_of_quarter_hour_sessions() -> None:
    sts = Sts(900)
    kept = sts.keep()
    for _ in range(6 * 60):
        later(sts, 60)
        assert kept.current().expiration - sts.now > timedelta(seconds=60)
    assert sts.calls <= 6 * 4 * 2


def test_a_session_is_kept_while_it_is_long_enough() -> None:
    sts = Sts()
    kept = sts.keep()
    later(sts, 2699)
    assert kept.current().access_key_id == "ASIA1"
    later(sts, 2)
    assert kept.current().access_key_id == "ASIA2"


def test_one_renewal_for_everybody_who_waits() -> None:
    sts = Sts()
    kept = sts.keep()
    later(sts, 3590)
    sts.gate = threading.Event()
    got: list[str] = []
    threads = [
        threading.Thread(target=lambda: got.append(kept.current().access_key_id)) for _ in range(32)
    ]
    for thread in threads:
        thread.start()
    sts.gate.set()
    for thread in threads:
        thread.join(20)
    assert got == ["ASIA2"] * 32
    assert sts.calls == 2


def test_nobody_waits_long_for_a_renewal_that_can_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.session.kept._PATIENCE_SECONDS", 0.01)
    sts = Sts()
    kept = sts.keep()
    later(sts, 3000)
    sts.gate = threading.Event()
    assert kept.current().access_key_id == "ASIA1"
    sts.gate.set()
    monkeypatch.setattr("rolecall.session.kept._PATIENCE_SECONDS", 20)
    assert kept.current().access_key_id == "ASIA2"
    assert sts.calls == 2


def test_a_refusal_is_said_and_the_present_session_used_up() -> None:
    sts = Sts()
    words: list[str] = []
    kept = sts.keep(warn=words.append)
    sts.refusal = Problem("AWS refused: no more", Exit.DENIED)
    later(sts, 3000)
    for _ in range(5):
        assert kept.current().access_key_id == "ASIA1"
    assert sts.calls == 2, "asked again only after a pause"
    later(sts, 31)
    assert kept.current().access_key_id == "ASIA1"
    assert sts.calls == 3
    later(sts, 600)
    with pytest.raises(Problem, match="no more") as caught:
        kept.current()
    assert caught.value.exit_code == Exit.DENIED
    sts.refusal = None
    assert kept.current().expiration > sts.now
    assert all("no more" in each for each in words)


def test_what_the_source_raises_otherwise_is_not_repeated() -> None:
    sts = Sts()
    kept = sts.keep()
    sts.refusal = RuntimeError("the-secret-key")
    later(sts, 4000)
    with pytest.raises(Problem, match="RuntimeError") as caught:
        kept.current()
    assert "the-secret-key" not in str(caught.value)


def test_nobody_is_asked_for_a_code_in_the_middle_of_a_job() -> None:
    sts = Sts()
    kept = sts.keep(renewable=False)
    later(sts, 3599)
    assert kept.current().access_key_id == "ASIA1"
    later(sts, 2)
    with pytest.raises(Problem, match="without a person"):
        kept.current()
    assert sts.calls == 1


def test_a_source_that_gives_an_older_session_changes_nothing() -> None:
    sts = Sts()
    kept = sts.keep()
    later(sts, 2900)
    sts.seconds = 60
    assert kept.current().access_key_id == "ASIA1"


@pytest.mark.parametrize("minutes", [-10, -1, 0, 1, 10])
@pytest.mark.parametrize("seconds", [900, 3600])
def test_a_clock_that_is_wrong_does_not_let_a_session_end(minutes: int, seconds: int) -> None:
    """This machine's clock is off, STS's is right: six hours without an ended session."""
    sts = Sts(seconds)
    off = timedelta(minutes=minutes)
    kept = KeptSession(sts, now=lambda: sts.now + off, lasts_seconds=seconds)
    for _ in range(6 * 60):
        later(sts, 60)
        assert kept.current().expiration - sts.now > timedelta(seconds=0)
    assert sts.calls <= 6 * 3600 / 120
