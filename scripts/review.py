"""`make review`: who gains access by the working tree, against another revision of the project.

An embedded AWS of its own gets the stacks of the base; the working tree's are planned
against it, and the plans are reviewed as the pipeline would (docs/ci.md). Nothing of
yours is touched: no account, no state, no other embedded AWS. With --quick no Terraform
runs, and only what is synthesized is compared.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from rolecall.problems import Exit
from rolecall.terraform import shell_environment, terraform_binary

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
CDKTF = str(ROOT / "node_modules/.bin/cdktf")
T = TypeVar("T")
#: The users, whom the trust policies of the others name.
FIRST = "identity"


class Failed(Exception):
    """Something of the way to the review did not work; `code` is what it ends with."""

    def __init__(self, words: str, code: int = Exit.FAILED) -> None:
        super().__init__(words)
        self.code = code


def main(arguments: Sequence[str] | None = None) -> int:
    """Review, and end with the gate's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="main", help="the revision before (default: main)")
    parser.add_argument("--quick", action="store_true", help="without Terraform and plans")
    parser.add_argument("--project", type=Path, default=ROOT, help="the project's folder")
    given = parser.parse_args(arguments)
    project: Path = given.project.resolve()
    try:
        base = _commit(project, given.base)
        if given.quick:
            return _review(project, ["--revisions", base], os.environ)
        if shutil.which(terraform_binary()) is None:
            raise Failed(
                f"{terraform_binary()} is missing: install Terraform 1.11, or run `make review "
                "QUICK=1`.",
                Exit.MISSING_COMPONENT,
            )
        return _with_plans(project, base)
    except Failed as failed:
        print(f"make review: {failed}", file=sys.stderr)
        return int(failed.code)


def _with_plans(project: Path, base: str) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="rolecall-review-") as temp,
        _embedded_aws(Path(temp)) as bare,
        _worktree(project, base, Path(temp) / "base") as before,
    ):
        aws = {**bare, **_account(FIRST, before, bare)}
        _say(f"synthesizing {base[:12]} and the working tree")
        old = _synthesized(before, Path(temp) / "before", _own_packages(before, aws))
        new = _synthesized(project, Path(temp) / "after", _own_packages(project, aws))
        if gone := sorted(old.keys() - new.keys()):
            _say(f"not in the working tree, and not planned: {', '.join(gone)}")

        def deploy(name: str) -> None:
            variables = {**bare, **_account(name, before, bare)}
            _terraform(old[name], variables, "init", "-input=false")
            _terraform(old[name], variables, "apply", "-input=false", "-auto-approve")
            _say(f"deployed {name} as it was")

        def plan(name: str) -> str:
            variables = {**bare, **_account(name, project, bare)}
            _terraform(new[name], variables, "init", "-input=false")
            _terraform(new[name], variables, "plan", "-input=false", "-out=plan")
            shown = _terraform(new[name], variables, "show", "-json", "plan")
            # In the temporary folder, gone at the end: a plan holds secrets in clear.
            path = Path(temp) / f"{name}.json"
            path.write_text(shown)
            _say(f"planned {name}")
            return f"--plan={name}={path}"

        for names in _in_order(old):
            _all(deploy, names)
        plans = _all(plan, sorted(new))
        return _review(project, plans, bare)


def _review(project: Path, source: Sequence[str], variables: Mapping[str, str]) -> int:
    folder = project / ".rolecall/review"
    folder.mkdir(parents=True, exist_ok=True)
    written = [f"--markdown={folder / 'review.md'}", f"--html={folder / 'review.html'}"]
    command = [str(BIN / "rolecall"), "review", *source, *written]
    return subprocess.run(command, cwd=project, env=dict(variables), check=False).returncode


@contextmanager
def _embedded_aws(temp: Path) -> Iterator[dict[str, str]]:
    """An embedded AWS that keeps nothing; the variables by which it is found."""
    stale = ("AWS_", "TF_VAR_")
    variables = {k: v for k, v in os.environ.items() if not k.startswith(stale)}
    variables |= {**shell_environment(ROOT / ".rolecall"), "ROLECALL_HOME": str(temp / "home")}
    variables["PATH"] = f"{BIN}:{variables.get('PATH', '')}"
    _run([str(BIN / "rolecall"), "local", "up", "--port", "0", "--ephemeral"], ROOT, variables)
    try:
        yield variables
    finally:
        _run([str(BIN / "rolecall"), "local", "down"], ROOT, variables)


@contextmanager
def _worktree(project: Path, commit: str, folder: Path) -> Iterator[Path]:
    """The project as it was, in a folder of its own, with the packages of the working tree."""
    _git(project, "worktree", "add", "--detach", str(folder), commit)
    try:
        prefix = _git(project, "rev-parse", "--show-prefix").strip()
        place = folder / prefix
        for tool in (".venv", "node_modules"):
            if not (place / tool).exists():
                (place / tool).symlink_to(ROOT / tool)
        yield place
    finally:
        _git(project, "worktree", "remove", "--force", str(folder))


def _synthesized(project: Path, output: Path, variables: Mapping[str, str]) -> dict[str, Path]:
    """The folder of each stack."""
    _run([CDKTF, "synth", "--output", str(output)], project, variables)
    manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    return {name: output / stack["workingDirectory"] for name, stack in manifest["stacks"].items()}


def _own_packages(project: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """A revision of Rolecall itself is synthesized by its own constructs."""
    constructs = project / "constructs"
    if not (constructs / "rolecall_cdktf").is_dir():
        return dict(variables)
    return {**variables, "PYTHONPATH": f"{project}:{constructs}"}


def _in_order(stacks: Mapping[str, Path]) -> list[list[str]]:
    """The users first; the others name them."""
    others = sorted(stacks.keys() - {FIRST})
    return [names for names in ([FIRST] if FIRST in stacks else [], others) if names]


def _account(name: str, project: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Endpoint and administrator of the environment's account in the embedded AWS."""
    known = (project / f"environments/{name}.yaml").is_file()
    whose = [name] if known else ["--account", "000000000000"]
    command = [str(BIN / "rolecall"), "local", "env", *whose, "--json"]
    found: dict[str, str] = json.loads(_run(command, project, variables))["export"]
    return found


def _terraform(stack: Path, variables: Mapping[str, str], *arguments: str) -> str:
    first, *rest = arguments
    colour = [] if "-json" in rest else ["-no-color"]
    return _run([terraform_binary(), f"-chdir={stack}", first, *colour, *rest], stack, variables)


def _all(work: Callable[[str], T], names: Sequence[str]) -> list[T]:
    """Two at a time: Terraform mostly waits."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, names))


def _commit(project: Path, base: str) -> str:
    try:
        return _git(project, "rev-parse", "--verify", "--quiet", f"{base}^{{commit}}").strip()
    except Failed:
        raise Failed(
            f"git knows no revision {base!r}; write make review BASE=origin/main, or a commit.",
            Exit.BAD_INPUT,
        ) from None


def _git(project: Path, *arguments: str) -> str:
    return _run(["git", *arguments], project, os.environ)


def _run(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(variables),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip())[-4000:]
        raise Failed(f"{' '.join(command[:4])} … ended with exit code {done.returncode}:\n{words}")
    return done.stdout


def _say(words: str) -> None:
    print(f"• {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
