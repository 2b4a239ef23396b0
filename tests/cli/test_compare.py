"""`rolecall compare`: the answer in the first line, a request that shows it, exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit

ACCOUNT = "111122223333"


def write(path: Path, **condition: Any) -> str:
    statement: dict[str, Any] = {
        "Sid": "Partner",
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": "sts:AssumeRole",
    }
    if condition:
        statement["Condition"] = condition
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return str(path)


@pytest.fixture
def strict(tmp_path: Path) -> str:
    return write(tmp_path / "strict.json", StringEquals={"sts:ExternalId": "tes-4f1c"})


@pytest.fixture
def loose(tmp_path: Path) -> str:
    return write(tmp_path / "loose.json", StringEqualsIfExists={"sts:ExternalId": "tes-4f1c"})


def test_wider_fails_the_gate_and_shows_who(
    strict: str, loose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", strict, loose, "--account", ACCOUNT]) == Exit.WIDER
    out, err = capsys.readouterr()
    assert out.startswith("wider\n")
    assert "account 444455556666" in out
    assert "the request has no sts:ExternalId" in out
    assert "SCP" in out
    assert err == ""


def test_narrower_and_same_pass(
    strict: str, loose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", loose, strict]) == Exit.OK
    assert capsys.readouterr().out.startswith("narrower\n")
    assert main(["compare", strict, strict]) == Exit.OK
    assert capsys.readouterr().out.startswith("same\n")


def test_what_is_not_known_yet_is_undecided(
    tmp_path: Path, strict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    later = write(tmp_path / "later.json", StringEquals={"sts:ExternalId": "${random_id.one.hex}"})
    assert main(["compare", strict, later]) == Exit.UNDECIDED
    out = capsys.readouterr().out
    assert out.startswith("undecided\n")
    assert "${random_id.one.hex}" in out


def test_as_json(strict: str, loose: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", strict, loose, "--account", ACCOUNT, "--json"]) == Exit.WIDER
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "wider"
    (gain,) = answer["gains"]
    assert gain["sid"] == "Partner"
    assert gain["request"]["action"] == "sts:AssumeRole"
    assert gain["request"]["context"]["aws:PrincipalAccount"] == "444455556666"
    assert answer["losses"] == []
    assert answer["assumptions"]


def test_wrong_input_is_told_with_its_file(
    tmp_path: Path, strict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"Version": "2012-10-17", "Statement": []}')
    for arguments, told in (
        ([strict, str(broken)], "broken.json"),
        ([strict, str(tmp_path / "missing.json")], "missing.json"),
        ([strict, strict, "--account", "12"], "twelve digits"),
    ):
        assert main(["compare", *arguments]) == Exit.BAD_INPUT
        out, err = capsys.readouterr()
        assert out == ""
        assert told in err
