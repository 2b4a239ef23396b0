"""Many calls that wait for issuers: few at once, and one for all."""

import threading
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc import keys as room
from tests.local.oidc.web import Slow, Web, no_key
from tests.local.sts.conftest import Refusal, refusal


def test_four_may_wait_and_no_fifth(slow: Slow) -> None:
    def ask(number: int) -> None:
        slow.keys(f"https://{number}.example.com")

    threads = [threading.Thread(target=ask, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert slow.arrived.acquire(timeout=5)
    assert refusal(slow.keys, "https://fifth.example.com") == no_key(
        "too many calls wait for issuers that do not answer; try again"
    )
    slow.go.set()
    for thread in threads:
        thread.join(5)
    assert slow.keys("https://fifth.example.com") == ["one"]


def test_whoever_waits_holds_up_no_snapshot_and_takes_over_what_another_fetched(
    slow: Slow,
) -> None:
    found: list[Any] = []

    def ask() -> None:
        with slow.cloud.gate.shared():
            found.append(slow.keys())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert slow.arrived.acquire(timeout=5)
    with slow.cloud.gate.exclusive():
        slow.go.set()
    for thread in threads:
        thread.join(5)
    assert found == [["one"], ["one"]]
    assert slow.fetches == 1


def test_whoever_waited_takes_over_a_failure(slow: Slow) -> None:
    """Not one after the other, five seconds each."""
    slow.failure = "it is away"
    found: list[Refusal] = []
    threads = [threading.Thread(target=lambda: found.append(refusal(slow.keys))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert slow.arrived.acquire(timeout=5)
    slow.go.set()
    for thread in threads:
        thread.join(5)
    assert found == [no_key("it is away")] * 3
    assert len(slow.asked) == 1


def test_nobody_waits_longer_than_a_second_for_his_turn(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    class Full:
        def acquire(self, timeout: float) -> bool:
            asked.append(timeout)
            return False

    monkeypatch.setattr(room, "_waiting", Full())
    assert refusal(web.keys).reason.startswith("too many calls wait")
    assert asked == [1.0]
