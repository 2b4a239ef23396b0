"""What a value of a document is called in a message."""

import pytest

from rolecall.policy.reading import kind_of


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "null"), (True, "a boolean"), (False, "a boolean"), (0, "a number"), (1.5, "a number"),
     ("", "text"), ([], "a list"), ((), "a list"), ({}, "an object"), (set(), "a set")],
)  # fmt: skip
def test_a_kind_in_words(value: object, words: str) -> None:
    assert kind_of(value) == words
