"""`make review`: the pipeline's review on one's own machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.problems import Exit
from tests.ci.project import ROOT, WIDE, Repository
from tests.ci.workflow_runner import scrubbed

pytestmark = pytest.mark.xdist_group("make-review")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project whose working tree lets more in than main does."""
    made = Repository.new(tmp_path_factory.mktemp("review") / "project")
    for tool in (".venv", "node_modules"):
        (made.folder / tool).symlink_to(ROOT / tool)
    made.trust(WIDE)
    return made


def review(repository: Repository, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, ROOT / "scripts/review.py", "--project", repository.folder, *options],
        env=scrubbed(os.environ),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
    )


def test_quick_compares_what_is_synthesized(repository: Repository) -> None:
    done = review(repository, "--quick")
    assert done.returncode == Exit.WIDER, done.stderr
    assert "tes-app" in done.stdout
    written = repository.folder / ".rolecall/review"
    assert "tes-app" in (written / "review.md").read_text()
    assert (written / "review.html").is_file()


@pytest.mark.terraform
def test_with_plans_against_what_the_base_deploys(repository: Repository, tmp_path: Path) -> None:
    done = review(repository)
    assert done.returncode == Exit.WIDER, done.stderr
    assert "deployed tes as it was" in done.stderr
    assert "tes-app" in done.stdout
    # Nothing is left behind: no worktree, no embedded AWS of the project, no plan.
    assert repository.git("worktree", "list").count("\n") == 0
    assert not list(repository.folder.rglob("*.tfstate"))
    assert {path.name for path in (repository.folder / ".rolecall").iterdir()} == {"review"}


def test_a_revision_that_git_does_not_know(repository: Repository) -> None:
    done = review(repository, "--base", "v0.0")
    assert done.returncode == Exit.BAD_INPUT
    assert "BASE=" in done.stderr


def test_the_makefile_hands_the_revision_over() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "review", "BASE=v1.4", "QUICK=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "scripts/review.py --base 'v1.4' --quick" in done.stdout
