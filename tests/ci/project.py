"""A repository whose pipeline the workflows are: two roles of the pipeline, one of an app."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.ci.workflow_runner import scrubbed
from tests.docs.blocks import blocks

ROOT = Path(__file__).resolve().parents[2]
_STACKS = """\
from rolecall.issuers import GITHUB_ACTIONS, GITLAB_COM
from rolecall.trust import GitLab, {kinds}
from rolecall_cdktf import AssumableRole, EnvironmentStack, OidcProvider
from stacks.ci import _reading, _writing, add_ci_roles


def declare(app, environments):
    for environment in environments:
        stack = EnvironmentStack(app, environment)
        github = OidcProvider(stack, "github", issuer=GITHUB_ACTIONS)
        add_ci_roles(stack, github)
        gitlab = OidcProvider(stack, "gitlab", issuer=GITLAB_COM)
        may = _reading(environment) + _writing(environment)
        AssumableRole(
            stack,
            "pipeline-gitlab",
            trusted_entities=[GitLab(gitlab, "acme/infra", branch="main", protected=True)],
            inline_policies={{"deploy": {{"Version": "2012-10-17", "Statement": may}}}},
        )
        AssumableRole(stack, "app", trusted_entities=[{trusted}])
"""
NARROW = ("GitHubActions", 'GitHubActions(github, "acme/app", branch="main")')
WIDE = ("AnyBranchOf", 'AnyBranchOf(github, "acme/app")')
_TES = """\
account_id: "111111111111"
region: eu-central-1
state:
  backend: s3
  bucket: acme-terraform-state
  region: eu-central-1
"""


@dataclass(frozen=True)
class Repository:
    """A git repository that the tests write commits into."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> "Repository":
        """The project's own files, with stacks as docs/ci.md shows them, as one commit on main."""
        for name in ("rolecall", "constructs", ".github"):
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        for name in ("main.py", "cdktf.json", ".gitignore", ".gitlab-ci.yml"):
            shutil.copy(ROOT / name, folder / name)
        (folder / "environments").mkdir()
        (folder / "environments/tes.yaml").write_text(_TES)
        (folder / "stacks").mkdir()
        (folder / "stacks/ci.py").write_text(roles_of_the_page())
        made = cls(folder)
        made.git("init", "-q", "-b", "main")
        # As GitHub does: what a pull request is merged to can be fetched by its commit.
        made.git("config", "uploadpack.allowAnySHA1InWant", "true")
        made.trust(NARROW)
        made.commit("main")
        return made

    def trust(self, entity: tuple[str, str]) -> None:
        """Write the stack in which the app's role trusts this."""
        kinds, trusted = entity
        (self.folder / "stacks/__init__.py").write_text(
            _STACKS.format(kinds=kinds, trusted=trusted)
        )

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def commit(self, words: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", words)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        self.git("checkout", "-q", "-b", name, "main")

    def merge_commit(self, branch: str) -> str:
        """What GitHub makes of a pull request to run its jobs on."""
        self.git("checkout", "-q", "--detach", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", branch)
        made = self.git("rev-parse", "HEAD")
        self.git("checkout", "-q", branch)
        return made

    def merge(self, branch: str) -> str:
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", f"merge {branch}", branch)
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=acme", "-c", "user.email=acme@example.com"]
        env = scrubbed(os.environ)
        done = subprocess.run(
            ["git", *who, *arguments],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


def roles_of_the_page() -> str:
    """The stack code that docs/ci.md shows."""
    return next(
        block.text
        for block in blocks("ci.md")
        if block.kind == "python" and "def add_ci_roles" in block.text
    )


def run(command: list[str], folder: Path, env: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(env),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
