"""Wildcard patterns against a matcher that nobody can misread."""

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from rolecall.policy.glob import glob
from rolecall.policy.template import Token, Wild, parse_template

tokens = st.lists(
    st.sampled_from(["a", "b", ":", "ab", "\n", Wild.ANY, Wild.ONE, Wild.WITHIN_SEGMENT]),
    max_size=8,
).map(tuple)
texts = st.text(alphabet="ab:\n", max_size=10)


def naive(pattern: tuple[Token, ...], text: str) -> bool:
    """The definition, one character at a time."""
    if not pattern:
        return not text
    first, rest = pattern[0], pattern[1:]
    if isinstance(first, str):
        return text.startswith(first) and naive(rest, text[len(first) :])
    if first is Wild.ONE:
        return bool(text) and naive(rest, text[1:])
    if naive(rest, text):
        return True
    stops = first is Wild.WITHIN_SEGMENT and text.startswith(":")
    return bool(text) and not stops and naive(pattern, text[1:])


@given(tokens, texts)
@example((Wild.ANY, "ab", Wild.ANY, "b"), "abab")
@example(("a", Wild.ANY, "a"), "a")
@example((), "")
def test_a_compiled_pattern_is_the_definition(pattern: tuple[Token, ...], text: str) -> None:
    assert glob(pattern)(text) is naive(pattern, text)


def test_every_short_pattern_is_the_definition() -> None:
    """All patterns of up to three pieces against all short texts: nothing left to chance."""
    pieces: tuple[Token, ...] = ("a", ":", "ab", Wild.ANY, Wild.ONE, Wild.WITHIN_SEGMENT)
    short = ["".join(letters) for n in range(5) for letters in itertools.product("ab:", repeat=n)]
    for size in range(4):
        for pattern in itertools.product(pieces, repeat=size):
            matches = glob(pattern)
            assert [t for t in short if matches(t)] == [t for t in short if naive(pattern, t)]


def test_a_pattern_made_to_explode_does_not() -> None:
    # A matcher that goes back to try again would not come to an end in years.
    pattern = (*(Wild.ANY, "a") * 200, "b")
    assert not glob(pattern)("a" * 2000)
    assert not glob((*pattern, Wild.WITHIN_SEGMENT, "c"))("a" * 2000)


@given(st.text(alphabet="a${}*?:, '", max_size=12))
def test_version_2008_reads_every_text_as_itself(text: str) -> None:
    parts = parse_template(text, "here", variables=False, wildcards=False)
    assert "".join(part for part in parts if isinstance(part, str)) == text
