"""What the page is made of: lines of two policies, text with nothing hidden in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.review.html.difference import lines_between
from rolecall.review.html.text import one_line, shortened, visible


@given(st.text(), st.text())
def test_both_policies_can_be_read_off_the_lines(before: str, after: str) -> None:
    lines = lines_between(before, after)
    old = [each.head + each.mark + each.tail for each in lines if each.state != "added"]
    new = [each.head + each.mark + each.tail for each in lines if each.state != "removed"]
    assert old == visible(before).splitlines()
    assert new == visible(after).splitlines()


def test_a_changed_line_marks_what_is_different() -> None:
    removed, added = lines_between('  "sub": "repo:acme/*"', '  "sub": "repo:acme*"')
    assert (removed.state, removed.mark) == ("removed", "/")
    assert (added.state, added.mark, added.tail) == ("added", "", '*"')


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    shown = one_line(text)
    assert one_line(shown) == shown
    assert shown == "" or all(letter == " " or not letter.isspace() for letter in shown)


@pytest.mark.parametrize(
    "letter", "\u200b\u200d\u202e\u2066\u00a0\u00ad\u2028\ufeff\u3164\ufe0f\x00\x1b"
)
def test_what_shows_nothing_is_written_out(letter: str) -> None:
    assert visible(f"a{letter}b") == f"a\\u{ord(letter):04x}b"


@given(st.text(max_size=80), st.integers(10, 60))
def test_a_short_label_keeps_both_ends(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= max(limit, 0)
    assert short[:3] == text[:3]
    assert short[-3:] == text[-3:]
