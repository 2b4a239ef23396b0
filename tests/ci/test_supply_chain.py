"""What is installed is pinned by digest, and the audit tells what it found and did not ask."""

import json
import os
import re
from pathlib import Path

import pytest

from scripts.hardening import supply_chain
from scripts.hardening.supply_chain import Audited
from tests.ci.project import ROOT

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def test_every_python_package_is_locked_by_digest() -> None:
    lock = json.loads((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
    packages = {**lock["default"], **lock["develop"]}
    assert len(packages) > 100
    for name, facts in packages.items():
        if facts.get("editable"):
            assert facts["path"] == "."
            continue
        assert facts["version"].startswith("=="), name
        assert facts["hashes"], name
        assert all(DIGEST.fullmatch(each) for each in facts["hashes"]), name


def test_every_node_package_is_locked_by_digest() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    del lock["packages"][""]
    assert len(lock["packages"]) > 100
    for name, facts in lock["packages"].items():
        # What comes inside of another package has that package's digest.
        assert facts.get("integrity", "").startswith("sha512-") or facts.get("inBundle"), name


@pytest.mark.parametrize("path", sorted((ROOT / "scripts").rglob("*requirements.txt")), ids=str)
def test_every_tool_of_its_own_is_pinned_by_digest(path: Path) -> None:
    whole = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in whole.splitlines() if line.strip() and not line.startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[\w.\-\[\]]+==\S+\s", line), line
        assert DIGEST.search(line), line


def test_pins_of_a_lock_file_leave_out_the_project_itself() -> None:
    digest = "sha256:" + "0" * 64
    packages = {
        "rolecall": {"editable": True, "path": "."},
        "b": {"version": "==2", "hashes": [digest, digest]},
        "a": {"version": "==1", "hashes": [digest]},
    }
    assert supply_chain.requirements(packages) == (
        f"a==1 --hash={digest}\nb==2 --hash={digest} --hash={digest}\n"
    )


def npm(folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, complaint: str = "") -> None:
    """An npm that answers so."""
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\ncat <<'X'\n{answer}\nX\necho '{complaint}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_finding_of_npm_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    via = [{"title": "Lets anybody in", "url": "https://advisories.example/1"}, "another-package"]
    answer = {"vulnerabilities": {"left-pad": {"via": via}, "top": {"via": ["left-pad"]}}}
    npm(tmp_path, monkeypatch, json.dumps(answer))
    found = supply_chain.audit_node()
    assert found.known == ["left-pad: Lets anybody in (https://advisories.example/1)"]
    assert not found.unasked


def test_an_answer_that_is_none_is_no_finding_and_not_all_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm(tmp_path, monkeypatch, '{"error": {}}', "npm error audit endpoint returned an Error | x")
    found = supply_chain.audit_node()
    assert found.known == []
    assert found.unasked == "npm error audit endpoint returned an Error / x"


@pytest.mark.parametrize(
    ("results", "strict", "code"),
    [
        ([Audited("a", 1)], True, 0),
        ([Audited("a", 1, ["a 1: X"])], True, 1),
        ([Audited("a", 1, ["a 1: X"])], False, 0),
        ([Audited("a", 1, unasked="no answer")], True, 4),
        ([Audited("a", 1, unasked="no answer"), Audited("b", 1, ["b 1: X"])], True, 1),
    ],
)
def test_a_report_by_itself_and_a_gate_when_asked(
    results: list[Audited],
    strict: bool,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(supply_chain, "audit_python", lambda: iter(results[1:]))
    monkeypatch.setattr(supply_chain, "audit_node", lambda: results[0])
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert supply_chain.main(["audit", *(["--strict"] if strict else [])]) == code
    printed = capsys.readouterr().out.strip()
    assert printed in (tmp_path / "summary.md").read_text()
    for each in results:
        assert all(one in printed for one in each.known)
        assert each.unasked in printed
