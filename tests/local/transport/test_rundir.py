"""Where run files are, and how they are written."""

import stat
from pathlib import Path

import pytest

from rolecall.files import private_folder, write_private
from rolecall.local.rundir import RunDir, private_directory, read_json
from rolecall.problems import Problem


def test_a_tilde_is_the_home_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert RunDir.find(tmp_path, {"ROLECALL_HOME": "~/x"}).local == tmp_path / "x" / "local"


def test_the_variable_comes_first(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    found = RunDir.find(tmp_path, {"ROLECALL_HOME": str(tmp_path / "home")})
    assert found.local == tmp_path / "home" / "local"


def test_then_the_project_around(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert RunDir.find(deep, {}).local == tmp_path / ".rolecall" / "local"
    assert not (tmp_path / ".rolecall").exists()


def test_then_here(tmp_path: Path) -> None:
    assert RunDir.find(tmp_path, {"ROLECALL_HOME": ""}).local == tmp_path / ".rolecall" / "local"


def test_a_directory_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run"
    private_directory(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    path.chmod(0o720)
    with pytest.raises(Problem, match="chmod go-w"):
        private_directory(path)


def test_a_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("x")
    with pytest.raises(Problem, match="cannot be used"):
        private_directory(tmp_path / "run")


def test_writing_replaces_in_one_step_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    for durable in (False, True):
        write_private(path, b"new", durable=durable)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError):
        write_private(tmp_path / "file", b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "\x00"])
def test_what_is_no_object_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "f").write_text(text)
    assert read_json(tmp_path / "f") is None
    assert read_json(tmp_path / "missing") is None


def test_a_private_folder_is_private_all_the_way_up(tmp_path: Path) -> None:
    """The store of kept sessions was made 0755 on a fresh home, and the doctor complained."""
    private_folder(tmp_path / "a/b/c")
    private_folder(tmp_path / "a/b/c")
    for folder in ("a", "a/b", "a/b/c"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
