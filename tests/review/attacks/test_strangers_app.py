"""The app of a revision may be a stranger's: what it gets, and that it ends."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.problems import Exit, Problem
from rolecall.review.read import read_revisions, revisions
from rolecall.review.read.app_variables import is_secret

WRITES = """
import json, os, pathlib
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
(out / "s").mkdir(parents=True)
(out / "s/cdk.tf.json").write_text("{}")
(out / "manifest.json").write_text(
    json.dumps({"stacks": {"tes": {"synthesizedStackPath": "s/cdk.tf.json"}}})
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Path]:
    """A project in git, whose app is this shell line."""

    def make(app: str) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "cdktf.json").write_text(f'{{"app": "{app}"}}')
        (folder / "app.py").write_text(WRITES)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        for line in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", *line], cwd=folder, env=clean, check=True)
        return folder

    return make


def test_it_gets_no_credential(
    project: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_SECRET_ACCESS_KEY": "hush-1",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "hush-2",
        "GITHUB_TOKEN": "hush-3",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "hush-4",
        "GITHUB_ENV": "hush-5",
        "DB_PASSWORD": "hush-6",
        "MIRROR": "https://me:hush-7@example.com/",
        "HARMLESS": "seen",
        "AWS_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    seen = tmp_path / "seen"
    read_revisions(project(f"env >> {seen}; {sys.executable} app.py"), "HEAD", "HEAD")
    text = seen.read_text()
    assert "hush" not in text
    assert "HARMLESS=seen" in text
    assert "AWS_REGION=eu-central-1" in text


@pytest.mark.parametrize(
    "name",
    [
        "CI_JOB_TOKEN",
        "TF_VAR_db",
        "SSH_AUTH_SOCK",
        "npm_config__auth",
        "MY_API_KEY",
        "MY_PAT",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name, "x")


@pytest.mark.parametrize("name", ["PATH", "HOME", "LANG", "CI", "GITHUB_REF", "AWS_REGION", "KEYS"])
def test_names_of_what_an_app_may_need(name: str) -> None:
    assert not is_secret(name, "x")


def test_what_it_started_ends_with_it_when_time_is_up(
    project: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "_SECONDS", 0.2)
    # What the shell leaves running holds its pipes: whoever waits for those waits five minutes.
    with pytest.raises(Problem, match="did not end") as caught:
        read_revisions(project("sleep 300 & sleep 300"), "HEAD", "HEAD")
    assert caught.value.exit_code == Exit.FAILED


def test_what_a_failing_app_says_cannot_steer_a_terminal(project: Callable[[str], Path]) -> None:
    with pytest.raises(Problem) as caught:
        read_revisions(project("printf '\\\\033[2Jgone' >&2; exit 1"), "HEAD", "HEAD")
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "revision", ["--upload-pack=touch x", "--output=x", "-", "HEAD;x", "HEAD\nx", ""]
)
def test_a_revision_is_no_option(project: Callable[[str], Path], revision: str) -> None:
    folder = project("true")
    with pytest.raises(Problem):
        read_revisions(folder, revision, "HEAD")
    assert not (folder / "x").exists()
