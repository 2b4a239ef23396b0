"""Every YAML example of docs/environments.md does what the page says."""

from itertools import pairwise

import pytest

from rolecall.cli.main import main
from rolecall.environment import EnvironmentProblem, S3State, parse_environment
from rolecall.problems import Exit
from tests.docs.blocks import DOCS, Block, blocks

FOUND = blocks("environments.md")
COMPLETE = FOUND[0]
REFUSED = [
    (facts, words)
    for facts, words in pairwise(FOUND)
    if (facts.kind, words.kind) == ("yaml", "text")
]


def test_the_complete_example_is_read() -> None:
    environment = parse_environment("tes", COMPLETE.text)
    assert environment.account_id == "111111111111"
    assert environment.own_accounts == {"111111111111", "222222222222", "999999999999"}
    assert isinstance(environment.state, S3State)


def test_every_key_is_in_the_example_and_in_the_table() -> None:
    with pytest.raises(EnvironmentProblem) as refusal:
        parse_environment("tes", "unknown: key\n")
    known = str(refusal.value).rpartition("Known keys: ")[2].rstrip(".").split(", ")
    assert "account_id" in known
    page = (DOCS / "environments.md").read_text(encoding="utf-8")
    assert [key for key in known if f"| `{key}` |" not in page] == []
    left_out = {"partition"}  # it follows from the region
    assert [key for key in known if f"\n{key}:" not in COMPLETE.text and key not in left_out] == []


@pytest.mark.parametrize(("facts", "words"), REFUSED, ids=[str(facts) for facts, _ in REFUSED])
def test_a_refusal_is_worded_as_shown(facts: Block, words: Block) -> None:
    with pytest.raises(EnvironmentProblem) as refusal:
        parse_environment("tes", facts.text)
    assert str(refusal.value) == words.text.strip()


def test_a_name_that_is_nearly_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shown,) = (block.text for block in FOUND if block.kind == "console")
    command, told = shown.removeprefix("$ rolecall ").split("\n", 1)
    monkeypatch.chdir(DOCS.parent)
    assert main(command.split()) == Exit.BAD_INPUT
    assert capsys.readouterr().err == told


def test_most_of_the_page_is_about_refusals() -> None:
    assert len(REFUSED) >= 15
