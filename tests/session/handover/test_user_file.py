"""`assumed_user.sh`: only its owner reads it, and nobody else's file is lost."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rolecall.problems import Exit, Problem
from rolecall.session import AssumedRole
from rolecall.session.user_file import write_user_file

SESSION = AssumedRole(
    access_key_id="ASIAEXAMPLE",
    secret_access_key="the-secret-key",
    session_token="the-token",
    expiration=datetime(2099, 1, 1, tzinfo=UTC),
    arn="arn:aws:sts::111111111111:assumed-role/tes-reader/me",
)


def write(path: Path, **more: str) -> None:
    write_user_file(path, SESSION, {"AWS_SESSION_TOKEN": "the-token", **more}, ["AWS_PROFILE"])


def test_a_shell_sources_it(tmp_path: Path) -> None:
    path = tmp_path / "assumed_user.sh"
    write(path, AWS_REGION="it's")
    assert path.stat().st_mode & 0o777 == 0o600
    script = f'. {path}; printf "%s|%s|%s" "$AWS_SESSION_TOKEN" "$AWS_REGION" "${{AWS_PROFILE-no}}"'
    environment = {**os.environ, "AWS_PROFILE": "other"}
    ran = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True)
    assert ran.stdout == "the-token|it's|no"


def test_ours_is_renewed_and_its_mode_with_it(tmp_path: Path) -> None:
    path = tmp_path / "assumed_user.sh"
    write(path)
    path.chmod(0o644)
    write(path, AWS_REGION="eu-west-1")
    assert "eu-west-1" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["assumed_user.sh"]


def test_an_empty_file_is_nobodys(tmp_path: Path) -> None:
    path = tmp_path / "made-by-mktemp"
    path.touch()
    write(path)
    assert "the-token" in path.read_text()


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dangling", "pipe"])
def test_what_is_somebody_elses_stays(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "assumed_user.sh"
    other = tmp_path / "other"
    other.write_text("export AWS_PROFILE=mine\n")
    match kind:
        case "file":
            path.write_text("export AWS_PROFILE=mine\n")
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(other)
        case "dangling":
            path.symlink_to(tmp_path / "nowhere")
        case "pipe":
            os.mkfifo(path)
    with pytest.raises(Problem, match="another path") as caught:
        write(path)
    assert caught.value.exit_code == Exit.CONFLICT
    assert other.read_text() == "export AWS_PROFILE=mine\n"
    assert "the-token" not in str(caught.value)


@pytest.mark.parametrize("name", ["no/folder/file", "a\0b", "a" * 300])
def test_where_nothing_can_be_written_it_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem, match="--user-file"):
        write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
