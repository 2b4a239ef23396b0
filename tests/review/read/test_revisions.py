"""Two revisions of a project: its app is run in a checkout of each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.problems import Exit, Problem
from rolecall.review.read import merge_base, read_revisions

APP = """
import json, os, pathlib, sys
facts = pathlib.Path("trusted.txt").read_text().split()
if facts == ["fail"]:
    sys.exit("first line\\nThe role is wrong.")
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
(out / "stacks/tes").mkdir(parents=True)
roles = {
    name: {
        "name": name,
        "assume_role_policy": json.dumps({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                           "Principal": {"AWS": f"arn:aws:iam::999999999999:user/{name}"}}],
        }),
    }
    for name in facts
}
if facts == ["nothing"]:
    sys.exit(0)
path = "stacks/tes/cdk.tf.json"
(out / path).write_text(json.dumps({"resource": {"aws_iam_role": roles}}))
(out / "manifest.json").write_text(json.dumps({"stacks": {"tes": {"synthesizedStackPath": path}}}))
"""


class Repository:
    """A project in a folder of a repository."""

    def __init__(self, top: Path):
        self.top = top
        self.project = top / "infra"
        self.project.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        config = {"language": "python", "app": f"{sys.executable} app.py"}
        (self.project / "cdktf.json").write_text(json.dumps(config))
        (self.project / "app.py").write_text(APP)

    def git(self, *arguments: str) -> str:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        told = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        names = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
        done = subprocess.run(
            ["git", *names, *arguments],
            cwd=self.top,
            env={**clean, **told},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def trusts(self, *names: str) -> None:
        (self.project / "trusted.txt").write_text(" ".join(names))

    def commit(self, *names: str) -> str:
        self.trusts(*names)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def left_behind(self) -> int:
        return self.git("worktree", "list", "--porcelain").count("worktree ") - 1


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "repository")


def names(snapshots):
    (snapshot,) = snapshots
    return [(p.before and p.before.name, p.after and p.after.name) for p in snapshot.roles]


def test_two_commits(repository):
    one = repository.commit("alice")
    repository.commit("alice", "bob")
    found = read_revisions(repository.project, one, "main")
    assert names(found) == [("alice", "alice"), (None, "bob")]
    assert repository.left_behind() == 0


@pytest.mark.parametrize("after", ["", None])
def test_a_commit_and_the_working_tree(repository, after):
    repository.commit("alice")
    repository.trusts("bob")
    found = read_revisions(repository.project, "HEAD", after)
    assert names(found) == [("alice", None), (None, "bob")]
    # What was synthesized before stays as it was.
    assert not (repository.project / "cdktf.out").exists()
    assert repository.git("status", "--porcelain") == "M infra/trusted.txt"


def test_where_a_branch_left_main(repository):
    base = repository.commit("alice")
    repository.git("checkout", "-q", "-b", "branch")
    repository.commit("alice", "bob")
    repository.git("checkout", "-q", "main")
    repository.commit("alice", "carol")
    assert merge_base(repository.project, "main", "branch") == base
    found = read_revisions(repository.project, "main...branch", "branch")
    assert names(found) == [("alice", "alice"), (None, "bob")]


def test_the_app_of_a_revision_fails(repository):
    repository.commit("alice")
    repository.commit("fail")
    with pytest.raises(Problem, match=r"The app of HEAD fails: .*The role is wrong\."):
        read_revisions(repository.project, "HEAD~1", "HEAD")
    assert repository.left_behind() == 0


def test_the_app_writes_nothing(repository):
    repository.commit("nothing")
    with pytest.raises(Problem, match=r"wrote no manifest\.json"):
        read_revisions(repository.project, "HEAD", "HEAD")


@pytest.mark.parametrize("revision", ["nowhere", "--help", "", "main^{tree}", "a b"])
def test_a_revision_that_is_none(repository, revision):
    repository.commit("alice")
    with pytest.raises(Problem, match="git knows no revision") as caught:
        read_revisions(repository.project, revision, "HEAD")
    assert caught.value.exit_code == Exit.BAD_INPUT


def test_revisions_without_a_common_commit(repository):
    repository.commit("alice")
    repository.git("checkout", "-q", "--orphan", "other")
    repository.commit("bob")
    with pytest.raises(Problem, match="no common commit"):
        merge_base(repository.project, "main", "other")


def test_a_folder_that_is_no_project(tmp_path):
    with pytest.raises(Problem, match="no project of cdktf"):
        read_revisions(tmp_path, "HEAD", "")


def test_a_project_outside_of_git(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "cdktf.json").write_text("{}")
    with pytest.raises(Problem, match="no revisions"):
        read_revisions(tmp_path, "HEAD", "")


def test_a_machine_without_git(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Problem, match="git is not installed") as caught:
        read_revisions(repository.project, "HEAD", "")
    assert caught.value.exit_code == Exit.MISSING_COMPONENT


def test_a_revision_from_before_the_project(repository):
    (repository.project / "cdktf.json").rename(repository.top / "kept")
    old = repository.commit("alice")
    (repository.top / "kept").rename(repository.project / "cdktf.json")
    repository.commit("alice")
    with pytest.raises(Problem, match=r"holds no cdktf\.json"):
        read_revisions(repository.project, old, "HEAD")


def test_hooks_of_the_repository_do_not_run(repository):
    repository.commit("alice")
    hook = repository.top / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {repository.top}/ran\n")
    hook.chmod(0o755)
    read_revisions(repository.project, "HEAD", "HEAD")
    assert not (repository.top / "ran").exists()


def test_called_from_a_hook_of_another_repository(repository, tmp_path, monkeypatch):
    repository.commit("alice")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert names(read_revisions(repository.project, "HEAD", "HEAD")) == [("alice", "alice")]


def test_the_tools_of_the_project_are_there_in_a_checkout(repository):
    (repository.top / ".gitignore").write_text(".venv\n")
    tool = repository.project / ".venv/bin/tool"
    tool.parent.mkdir(parents=True)
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    tool.chmod(0o755)
    for app in (".venv/bin/tool app.py", "tool app.py"):
        (repository.project / "cdktf.json").write_text(json.dumps({"app": app}))
        repository.commit("alice")
        assert names(read_revisions(repository.project, "HEAD", "HEAD")) == [("alice", "alice")]
    assert tool.exists()
