"""`rolecall lint`: one line a finding, exit codes, JSON, suppressions."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rolecall.cli import lint as command
from rolecall.cli.main import main
from rolecall.problems import Exit


def policy(account: str, **condition: Any) -> str:
    statement: dict[str, Any] = {
        "Sid": "Vendor",
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": "sts:AssumeRole",
    }
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "today", lambda: date(2026, 6, 1))
    Path("environments").mkdir()
    for name, number in (("tes", "111111111111"), ("prd", "333333333333")):
        Path(f"environments/{name}.yaml").write_text(
            f'account_id: "{number}"\nregion: eu-central-1\nidentity_account_id: "999999999999"\n'
        )
    Path("good.json").write_text(policy("999999999999"))
    Path("vendor.json").write_text(policy("444455556666"))
    Path("tes.json").write_text(policy("111111111111"))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def test_nothing_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "good.json", "--environment", "prd"]) == Exit.OK
    assert told(capsys) == ["good.json: no findings", "0 findings"]


def test_findings_of_several_files(capsys: pytest.CaptureFixture[str]) -> None:
    files = ["good.json", "vendor.json", "tes.json"]
    assert main(["lint", *files, "--environment", "prd"]) == Exit.FAILED
    lines = told(capsys)
    assert lines[0] == "good.json: no findings"
    assert lines[1].startswith("vendor.json: RC012 high: Statement Vendor: ")
    assert lines[2].startswith("tes.json: RC017 high: Statement Vendor: the role of prd trusts ")
    assert lines[3] == "2 findings (2 high)"


def test_the_gate(capsys: pytest.CaptureFixture[str]) -> None:
    alone = ["lint", "vendor.json", "--account", "333333333333"]
    assert main(alone) == Exit.FAILED
    assert main([*alone, "--fail-on", "high"]) == Exit.OK
    assert main(["lint", "vendor.json"]) == Exit.OK, "whose account it is, is not known"
    assert main(["lint", "vendor.json", "--fail-on", "low"]) == Exit.FAILED


def test_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Stdin:
        buffer = io.BytesIO(policy("444455556666").encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    assert main(["lint", "-", "--account", "333333333333"]) == Exit.FAILED
    assert told(capsys)[0].startswith("-: RC012 medium: ")


def test_suppressed_findings_stay_in_sight(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lint.yaml").write_text(
        "suppressions:\n"
        "  - {rule: RC012, role: vendor, reason: ticket 42}\n"
        "  - {rule: RC001, reason: nobody knows}\n"
        "  - {rule: RC012, role: tes, reason: old, until: 2026-01-01}\n"
    )
    options = ["--environment", "prd", "--suppressions", "lint.yaml"]
    assert main(["lint", "vendor.json", *options]) == Exit.OK
    lines = told(capsys)
    assert lines[0].startswith("vendor.json: RC012 high (suppressed: ticket 42): Statement Vendor")
    assert "RC001 matches no finding" in lines[1]
    assert "expired on 2026-01-01" in lines[2]
    assert lines[3] == "0 findings, 1 suppressed"
    renamed = ["lint", "vendor.json", *options, "--role", "backup"]
    assert main(renamed) == Exit.FAILED, "a suppression is of one role"


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "vendor.json", "--environment", "prd", "--json"]) == Exit.FAILED
    answer = json.loads(capsys.readouterr().out)
    assert answer["failed"] is True
    assert answer["failOn"] == "medium"
    assert answer["idleSuppressions"] == []
    ((file,),) = (answer["files"],)
    (finding,) = file["findings"]
    assert finding["text"].startswith("Statement Vendor: ")
    assert {name: finding[name] for name in finding if name != "text"} == {
        "rule": "RC012",
        "title": "a third party needs no external ID",
        "severity": "high",
        "statement": 0,
        "sid": "Vendor",
        "page": "docs/rules/RC012.md",
        "suppressed": None,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.json"], "missing.json cannot be read"),
        (["broken.json"], "broken.json: policy: it is not valid JSON"),
        (["latin.json"], "is not UTF-8"),
        (["good.json", "--account", "12"], "twelve digits"),
        (["good.json", "--size-limit", "9999"], "from 1 to 4096"),
        (["good.json", "--environment", "prod"], 'no environment "prod"'),
        (["good.json", "--suppressions", "no-reason.yaml"], "gives no reason"),
        (["good.json", "--suppressions", "missing.yaml"], "missing.yaml cannot be read"),
    ],
)
def test_wrong_input_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.json").write_text("{")
    Path("latin.json").write_bytes(b"\xff")
    Path("no-reason.yaml").write_text("suppressions: [{rule: RC012}]")
    assert main(["lint", *arguments]) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
