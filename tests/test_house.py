"""Rules of the house that no linter knows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_constructs_stays_the_library_of_that_name() -> None:
    assert not (ROOT / "constructs/__init__.py").exists()
    script = "import importlib.util as u; print(u.find_spec('constructs').origin)"
    origin = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "site-packages" in origin.stdout


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/dependencies.md").read_text().lower()
    pipfile = (ROOT / "Pipfile").read_text().lower()
    names = [
        line.split("=")[0].strip()
        for line in pipfile.splitlines()
        if " = " in line
        and not line.startswith("#")
        and not line.startswith(("url", "verify_ssl", "name", "python_version"))
    ]
    assert len(names) > 10
    assert [name for name in names if name != "rolecall" and name not in reasons] == []


def test_no_file_holds_a_path_of_the_machine_it_was_written_on() -> None:
    lock_files = [ROOT / "Pipfile.lock", ROOT / "package-lock.json"]
    texts = {path: path.read_text(errors="replace") for path in tracked_files() if path.is_file()}
    here = str(ROOT)
    assert [str(path) for path, text in texts.items() if here in text] == []
    assert [str(path) for path in lock_files if "file:///" in texts[path]] == []


@pytest.mark.xdist_group("guard")
def test_groups_of_tests_stay_on_one_worker(request: pytest.FixtureRequest) -> None:
    """A group that falls apart deploys the same stacks twice at once, and says nothing."""
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        return  # one process is one worker
    assert request.node.nodeid.endswith("@guard")
