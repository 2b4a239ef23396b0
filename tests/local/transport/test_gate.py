"""Many calls at once, or one look at everything: never both."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from rolecall.local.gate import Gate

Enter = Callable[[Gate], AbstractContextManager[None]]


@contextmanager
def outside(gate: Gate) -> Iterator[None]:
    with gate.shared(), gate.aside():
        yield


@contextmanager
def waiting(gate: Gate, enter: Enter) -> Iterator[threading.Event]:
    """Somebody in another thread who wants to enter; told when he is in."""
    inside, begun = threading.Event(), threading.Event()

    def run() -> None:
        begun.set()
        with enter(gate):
            inside.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert begun.wait(20)
    yield inside
    assert inside.wait(20), "whoever waits gets in at last"
    thread.join(20)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (Gate.exclusive, Gate.shared),
        (Gate.exclusive, Gate.exclusive),
        (Gate.shared, Gate.exclusive),
    ],
)
def test_who_does_not_go_together_waits(here: Enter, there: Enter) -> None:
    gate = Gate()
    stack = here(gate)
    stack.__enter__()
    with waiting(gate, there) as inside:
        assert not inside.wait(0.05)
        stack.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("here", "there"),
    [(Gate.shared, Gate.shared), (outside, Gate.exclusive), (outside, Gate.shared)],
)
def test_who_goes_together_does_not_wait(here: Enter, there: Enter) -> None:
    gate = Gate()
    with here(gate), waiting(gate, there) as inside:
        assert inside.wait(20)


def test_who_stepped_aside_comes_back_only_when_the_look_is_over() -> None:
    gate, looking, back = Gate(), threading.Event(), threading.Event()

    def call() -> None:
        with gate.shared():
            with gate.aside():
                assert looking.wait(20)
            back.set()

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    with gate.exclusive():
        looking.set()
        assert not back.wait(0.05)
    assert back.wait(20)
    thread.join(20)


def test_a_look_waits_for_the_last_of_many() -> None:
    gate = Gate()
    first, second = gate.shared(), gate.shared()
    first.__enter__()
    second.__enter__()
    with waiting(gate, Gate.exclusive) as inside:
        first.__exit__(None, None, None)
        assert not inside.wait(0.05)
        second.__exit__(None, None, None)


def test_who_steps_out_twice_lets_nobody_look_at_another_one() -> None:
    gate = Gate()
    other = gate.shared()
    other.__enter__()
    with waiting(gate, outside_twice) as inside:
        assert inside.wait(20)
    with waiting(gate, Gate.exclusive) as inside:
        assert not inside.wait(0.05)
        other.__exit__(None, None, None)


@contextmanager
def outside_twice(gate: Gate) -> Iterator[None]:
    with gate.shared(), gate.aside(), gate.aside():
        yield


def test_who_was_never_inside_steps_out_of_nothing() -> None:
    gate = Gate()
    for enter in (Gate.shared, outside, outside_twice, Gate.exclusive):
        with enter(gate):
            pass
        with gate.aside():
            pass
    inside = gate.shared()
    inside.__enter__()
    with waiting(gate, Gate.aside) as passed:
        assert passed.wait(20)
    with waiting(gate, Gate.exclusive) as looking:
        assert not looking.wait(0.05)
        inside.__exit__(None, None, None)


@pytest.mark.parametrize("enter", [Gate.shared, Gate.aside, Gate.exclusive, outside, outside_twice])
def test_a_fault_inside_leaves_the_gate_as_it_was(enter: Enter) -> None:
    gate = Gate()
    with pytest.raises(KeyError), enter(gate):
        raise KeyError
    for after in (Gate.exclusive, Gate.shared, Gate.exclusive):
        with waiting(gate, after) as inside:
            assert inside.wait(20)


def test_who_came_back_may_step_out_again() -> None:
    gate = Gate()
    with gate.shared():
        for _ in range(2):
            with gate.aside(), waiting(gate, Gate.exclusive) as looking:
                assert looking.wait(20)


@pytest.mark.parametrize("enter", [Gate.shared, outside])
def test_who_has_left_is_outside(enter: Enter) -> None:
    gate = Gate()
    with gate.aside(), waiting(gate, Gate.exclusive) as looking:
        assert looking.wait(20)
    with enter(gate):
        pass
    with gate.aside(), waiting(gate, Gate.exclusive) as looking:
        assert looking.wait(20)
