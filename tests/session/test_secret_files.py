"""Reading a secret from a file or a pipe: what is said where that cannot be, and what never is."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from rolecall.problems import Problem
from rolecall.session.secret_files import file_in_words, read_secret, read_secret_from_stdin


def read(path: Path) -> bytes:
    return read_secret(path, "--web-identity-token-file", "a token", 20)


def test_why_a_file_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="No such file or directory"):
        read(tmp_path / "missing")
    with pytest.raises(Problem, match="Is a directory"):
        read(tmp_path)
    with pytest.raises(Problem, match="that is no file's name"):
        read(Path("a\0b"))


def test_no_more_is_read_than_shows_that_it_is_too_much(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 100)
    assert read(tmp_path / "long") == b"x" * 21


@pytest.mark.parametrize("content", [b"", b" \n"])
def test_nothing_is_no_secret(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nothing").write_bytes(content)
    with pytest.raises(Problem, match=r"nothing.? is empty: it must hold a token"):
        read(tmp_path / "nothing")


class Closed(io.RawIOBase):
    """A pipe that breaks."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("stdin", "rule"),
    [
        (None, "from a pipe, not from a terminal"),
        (io.TextIOWrapper(Closed()), "stdin cannot be read"),  # type: ignore[type-var]
        (io.StringIO("text without bytes"), "stdin cannot be read"),
        (io.TextIOWrapper(io.BytesIO(b" \n")), "stdin is empty; it must bring a response"),
    ],
    ids=["none", "broken", "no bytes", "empty"],
)
def test_a_stdin_that_brings_nothing_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, stdin: Any, rule: str
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(Problem, match=rule):
        read_secret_from_stdin("--saml-assertion -", "a response", 20)


@pytest.mark.parametrize(
    "secret", ["eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", "PD94bWwgdmVyc2lvbj0iMS4wIj8+PHNhbWxwOlJlc3A="]
)
def test_a_secret_in_the_place_of_a_name_is_not_repeated(secret: str) -> None:
    assert file_in_words(Path(secret)) == (
        "(which looks like the secret itself; write the name of a file that holds it)"
    )


@pytest.mark.parametrize("name", ["eyJ.token", "PAssertion.xml", "token.of.the.job"])
def test_a_name_that_is_none_is_told(name: str) -> None:
    assert name in file_in_words(Path(name))
