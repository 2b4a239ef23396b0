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
