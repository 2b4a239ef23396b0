"""Where outputs go: nothing that is no plain file of the user is ever replaced."""

import os
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.files import write_output
from tests.review import planned


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tes.json").write_bytes(
        planned.plan(planned.kept("aws_iam_role.r", planned.role()))
    )
    return tmp_path


def test_a_pipe_or_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR)
    try:
        write_output(pipe, b"all of it")
        assert os.read(descriptor, 20) == b"all of it"
    finally:
        os.close(descriptor)
    assert pipe.is_fifo()


def test_a_link_is_not_followed(project: Path) -> None:
    (project / "mine").write_text("mine")
    (project / "link.md").symlink_to("mine")
    assert main(["review", "--plan", "tes=tes.json", "--markdown", "link.md"]) == 0
    assert (project / "mine").read_text() == "mine"
    assert (project / "link.md").read_text() != "mine"


def test_a_pipe_behind_a_link_is_written_to(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("pipe")
    # Open for both, so that nobody waits for anybody.
    descriptor = os.open(pipe, os.O_RDWR)
    try:
        write_output(link, b"all")
        assert os.read(descriptor, 10) == b"all"
    finally:
        os.close(descriptor)
    assert link.is_symlink()


@pytest.mark.parametrize("output", ["tes.json", "access-reviewed.yaml", "again.json"])
def test_what_is_read_is_not_written_over(
    project: Path, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "again.json").symlink_to("tes.json")
    before = (project / "tes.json").read_bytes()
    assert main(["review", "--plan", "tes=tes.json", "--json", output]) == 2
    assert "is read by this review" in capsys.readouterr().err
    assert (project / "tes.json").read_bytes() == before


def test_a_list_of_reviewed_changes_that_leads_nowhere_is_an_error(project: Path) -> None:
    (project / "access-reviewed.yaml").symlink_to("nowhere.yaml")
    assert main(["review", "--plan", "tes=tes.json"]) == 2


def test_two_plans_of_one_environment_are_told_apart_by_more_than_their_files_name(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "--plan", "tes=tes.json", "--plan", "tes=./tes.json"]) == 2
    assert "both plans of" in capsys.readouterr().err


def test_an_empty_plan_is_called_empty(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "tes.json").write_text("\n")
    assert main(["review", "--plan", "tes=tes.json"]) == 2
    assert "tes.json is empty" in capsys.readouterr().err


def test_constructs_are_for_plans(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "--synthesized", "a", "b", "--constructs", "c"]) == 2
    assert "--constructs is for plans" in capsys.readouterr().err
