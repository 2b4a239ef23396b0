"""The answer on a terminal."""

from collections.abc import Callable

from rolecall.review.report import Report
from rolecall.review.text import to_text


def test_the_verdict_comes_first(ordinary: Report) -> None:
    lines = to_text(ordinary).splitlines()
    assert lines[0].startswith("both: ")
    assert any("acme-evil" in line for line in lines)
    assert any("Gate (fails on wider): failed" in line for line in lines)


def test_nothing_in_it_obeys_a_stranger(hostile: str, named: Callable[[str], Report]) -> None:
    told = to_text(named(hostile))
    assert all(c.isprintable() or c == "\n" for c in told)


def test_colours_only_where_asked(ordinary: Report) -> None:
    assert "\x1b" not in to_text(ordinary)
    assert "\x1b[1;31m" in to_text(ordinary, color=True)
