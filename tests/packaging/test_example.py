"""examples/payments, as its own team has it: the wheel, its extras, and none of our folders."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.example import copy_of_example
from tests.packaging.environments import ROOT, Environment


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy outside the repository, which knows where this machine's provider comes from."""
    return copy_of_example(tmp_path)


@pytest.mark.terraform
def test_the_example_tests_itself_with_the_wheel(
    installed: Callable[..., Environment], project: Path, provider: dict[str, str]
) -> None:
    environment = installed("cdktf", "local", "testing")
    done = environment.run(
        *("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"),
        cwd=project,
        **provider,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 passed" in done.stdout
    where = environment.run(
        "python", "-c", "import rolecall; print(rolecall.__file__)", cwd=project
    )
    assert not Path(where.stdout.strip()).is_relative_to(ROOT)


def test_the_example_asks_for_what_its_tests_need(project: Path) -> None:
    """The extras that the test above installs are those of the Pipfile."""
    pipfile = (project / "Pipfile").read_text(encoding="utf-8")
    assert 'extras = ["cdktf", "local", "testing"]' in pipfile
    assert json.loads((project / "cdktf.json").read_text(encoding="utf-8"))["app"]
