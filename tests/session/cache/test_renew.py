"""When a session is renewed, by whom, and what happens where that fails or clocks differ."""

import threading
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.embedded_token import EMBEDDED_TOKEN_PREFIX
from rolecall.problems import Problem
from rolecall.session import cache
from rolecall.session.kept import KeptSession
from rolecall.session.lock import Lock, lock
from rolecall.session.renew import fresh, window
from tests.session.cache.answers import START, Files, Sts, answer


def test_a_kept_session_is_used_and_never_asked_for_again(files: Files) -> None:
    sts, place = Sts(), files.place()
    first = fresh(place, sts.assume, now=sts.now)
    sts.pass_(3600 - 900 - 1)
    assert fresh(place, sts.assume, now=sts.now) == first
    assert sts.calls == 1
    assert place.file.stat().st_mode & 0o777 == 0o600
    assert place.file.parent.stat().st_mode & 0o777 == 0o700


def test_a_new_one_is_asked_for_before_the_end(files: Files) -> None:
    sts, place = Sts(), files.place()
    first = fresh(place, sts.assume, now=sts.now)
    sts.pass_(3600 - 900)
    assert fresh(place, sts.assume, now=sts.now).access_key_id != first.access_key_id
    assert sts.calls == 2


@pytest.mark.parametrize(("seconds", "left"), [(900, 225), (3600, 900), (43200, 900)])
def test_how_much_is_left_then_depends_on_how_long_it_lasts(seconds: int, left: int) -> None:
    assert window(timedelta(seconds=seconds)) == timedelta(seconds=left)


def test_while_another_renews_it_the_present_one_will_do(files: Files) -> None:
    sts, place = Sts(), files.place()
    first = fresh(place, sts.assume, now=sts.now)
    sts.pass_(3600 - 600)
    with lock(place.lock, 0) as held:
        assert held is Lock.OURS
        assert fresh(place, sts.assume, now=sts.now) == first
    assert sts.calls == 1


def test_whoever_had_to_wait_takes_what_was_renewed_meanwhile(files: Files) -> None:
    sts, place = Sts(), files.place()
    got: list[str] = []
    with lock(place.lock, 0):
        waiting = [
            threading.Thread(
                target=lambda: got.append(fresh(place, sts.assume, now=sts.now).access_key_id)
            )
            for _ in range(8)
        ]
        for one in waiting:
            one.start()
        cache.write(place, sts.assume(), sts.now())
    for one in waiting:
        one.join(30)
    assert got == ["ASIA0000000000000001"] * 8
    assert sts.calls == 1


def test_where_aws_cannot_be_asked_the_present_one_is_used_and_it_is_said(files: Files) -> None:
    sts, place = Sts(), files.place()
    words: list[str] = []
    first = fresh(place, sts.assume, now=sts.now)
    sts.down = True
    sts.pass_(3600 - 61)
    assert fresh(place, sts.assume, now=sts.now, warn=words.append) == first
    assert "could not be renewed" in words[0]
    assert "could not be reached" in words[0]
    sts.pass_(2)
    with pytest.raises(Problem, match="could not be reached"):
        fresh(place, sts.assume, now=sts.now)


def test_refresh_gets_a_new_one_or_says_why_not(files: Files) -> None:
    sts, place = Sts(), files.place()
    first = fresh(place, sts.assume, now=sts.now)
    second = fresh(place, sts.assume, now=sts.now, refresh=True)
    assert second.access_key_id != first.access_key_id
    assert fresh(place, sts.assume, now=sts.now) == second
    sts.down = True
    with pytest.raises(Problem):
        fresh(place, sts.assume, now=sts.now, refresh=True)


def test_without_a_place_each_gets_its_own(files: Files) -> None:
    sts = Sts()
    assert fresh(None, sts.assume, now=sts.now) != fresh(None, sts.assume, now=sts.now)


def test_where_nothing_can_be_kept_sessions_are_to_be_had_all_the_same(files: Files) -> None:
    (files.folder / "sessions").write_text("no folder")
    (files.folder / "locks").write_text("no folder")
    sts = Sts()
    assert fresh(files.place(), sts.assume, now=sts.now).access_key_id.startswith("ASIA")


@settings(deadline=None)
@given(
    steps=st.lists(st.integers(1, 1200), min_size=1, max_size=40),
    ahead=st.integers(-600, 600),
    down=st.sets(st.integers(0, 39)),
)
def test_nobody_is_ever_given_a_session_that_has_ended(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], ahead: int, down: set[int]
) -> None:
    """However the time passes, whichever clock is ahead, and whenever STS is away."""
    sts = Sts(seconds=900, ahead=timedelta(seconds=ahead))
    place = Files(tmp_path_factory.mktemp("kept")).place(900)
    for number, step in enumerate(steps):
        sts.pass_(step)
        sts.down = number in down
        try:
            session = fresh(place, sts.assume, now=sts.now)
        except Problem:
            assert sts.down
            continue
        assert sts.time() < sts.valid_until[session.access_key_id]
        assert session.expiration >= sts.now()


@pytest.mark.parametrize("minutes", [-10, 0, 10])
def test_six_hours_with_sessions_of_a_quarter(files: Files, minutes: int) -> None:
    """A job that asks every 20 seconds; STS's clock is as far ahead of its own."""
    sts = Sts(seconds=900, ahead=timedelta(minutes=minutes))
    place = files.place(900)
    words: list[str] = []
    begun = sts.now()
    kept = KeptSession(
        lambda: fresh(place, sts.assume, now=sts.now, warn=words.append), now=sts.now
    )
    while sts.now() - begun < timedelta(hours=6):
        session = kept.current()
        assert sts.time() < sts.valid_until[session.access_key_id]
        other = fresh(place, sts.assume, now=sts.now)
        assert sts.time() < sts.valid_until[other.access_key_id]
        sts.pass_(20)
    if minutes == 10:
        # Ours is behind: the session ends earlier by it than AWS says.
        assert any("10 minutes behind AWS's" in word for word in words)
    elif minutes == -10:
        assert any("10 minutes ahead of AWS's" in word for word in words)
    else:
        assert words == []
    # 900 seconds, renewed with 225 left; ahead by 10 minutes, with 75 of 300 used.
    assert sts.calls <= (330 if minutes == -10 else 40)


def test_a_clock_that_is_set_back_does_not_make_a_session_last(files: Files) -> None:
    sts, place = Sts(), files.place()
    first = fresh(place, sts.assume, now=sts.now)
    sts.pass_(-7200)
    sts.ahead = timedelta(hours=2)
    second = fresh(place, sts.assume, now=sts.now)
    assert second.access_key_id != first.access_key_id
    assert second.expiration <= sts.now() + timedelta(hours=1, seconds=5)


def test_a_clock_that_is_put_right_keeps_the_session(files: Files) -> None:
    """It was ten minutes ahead when the session came."""
    sts, place = Sts(ahead=timedelta(minutes=-10)), files.place()
    first = fresh(place, sts.assume, now=sts.now)
    sts.pass_(-600)
    sts.ahead = timedelta(0)
    assert fresh(place, sts.assume, now=sts.now) == first


def test_a_session_is_not_taken_to_last_longer_than_was_asked_for(files: Files) -> None:
    """An embedded AWS whose clock was moved, with a date that was not."""
    kept = cache.kept(answer(ends=START + timedelta(days=9)), START, 3600)
    assert kept.left(START) <= timedelta(hours=1, seconds=5)


def test_a_session_of_the_embedded_aws_is_not_kept_among_those_of_aws(files: Files) -> None:
    token = EMBEDDED_TOKEN_PREFIX + "AAAA"
    given_answer = answer(token=token)
    assert not cache.write(files.place(), given_answer, START)
    assert not files.place().file.exists()
    own = files.place(of_aws=False)
    assert cache.write(own, given_answer, START)
    assert cache.read(own, START, print) is not None
    assert cache.read(files.place(), START, print) is None
