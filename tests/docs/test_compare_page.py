"""The page on comparing: its example comes out as it says, its table is the command's."""

import re
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Outcome, compare
from rolecall.problems import Exit
from tests.docs.blocks import DOCS, blocks

PAGE = "compare.md"


def test_the_example_has_its_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = blocks(PAGE)
    old, new = (block.text for block in found if block.kind == "json")
    (told,) = (block.text for block in found if block.kind == "text")
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(old)
    after.write_text(new)
    assert main(["compare", str(before), str(after), "--account", "111122223333"]) == Exit.WIDER
    assert capsys.readouterr().out == told


def test_every_answer_and_its_exit_code_are_in_the_table() -> None:
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z]+)` \|.*\| ([0-9]) \|$", text, re.MULTILINE))
    assert set(rows) == {outcome.value for outcome in Outcome}
    assert {rows["same"], rows["narrower"]} == {"0"}
    assert {rows["wider"], rows["both"]} == {str(int(Exit.WIDER))}
    assert rows["undecided"] == str(int(Exit.UNDECIDED))


def test_what_it_says_of_the_own_account() -> None:
    def policy(*names: str) -> PolicyDocument:
        return PolicyDocument.parse(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": list(names)},
                    "Action": "sts:AssumeRole",
                },
            }
        )

    account, alice = "111122223333", "arn:aws:iam::111122223333:user/alice"
    assert alice in (DOCS / PAGE).read_text(encoding="utf-8")
    change = policy(account), policy(account, alice)
    assert compare(*change, account=account, tokens=TOKEN_KEYS).verdict is Outcome.WIDER
    assert compare(*change, account="444455556666", tokens=TOKEN_KEYS).verdict is Outcome.SAME
