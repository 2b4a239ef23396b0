"""docs/commands.md is what the parsers say, and every exit code is explained."""

import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.cli.main import COMMANDS, parser_of
from rolecall.problems import Exit
from tests.docs.blocks import DOCS

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/command_reference.py"


def test_the_page_and_the_tree_for_completions_are_up_to_date() -> None:
    outcome = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize("code", Exit)
def test_every_exit_code_is_explained(code: Exit) -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert f"| {code.value} | `{code.name}` | " in page


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_says_its_exit_codes(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser_of([command]).parse_args([command, "--help"])
    assert "exit codes: " in capsys.readouterr().out
