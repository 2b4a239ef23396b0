"""The page on importing: its example comes out as it stands there."""

from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.docs.blocks import DOCS, blocks

FOUND = blocks("importing.md")
Output = pytest.CaptureFixture[str]


def test_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    role, told = (each.text for each in FOUND if each.kind == "text")
    (command,) = (each.text for each in FOUND if each.kind == "sh")
    (python,) = (each.text for each in FOUND if each.kind == "python")
    (imports,) = (each.text for each in FOUND if each.kind == "hcl")
    (tmp_path / "role.json").write_text(role)
    (tmp_path / "environments").symlink_to(DOCS.parent / "environments")
    monkeypatch.chdir(tmp_path)
    assert main(command.split()[1:]) == Exit.OK
    out, err = capsys.readouterr()
    assert out == python
    assert err == told
    assert (tmp_path / "imports.tf").read_text() == imports
