"""`rolecall review`: sources, outputs and exit codes."""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from rolecall.cli import review as command
from rolecall.cli.main import main
from rolecall.problems import Exit, Problem
from rolecall.review.judge import judge
from rolecall.review.model import Snapshot
from tests.review.made import pair, role, snapshot, trust, user

ALICE, BOB = user("alice"), user("bob")


def change(environment: str = "tes") -> Snapshot:
    sides = role("tes-deployer", trust(ALICE)), role("tes-deployer", trust(ALICE, BOB))
    return snapshot(pair(*sides), environment=environment)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project; a plan is read as one change of one role."""

    def read_plan(text: bytes, *, environment: str | None, source: str, **_: object) -> Snapshot:
        if not text:
            raise Problem(f"{source} is no plan.")
        return change(environment or source.removesuffix(".json"))

    monkeypatch.setattr("rolecall.review.read.read_plan", read_plan, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tes.json").write_text("{}")
    (tmp_path / "prd.json").write_text("{}")
    (tmp_path / "empty.json").write_text("")
    return tmp_path


def test_the_answer_is_on_stdout(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "--plan", "tes.json", "--plan", "live=prd.json"]) == Exit.WIDER
    out, err = capsys.readouterr()
    assert out.startswith("wider: ")
    assert "live: role tes-deployer" in out
    assert "\x1b" not in out
    assert "environments/" in err


def test_several_outputs_in_one_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--markdown", "r.md", "--html", "r.html", "--sarif", "r.sarif", "--json"]
    assert main(["review", "--plan", "tes.json", *files]) == Exit.WIDER
    out, err = capsys.readouterr()
    assert json.loads(out)["verdict"] == "wider"
    assert (project / "r.md").read_text().startswith("<!-- rolecall review -->\n")
    assert (project / "r.html").read_text().lstrip().lower().startswith("<!doctype html>")
    assert json.loads((project / "r.sarif").read_text())["version"] == "2.1.0"
    assert "r.md" in err
    assert not list(project.glob(".*"))


def test_a_plan_from_stdin(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    assert main(["review", "--plan", "tes=-", "--markdown", "-"]) == Exit.WIDER
    assert capsys.readouterr().out.startswith("<!-- rolecall review -->")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "required"),
        (["--plan", "missing.json"], "missing.json"),
        (["--plan", "empty.json"], "is empty"),
        (["--plan", "a=-", "--plan", "b=-"], "Stdin"),
        (["--plan", "tes.json", "--plan", "tes=prd.json"], "both plans"),
        (["--plan", "tes.json", "--json", "--markdown", "-"], "stdout"),
        (["--plan", "tes.json", "--json", "x", "--markdown", "x"], "same file"),
        (["--plan", "tes.json", "--json", "nowhere/x"], "folder"),
        (["--plan", "tes.json", "--reviewed", "missing.yaml"], "missing.yaml"),
        (["--plan", "tes.json", "--environments", "missing"], "missing"),
        (["--plan", "tes.json", "--revisions", "main"], "not allowed with"),
        (["--revisions", "a", "b", "c"], "two revisions"),
    ],
)
def test_wrong_input_writes_nothing(
    project: Path, arguments: Sequence[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(project.iterdir())
    try:
        code = main(["review", "--markdown=r.md", *arguments])
    except SystemExit as stopped:
        code = int(str(stopped.code))
    out, err = capsys.readouterr()
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert told in err
    assert set(project.iterdir()) == before


def test_an_error_while_writing_out_leaves_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_report: object) -> str:
        raise Problem("It cannot be made.")

    monkeypatch.setitem(command._MAKERS, "sarif", broken)
    before = set(project.iterdir())
    arguments = ["review", "--plan", "tes.json", "--markdown", "r.md", "--sarif", "r.sarif"]
    assert main(arguments) == Exit.BAD_INPUT
    assert set(project.iterdir()) == before


def test_an_acknowledged_change_passes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fingerprint = judge([change()]).changes[0].fingerprint
    entry = f"change: '{fingerprint}', role: tes-deployer, by: alice, reason: Bob joins"
    (project / "access-reviewed.yaml").write_text(f"reviewed:\n  - {{{entry}}}\n")
    assert main(["review", "--plan", "tes.json"]) == Exit.OK
    out = capsys.readouterr().out
    assert out.startswith("wider: ")
    assert "reviewed by alice: Bob joins" in out
    (project / "access-reviewed.yaml").write_text(
        f"reviewed:\n  - {{{entry}, until: 2001-01-01}}\n"
    )
    assert main(["review", "--plan", "tes.json"]) == Exit.WIDER


def test_the_gate_can_be_chosen(project: Path) -> None:
    assert main(["review", "--plan", "tes.json", "--fail-on", "critical"]) == Exit.OK
    assert main(["review", "--plan", "tes.json", "--fail-on", "never"]) == Exit.OK


def test_two_synthesized_outputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def synthesized(name: str, *users: str) -> str:
        stack = {
            "provider": {"aws": [{"region": "eu-central-1"}]},
            "resource": {
                "aws_iam_role": {
                    "deployer": {
                        "//": {"metadata": {"path": "tes/deployer", "uniqueId": "deployer"}},
                        "name": "tes-deployer",
                        "assume_role_policy": trust(*users).to_json(),
                    }
                }
            },
        }
        folder = tmp_path / name / "stacks/tes"
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(stack))
        manifest = {
            "version": "0.21.0",
            "stacks": {"tes": {"name": "tes", "synthesizedStackPath": "stacks/tes/cdk.tf.json"}},
        }
        (tmp_path / name / "manifest.json").write_text(json.dumps(manifest))
        return str(tmp_path / name)

    before, after = synthesized("before", ALICE), synthesized("after", ALICE, BOB)
    assert main(["review", "--synthesized", before, after]) == Exit.WIDER
    out = capsys.readouterr().out
    assert "tes/deployer" in out
    assert "user/bob" in out
    assert main(["review", "--synthesized", after, before]) == Exit.OK
    assert main(["review", "--synthesized", after, after]) == Exit.OK
