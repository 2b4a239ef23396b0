"""The soak of `make soak` in a few seconds, and what it would notice."""

import os
import time
from pathlib import Path

import pytest

from scripts.hardening.soak_client import Answer, Client, Mismatch, Phase, Tally
from scripts.hardening.soak_crew import STORIES, Teller
from scripts.hardening.soak_figures import fitted
from scripts.hardening.soak_ledger import Bookkeeper
from scripts.hardening.soak_run import soak
from scripts.hardening.soak_server import Sample, Server, Stop
from scripts.hardening.soak_world import World, world_at


def test_mixed_calls_while_the_server_is_stopped_and_killed(tmp_path: Path) -> None:
    """Every story once: all answers are right, and what was kept is there."""
    found = soak(
        tmp_path,
        seconds=3,
        clients=2,
        processes=0,
        restarts=((0.2, False), (0.7, True)),
        every=True,
    )
    assert not found.tally.faults, found.tally.words
    assert not found.problems
    assert found.tally.stories == {story.__name__: 1 for story in STORIES}
    assert [kind for kind, _ in found.away] == ["down", "SIGKILL"]
    after_the_stop = found.lost[::2]  # of each of the two bookkeepers
    assert [count for count, _ in after_the_stop] == [0, 0]
    assert not (tmp_path / "local/server.json").exists()


@pytest.mark.parametrize(
    ("answer", "codes", "kind"),
    [
        (Answer("x", 200, ""), ("AccessDenied",), "false allow"),
        (Answer("x", 403, "<Code>AccessDenied</Code>"), ("",), "false deny"),
        (Answer("x", 404, "<Code>NoSuchKey</Code>"), ("AccessDenied",), "wrong answer"),
        (Answer("x", 400, '{"__type": "a.b#Nonsense"}'), ("", "NoSuchKey"), "false deny"),
        (Answer("x", 409, "<Code>There</Code>"), ("",), "false deny"),
    ],
)
def test_a_wrong_answer_is_told(answer: Answer, codes: tuple[str, ...], kind: str) -> None:
    with pytest.raises(Mismatch) as caught:
        answer.want(*codes)
    assert caught.value.kind == kind


def test_a_repeated_call_may_find_its_work_done() -> None:
    again = Answer("x", 409, "<Code>There</Code>", repeated=True)
    assert again.want("", again="There") is again


@pytest.mark.parametrize(("phase", "judged"), [("up-2-0", True), ("up-1-1", False)])
def test_only_a_kill_excuses(phase: str, judged: bool, tmp_path: Path) -> None:
    file = Phase(tmp_path / "phase")
    file.set("up-1-0")
    tally = Tally()
    teller = Teller(0, world_at(tmp_path, 1), file, Client(1, file, tally))

    def wrong(_c: Client, _w: World, _n: str) -> None:
        file.set(phase)
        raise Mismatch("false allow", "x")

    teller.told(wrong, "s0-0")
    assert (tally.faults["false allow"], tally.unjudged) == ((1, 0) if judged else (0, 1))


def _samples(*megabytes: float) -> list[Sample]:
    return [
        Sample(
            moment=30.0 * number,
            pid=1,
            resident_mb=each,
            threads=9,
            descriptors=20,
            state_kb=50,
            log_kb=9,
        )
        for number, each in enumerate(megabytes)
    ]


def test_growth_is_noticed() -> None:
    flat = fitted(_samples(*(100.0 + number % 3 for number in range(60))), 300)
    assert all(line.flat for line in flat)
    growing = fitted(_samples(*(100.0 + number / 5 for number in range(60))), 300)
    assert [line.name for line in growing if not line.flat] == ["resident memory"]
    assert growing[0].slope_an_hour == pytest.approx(24)
    assert fitted(_samples(*range(11)), 300) == [], "too short to say anything"


@pytest.mark.parametrize(
    ("there", "acknowledged", "word"),
    [
        ({0: 12, 1: 13, **{slot: slot for slot in range(2, 12)}}, {13: 5.0}, ""),
        ({0: 12, 1: 13, **{slot: slot for slot in range(2, 12)}}, {13: 5.0, 14: 9.5}, ""),
        ({0: 12, 1: 13, **{slot: slot for slot in range(2, 12)}}, {13: 5.0, 14: 8.5}, "lost"),
        ({0: 0, 1: 13, **{slot: slot for slot in range(2, 12)}}, {13: 5.0}, "half a state"),
        ({slot: slot for slot in range(1, 12)}, {11: 5.0}, "half a state"),
        ({}, {0: 5.0}, "lost"),
    ],
)
def test_a_hole_in_the_ledger_is_noticed(
    there: dict[int, int],
    acknowledged: dict[int, float],
    word: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = Client(1, Phase(tmp_path / "phase"), Tally())
    keeper = Bookkeeper(0, world_at(tmp_path, 1), client)
    keeper.acknowledged, keeper.attempted = dict(acknowledged), 14
    monkeypatch.setattr(Bookkeeper, "read", lambda *_: there)
    told = list(keeper.problems(client, Stop(moment=10.0, kept_until=9.0)))
    assert [each.partition(":")[0] for each in told] == ([word] if word else [])


def test_a_snapshot_with_both_names_does_not_say_when_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(tmp_path, 1, Phase(tmp_path / "phase"))
    state = server.run_dir.state
    state.mkdir(parents=True)
    before, newest = state / "snapshot.previous", state / "snapshot"
    newest.write_text("newest")
    before.hardlink_to(newest)

    def the_next_comes(_seconds: float) -> None:
        fresh = state / "snapshot.new"
        fresh.write_text("next")
        os.utime(before, (time.time() - 60, time.time() - 60))
        fresh.replace(newest)

    monkeypatch.setattr(time, "sleep", the_next_comes)
    assert 60 <= server._age_of_the_one_before() < 3600
