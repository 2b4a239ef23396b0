"""`make example`: examples/payments as its own team has it.

Outside this folder, in a virtual environment that pipenv makes of the example's Pipfile: the
wheel from dist/, everything else from the package index. Then its tests, unit and deployed, and
its app.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = "examples/payments"
PIPENV = ROOT / ".rolecall/pipenv/bin/pipenv"


def main() -> int:
    """Run it; the first step that fails ends with its words and exit code 1."""
    with tempfile.TemporaryDirectory(prefix="rolecall-example-") as folder:
        project = copy_of_example(Path(folder))
        copy_wheels(Path(folder))
        environment = {**clean(os.environ), "PIPENV_VENV_IN_PROJECT": "1", "PIPENV_NOSPIN": "1"}
        say(f"{EXAMPLE}, in {project}")
        step(
            "installed: the wheel, and what it asks for",
            [str(PIPENV), "--python", sys.executable, "install", "--skip-lock"],
            project,
            environment,
        )
        python = str(project / ".venv/bin/python")
        where = step(
            "imported from",
            [python, "-c", "import rolecall; print(rolecall.__file__)"],
            project,
            environment,
        )
        if not where.strip().startswith(str(project)):
            sys.exit(f"rolecall came from {where.strip()}, which is not the example's own.")
        pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        step("tested without Terraform", [*pytest, "tests/test_who_may.py"], project, environment)
        step("deployed and tested", [*pytest, "tests/test_deployed.py"], project, environment)
        step("synthesized", [python, "main.py"], project, environment)
        for stack in ("tes", "prd"):
            if not (project / f"cdktf.out/stacks/{stack}/cdk.tf.json").is_file():
                sys.exit(f"the app wrote no stack {stack}.")
    return 0


def copy_of_example(folder: Path) -> Path:
    """The example as git has it, and nothing else of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", EXAMPLE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder / EXAMPLE


def copy_wheels(folder: Path) -> None:
    """dist/ beside the example, as in the repository."""
    (folder / "dist").mkdir()
    for wheel in (ROOT / "dist").glob("*.whl"):
        shutil.copy(wheel, folder / "dist")


def clean(variables: Mapping[str, str]) -> dict[str, str]:
    """Without what would lead to this project's environment, or to an AWS."""
    ours = ("AWS_", "PIPENV_", "PYTHON", "ROLECALL_", "VIRTUAL_ENV")
    return {name: value for name, value in variables.items() if not name.startswith(ours)}


def step(title: str, command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a step and say how long it took; the output."""
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{title}: failed with exit code {done.returncode}:\n{done.stdout[-6000:]}")
    last = (done.stdout.strip().splitlines() or [""])[-1]
    say(f"{title} ({time.monotonic() - start:.1f} s)  {last}")
    return done.stdout


def say(line: str) -> None:
    """At once, for each step takes its time."""
    print(f"• {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
