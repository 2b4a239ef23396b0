"""Runs the `run:` steps of the repository's own workflow files, as a runner of GitHub would.

What stands in `uses:` cannot be run here. Each such action has a named local equivalent
below, or the name of what it would have installed; one that is not known fails the test.
Expressions are read by a small evaluator that knows the forms the workflows use.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

#: What is not run, because the machine of the tests has it already.
INSTALLED = {
    "actions/setup-python": "Python 3.11 of .venv",
    "actions/setup-node": "Node.js of this machine",
    "hashicorp/setup-terraform": "Terraform of this machine",
}
#: Run once for each state of the files, whose outcome it always is: a few seconds each.
SYNTHESIZES = "node_modules/.bin/cdktf synth"
#: Commands that install the project's own packages: the tests' are linked instead.
INSTALLS = ("make setup", "make .rolecall/stamps/python")


@dataclass
class Event:
    """What GitHub tells of the event. fork: the pull request comes from another repository."""

    name: str
    sha: str
    ref: str
    number: int | None = None
    fork: bool = False

    def payload(self) -> dict[str, Any]:
        if self.number is None:
            return {"ref": self.ref, "after": self.sha}
        owner = "mallory" if self.fork else "acme"
        head = {"repo": {"full_name": f"{owner}/infra"}}
        return {"number": self.number, "pull_request": {"number": self.number, "head": head}}


@dataclass
class Outcome:
    """One job: ok, failed_step, and what its steps printed and wrote."""

    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    failed_step: str | None = None


@dataclass
class Runner:
    """One repository with its artifacts. subject_of: told the subject of a job's token."""

    repository: Path
    tools: Path
    work: Path
    variables: Mapping[str, str]
    token: str
    read_only_token: str
    id_token: Callable[[str], Mapping[str, str]]
    artifacts: dict[str, Path] = field(default_factory=dict)
    not_run: set[str] = field(default_factory=set)
    sarif: list[dict[str, Any]] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    synthesized: dict[str, Path] = field(default_factory=dict)

    def job(
        self,
        workflow: str,
        name: str,
        event: Event,
        *,
        matrix: Mapping[str, str] | None = None,
        inputs: Mapping[str, str] | None = None,
        needs: Mapping[str, Outcome] | None = None,
    ) -> Outcome:
        """Run one job of a workflow file of the commit."""
        shown = self._git("show", f"{event.sha}:.github/workflows/{workflow}")
        whole = yaml.safe_load(shown)
        job = whole["jobs"][name]
        assert whole["permissions"] == {}, "every job says for itself what it needs"
        contexts: dict[str, Any] = {
            "matrix": dict(matrix or {}),
            "inputs": dict(inputs or {}),
            "needs": {
                key: {"result": each.result, "outputs": each.outputs}
                for key, each in (needs or {}).items()
            },
            "steps": {},
            "github": {
                "token": self._job_token(job, event),
                "repository": "acme/infra",
                "event": event.payload(),
                "sha": event.sha,
            },
        }
        waits = job.get("needs", [])
        waits = [waits] if isinstance(waits, str) else waits
        if not self._holds(
            job.get("if"), contexts, [needs[each] for each in waits] if needs else []
        ):
            return Outcome("skipped")
        return self._steps(whole, name, job, event, contexts)

    def _steps(
        self,
        whole: dict[str, Any],
        name: str,
        job: dict[str, Any],
        event: Event,
        contexts: dict[str, Any],
    ) -> Outcome:
        folder = self.work / f"{len(self.ran)}-{name}"
        temp, place = folder / "temp", folder / "work"
        temp.mkdir(parents=True)
        (folder / "event.json").write_text(json.dumps(event.payload()))
        summary = folder / "summary"
        outcome = Outcome("success")
        base = {
            **self.variables,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "acme/infra",
            "GITHUB_SHA": event.sha,
            "GITHUB_REF": event.ref,
            "GITHUB_RUN_ID": "1",
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(temp),
            **self._id_token(job, event, contexts),
        }
        for scope in (whole, job):
            base |= {
                key: self._fill(value, contexts) for key, value in scope.get("env", {}).items()
            }
        for number, step in enumerate(job["steps"]):
            label = f"{name}: {step.get('name') or step.get('uses', '').partition('@')[0]}"
            if not self._holds(step.get("if"), contexts, []):
                continue
            written = folder / f"output-{number}"
            written.touch()
            summary.touch()
            self.ran.append(label)
            if "uses" in step:
                given = {
                    key: self._fill(value, contexts) for key, value in step.get("with", {}).items()
                }
                self._use(step["uses"].partition("@")[0], given, event, place)
                continue
            env = {key: self._fill(value, contexts) for key, value in step.get("env", {}).items()}
            done = self._run(step["run"], {**base, **env, "GITHUB_OUTPUT": str(written)}, place)
            outcome.log += f"== {label}\n{done.stdout}{done.stderr}"
            outputs = dict(line.split("=", 1) for line in written.read_text().splitlines())
            if "id" in step:
                contexts["steps"][step["id"]] = {"outputs": outputs}
            if done.returncode:
                outcome.result, outcome.failed_step = "failure", step.get("name")
                break
        outcome.summary = summary.read_text() if summary.exists() else ""
        outcome.outputs = {
            key: self._fill(value, contexts) for key, value in job.get("outputs", {}).items()
        }
        return outcome

    def _run(
        self, script: str, env: Mapping[str, str], place: Path
    ) -> "subprocess.CompletedProcess[str]":
        if script.strip() in INSTALLS:
            for tool in (".venv", "node_modules"):
                (place / tool).symlink_to(self.tools / tool)
            return subprocess.CompletedProcess(script, 0, "linked the tests' packages\n", "")
        if script.strip() == SYNTHESIZES:
            return self._synthesize(script, env, place)
        return self._bash(script, env, place)

    def _synthesize(
        self, script: str, env: Mapping[str, str], place: Path
    ) -> "subprocess.CompletedProcess[str]":
        tree = subprocess.run(
            ["git", "rev-parse", "HEAD^{tree}"],
            cwd=place,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        if tree in self.synthesized:
            shutil.copytree(self.synthesized[tree], place / "cdktf.out")
            return subprocess.CompletedProcess(script, 0, "the same files as before\n", "")
        done = self._bash(script, env, place)
        if done.returncode == 0:
            kept = self.work / "synthesized" / tree
            shutil.copytree(place / "cdktf.out", kept)
            self.synthesized[tree] = kept
        return done

    def _bash(
        self, script: str, env: Mapping[str, str], place: Path
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            env=dict(env),
            cwd=place,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )

    def _use(self, action: str, given: Mapping[str, str], event: Event, place: Path) -> None:
        """The local equivalent of an action."""
        match action:
            case "actions/checkout":
                assert given["persist-credentials"] == "False"
                depth = given.get("fetch-depth", "1")
                place.mkdir()
                source = self.repository.as_uri()
                for command in (
                    ["init", "-q"],
                    ["fetch", "-q", f"--depth={depth}", source, event.sha],
                    ["checkout", "-q", "--detach", "FETCH_HEAD"],
                ):
                    subprocess.run(["git", *command], cwd=place, check=True, capture_output=True)
            case "actions/upload-artifact":
                self._upload(given, place)
            case "actions/download-artifact":
                self._download(given, place)
            case "github/codeql-action/upload-sarif":
                self.sarif.append(json.loads((place / given["sarif_file"]).read_text()))
            case _ if action in INSTALLED:
                self.not_run.add(action)
            case _:
                raise AssertionError(f"{action} has no local equivalent here")

    def _upload(self, given: Mapping[str, str], place: Path) -> None:
        pattern = given["path"]
        hidden = any(part.startswith(".") for part in Path(pattern).parts)
        assert not hidden or given.get("include-hidden-files") == "True", "it would be empty"
        store = self.work / "artifacts" / given["name"]
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir(parents=True)
        if pattern.endswith("/"):
            shutil.copytree(place / pattern, store, dirs_exist_ok=True)
        else:
            for path in place.glob(pattern):
                shutil.copy(path, store / path.name)
        assert any(store.iterdir()), f"{given['name']} is empty"
        self.artifacts[given["name"]] = store

    def _download(self, given: Mapping[str, str], place: Path) -> None:
        for name, store in self.artifacts.items():
            if fnmatch.fnmatch(name, given["pattern"]):
                to = place / given["path"]
                if given.get("merge-multiple") != "True":
                    to = to / name
                shutil.copytree(store, to, dirs_exist_ok=True)

    def _job_token(self, job: dict[str, Any], event: Event) -> str:
        """The token writes where the job says so, and never for a fork."""
        writes = job["permissions"].get("pull-requests") == "write" and not event.fork
        return self.token if writes else self.read_only_token

    def _id_token(
        self, job: dict[str, Any], event: Event, contexts: dict[str, Any]
    ) -> Mapping[str, str]:
        """The endpoint of the job's token: GitHub Docs, "OpenID Connect reference"."""
        if job["permissions"].get("id-token") != "write" or event.fork:
            return {}
        if "environment" in job:
            what = f"environment:{self._fill(job['environment'], contexts)}"
        elif event.name == "pull_request":
            what = "pull_request"
        else:
            what = f"ref:{event.ref}"
        return self.id_token(f"repo:acme/infra:{what}")

    def _fill(self, value: object, contexts: dict[str, Any]) -> str:
        text = str(value)
        return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda found: self._value(found[1], contexts), text)

    def _value(self, expression: str, contexts: dict[str, Any]) -> str:
        quoted = re.fullmatch(r"'([^']*)'", expression)
        if quoted:
            return quoted[1]
        assert re.fullmatch(r"[a-z][\w.-]*", expression), f"not known here: {expression}"
        found: Any = contexts
        for part in expression.split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return str(found)

    def _holds(self, condition: object, contexts: dict[str, Any], needed: list[Outcome]) -> bool:
        """Whether an `if:` holds; without a status function, what is needed must have gone well."""
        went_well = all(each.result == "success" for each in needed)
        if condition is None:
            return went_well
        text = re.sub(r"^\$\{\{\s*(.*?)\s*\}\}$", r"\1", str(condition))
        terms = [term.strip() for term in text.split("&&")]
        if "!cancelled()" in terms:
            terms.remove("!cancelled()")
        elif not went_well:
            return False
        for term in terms:
            left, sign, right = re.split(r"\s*(==|!=)\s*", term)
            equal = self._value(left, contexts) == self._value(right, contexts)
            if equal != (sign == "=="):
                return False
        return True

    def _git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.repository, capture_output=True, text=True, check=True
        )
        return done.stdout


def scrubbed(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of a machine that knows no cloud and no platform."""
    taken = ("AWS_", "GITHUB_", "ACTIONS_", "RUNNER_", "CI_", "ROLECALL_", "GIT_")
    return {key: value for key, value in variables.items() if not key.startswith(taken)} | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
