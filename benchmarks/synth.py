"""How long synthesis takes: `python benchmarks/synth.py [--runs 5] [--roles 1000]`.

Each figure is a median of runs that take turns with their peer in this invocation, each
run a fresh process.

a. `main.py` for the project's environments with the fast import, against the same with
   the stock import of cdktf's AWS provider (`ROLECALL_STOCK_IMPORT=1`).
b. A stack of many `AssumableRole`s with one attachment each, as they come (exclusive) and
   with `exclusive=False`, against bare `IamRole` + `IamRolePolicyAttachment` of the same
   names and trust policies, and against bare ones with the two exclusive resources a role
   that the provider's documentation asks for. All through the same fast import.

Memory is the largest resident set of Python and of its Node process, added.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
GOAL_IMPORT = 15.0
GOAL_ROLES = 1.3


@dataclass(frozen=True)
class Run:
    """One measured process."""

    seconds: float
    megabytes: float


def measure(arguments: list[str], outdir: Path, **environ: str) -> Run:
    """Run Python on the arguments and take its time and memory."""
    report = outdir / "memory.json"
    command = [sys.executable, str(Path(__file__).resolve()), "--measured", str(report), *arguments]
    environment = {**os.environ, "CDKTF_OUTDIR": str(outdir / "cdktf.out"), **environ}
    before = time.perf_counter()
    subprocess.run(command, check=True, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - before
    own, child = json.loads(report.read_text())
    return Run(seconds, (own + child) / 1024)


def measured(report: Path, script: str, arguments: list[str]) -> None:
    """Run a script in this process, and write down its memory once Node has ended."""
    import atexit
    import runpy

    # Registered before jsii's own handler, hence run after it has stopped Node.
    def write() -> None:
        usage = [
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        report.write_text(json.dumps(usage))

    atexit.register(write)
    sys.argv = [script, *arguments]
    sys.path.insert(0, str(PROJECT))
    runpy.run_path(script, run_name="__main__")


def alternate(runs: int, **contestants: Callable[[], Run]) -> dict[str, Run]:
    """Medians of contestants that take turns, so that a busy moment hits all of them."""
    found: dict[str, list[Run]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, run in contestants.items():
            found[name].append(run())
    return {
        name: Run(
            statistics.median(run.seconds for run in each),
            statistics.median(run.megabytes for run in each),
        )
        for name, each in found.items()
    }


def show(title: str, figures: dict[str, Run], base: str) -> None:
    """A table with ratios to one of its rows."""
    print(f"\n{title}")
    print(f"  {'':34}{'seconds':>9}{'ratio':>8}{'peak MB':>9}")
    for name, run in figures.items():
        ratio = run.seconds / figures[base].seconds
        print(f"  {name:34}{run.seconds:9.2f}{ratio:8.2f}{run.megabytes:9.0f}")


def main() -> int:
    """Print both tables; exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--stock-runs", type=int, default=3)
    parser.add_argument("--roles", type=int, default=1000)
    arguments = parser.parse_args()
    many = str(Path(__file__).with_name("synth_many_roles.py"))
    with tempfile.TemporaryDirectory() as name:
        outdir = Path(name)
        app = ["main.py"]
        measure(app, outdir)  # fills jsii's package cache, which every later run has
        imports = {
            **alternate(
                arguments.stock_runs,
                stock=lambda: measure(app, outdir, ROLECALL_STOCK_IMPORT="1"),
                fast=lambda: measure(app, outdir),
            )
        }
        show("main.py, all environments", imports, "fast")
        roles = alternate(
            arguments.runs,
            **{
                kind: lambda kind=kind: measure([many, kind, str(arguments.roles)], outdir)  # type: ignore[misc]
                for kind in ("bare", "plain", "default", "bare_exclusive")
            },
        )
        labels = {
            "bare": "IamRole + attachment",
            "plain": "AssumableRole, exclusive=False",
            "default": "AssumableRole",
            "bare_exclusive": "IamRole + attachment + 2 exclusive",
        }
        roles = {labels[kind]: run for kind, run in roles.items()}
        show(f"{arguments.roles} roles in one stack", roles, labels["bare"])
    gain = imports["stock"].seconds / imports["fast"].seconds
    cost = roles[labels["default"]].seconds / roles[labels["bare"]].seconds
    print(f"\nstock / fast                  {gain:6.1f}   goal: at least {GOAL_IMPORT}")
    print(f"AssumableRole / bare IamRole  {cost:6.2f}   goal: at most {GOAL_ROLES}")
    return 0 if gain >= GOAL_IMPORT and cost <= GOAL_ROLES else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measured"]:
        measured(Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
    else:
        sys.exit(main())
