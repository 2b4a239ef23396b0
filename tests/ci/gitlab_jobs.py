"""Runs the scripts of `.gitlab-ci.yml`, as a runner of GitLab would: line after line, one shell.

Not run: the image and `before_script`, which install what the machine of the tests has.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.ci.workflow_runner import INSTALLS, SYNTHESIZES


@dataclass
class GitLabJobs:
    """One repository with the artifacts of its jobs. synthesized: by tree, made before."""

    repository: Path
    tools: Path
    work: Path
    variables: Mapping[str, str]
    synthesized: Mapping[str, Path]
    artifacts: dict[str, Path] = field(default_factory=dict)

    def run(
        self, name: str, sha: str, at: str, **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a job on a commit; `at` is the commit on which it synthesizes."""
        whole = yaml.safe_load(self._git("show", f"{sha}:.gitlab-ci.yml"))
        job = self._whole(whole, name)
        place = self.work / f"gitlab-{name}"
        for command in (
            ["init", "-q", str(place)],
            ["-C", str(place), "fetch", "-q", self.repository.as_uri(), sha, at],
            ["-C", str(place), "checkout", "-q", "--detach", sha],
        ):
            self._git(*command)
        for needed in job.get("needs", []):
            if needed in self.artifacts:
                shutil.copytree(self.artifacts[needed], place, dirs_exist_ok=True)
        # As the job's shell sees them: `variables:` of the file, the job's own on top.
        env = {**self.variables, **whole["variables"], **job.get("variables", {}), **variables}
        env |= {"CI_COMMIT_SHA": sha, "CI_PROJECT_DIR": str(place)}
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(self._lines(job["script"], at))],
            env=env,
            cwd=place,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
        self._keep(name, job, place)
        return done

    def _lines(self, script: list[str], at: str) -> list[str]:
        tree = self._git("rev-parse", f"{at}^{{tree}}").strip()
        made = self.synthesized.get(tree)
        lines = []
        for line in script:
            if line in INSTALLS:
                line = f"ln -s {self.tools}/.venv {self.tools}/node_modules ."
            elif line == SYNTHESIZES and made is not None:
                line = f"cp -R {made} cdktf.out"
            lines.append(line)
        return lines

    def _keep(self, name: str, job: dict[str, Any], place: Path) -> None:
        kept = self.work / f"artifacts-{name}"
        for path in job.get("artifacts", {}).get("paths", []):
            found = place / path
            if found.is_dir():
                shutil.copytree(found, kept / path)
            elif found.is_file():
                (kept / path).parent.mkdir(parents=True)
                shutil.copy(found, kept / path)
        self.artifacts[name] = kept

    def _whole(self, whole: dict[str, Any], name: str) -> dict[str, Any]:
        job = dict(whole[name])
        parent = job.pop("extends", None)
        return {**self._whole(whole, parent), **job} if parent else job

    def _git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=self.repository, capture_output=True, text=True, check=True
        ).stdout
