"""Variables for the later steps of a GitHub job: read back as the runner reads them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.problems import Exit, Problem
from rolecall.session.github_env import append_to_github_env, heredoc, masks

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)
NASTY = st.sampled_from(["EOF\nPATH=/evil", "<<", "A<<B\nx\nB", "a\r\nb", "=", "\n", "%0A::x::y"])


def runner_reads(text: str) -> dict[str, str]:
    """What the runner makes of the environment file (`FileCommandManager`)."""
    found: dict[str, str] = {}
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line:
            continue
        equals, document = line.find("="), line.find("<<")
        if equals >= 0 and (document < 0 or equals < document):
            name, value = line.split("=", 1)
        else:
            name, delimiter = line.split("<<", 1)
            end = lines.index(delimiter, at)
            value, at = "\n".join(lines[at:end]), end + 1
        found[name] = value
    return found


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"[A-Z]{1,6}", fullmatch=True), st.one_of(TEXT, NASTY)))
def test_the_runner_reads_back_what_was_written(variables: dict[str, str]) -> None:
    text = "".join(heredoc(name, value) for name, value in variables.items())
    assert runner_reads(text) == variables


def test_it_is_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "env"
    for before in ("", "A=1\n", "A=1"):
        path.write_text(before)
        append_to_github_env({"B": "2"}, {"GITHUB_ENV": str(path)})
        append_to_github_env({"C": "3\n"}, {"GITHUB_ENV": str(path)})
        expected = {"A": "1"} if before else {}
        assert runner_reads(path.read_text()) == {**expected, "B": "2", "C": "3\n"}


@pytest.mark.parametrize("named", [None, "", "missing", ".", "a\0b"])
def test_outside_of_a_job_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {} if named is None else {"GITHUB_ENV": named}
    with pytest.raises(Problem, match="GITHUB_ENV") as caught:
        append_to_github_env({"A": "secret-of-mine"}, environ)
    assert caught.value.exit_code in (Exit.BAD_INPUT, Exit.FAILED)
    assert "secret-of-mine" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_name_cannot_smuggle_a_variable(tmp_path: Path) -> None:
    with pytest.raises(Problem):
        heredoc("A=B\nPATH", "x")


@settings(deadline=None)
@given(TEXT)
def test_masks_are_one_line_each_and_cover_every_line_of_the_secret(value: str) -> None:
    lines = masks([value]).split("\n") if value.strip() else []
    unescaped = [
        line.removeprefix("::add-mask::")
        .replace("%0A", "\n")
        .replace("%0D", "\r")
        .replace("%25", "%")
        for line in lines
    ]
    for part in (value, *value.splitlines()):
        assert not part.strip() or part in unescaped
    assert all(line.startswith("::add-mask::") for line in lines)


def test_nothing_is_no_secret() -> None:
    assert masks(["", " ", "a"]) == "::add-mask::a"
