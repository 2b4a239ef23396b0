"""The page on who-can: its examples come out as it says."""

import json
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.policy import PolicyDocument
from rolecall.problems import Exit
from tests.docs.blocks import DOCS, blocks

PAGE = "who-can.md"
PROJECT = DOCS.parent
FOUND = blocks(PAGE)
TOLD = [block.text for block in FOUND if block.kind == "text"]
Output = pytest.CaptureFixture[str]


def test_the_projects_own_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    for name in ("environments", "stacks"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    shutil.copy(PROJECT / "main.py", tmp_path)
    settings = {"app": f"{shlex.quote(sys.executable)} main.py"}
    (tmp_path / "cdktf.json").write_text(json.dumps(settings))
    monkeypatch.chdir(tmp_path)
    (command,) = (block.text for block in FOUND if block.kind == "sh")
    assert main(command.split()[1:]) == Exit.OK
    assert capsys.readouterr().out == TOLD[0]


def test_the_policy_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (policy,) = (block.text for block in FOUND if block.kind == "json")
    (tmp_path / "trust.json").write_text(policy)
    shutil.copytree(PROJECT / "environments", tmp_path / "environments")
    monkeypatch.chdir(tmp_path)
    words = ["who-can", "--policy", "trust.json", "--account", "111111111111"]
    assert main(words) == Exit.OK
    assert capsys.readouterr().out == TOLD[1]
    assert main([*words, "--json"]) == Exit.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["sentences"] == TOLD[1].splitlines()
    assert len(answer["entities"]) == 4
    PolicyDocument.parse(policy)
