"""How long synthesis takes: `python benchmarks/synth.py [--runs 5] [--roles 1000]`.

Each figure is a median of runs that take turns with their peer in this invocation, each
run a fresh process.

a. `main.py` for the project's environments with the fast import, against the same with
   the stock import of cdktf's AWS provider (`ROLECALL_STOCK_IMPORT=1`).
b. A stack of many `AssumableRole`s with one attachment each, as they come (exclusive) and
   with `exclusive=False`, against bare `IamRole` + `IamRolePolicyAttachment` of the same
   names and trust policies, and against bare ones with the two exclusive resources a role
   that the provider's documentation asks for. All through the same fast import.

The last table says whether the promises are kept, and how busy the machine was: other work
hits short runs harder than long ones. Byte code is written, as it is on a user's machine.
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
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, record

PROJECT = Path(__file__).resolve().parents[1]
GOAL_IMPORT = 15.0
GOAL_ROLES = 1.3


@dataclass(frozen=True)
class Run:
    """Median time and peak memory of one contestant."""

    seconds: float
    megabytes: float


def measure(arguments: list[str], outdir: Path, **environ: str) -> float:
    """The seconds Python takes to run the arguments, from start to exit."""
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",
        "CDKTF_OUTDIR": str(outdir / "cdktf.out"),
        **environ,
    }
    before = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=PROJECT, env=environment)
    return time.perf_counter() - before


def memory(arguments: list[str], outdir: Path, **environ: str) -> float:
    """The peak memory of the same, in megabytes, in a run of its own: watching it costs time."""
    report = outdir / "memory.json"
    watched = [str(Path(__file__).resolve()), "--measured", str(report), *arguments]
    measure(watched, outdir, **environ)
    own, child = json.loads(report.read_text())
    return float(own + child) / 1024


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


@dataclass(frozen=True)
class Contestant:
    """A command, what it is called in the table, and how often it runs in each turn."""

    name: str
    arguments: list[str]
    environ: dict[str, str] = field(default_factory=dict)
    times: int = 1


def alternate(runs: int, outdir: Path, contestants: list[Contestant]) -> dict[str, Run]:
    """Medians of contestants that take turns, so that a busy moment hits all of them."""
    seconds: dict[str, list[float]] = {each.name: [] for each in contestants}
    for _ in range(runs):
        for each in contestants:
            seconds[each.name].extend(
                measure(each.arguments, outdir, **each.environ) for _ in range(each.times)
            )
    return {
        each.name: Run(
            statistics.median(seconds[each.name]),
            memory(each.arguments, outdir, **each.environ),
        )
        for each in contestants
    }


def show(title: str, figures: dict[str, Run], base: str) -> None:
    """A table with ratios to one of its rows."""
    print(f"\n{title}")
    print(f"  {'':34}{'seconds':>9}{'ratio':>8}{'peak MB':>9}")
    for name, run in figures.items():
        ratio = run.seconds / figures[base].seconds
        print(f"  {name:34}{run.seconds:9.2f}{ratio:8.2f}{run.megabytes:9.0f}")


def main() -> int:
    """Print the figures, then the promises; exit code 1 when one is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--stock-runs", type=int, default=3)
    parser.add_argument("--roles", type=int, default=1000)
    arguments = parser.parse_args()
    many = str(Path(__file__).with_name("synth_many_roles.py"))
    kinds = {
        "bare": "IamRole + attachment",
        "plain": "AssumableRole, exclusive=False",
        "default": "AssumableRole",
        "bare_exclusive": "IamRole + attachment + 2 exclusive",
    }
    with tempfile.TemporaryDirectory() as directory:
        outdir = Path(directory)
        measure(["main.py"], outdir)  # fills jsii's package cache, which every later run has
        stock, fast = (
            Contestant("stock import", ["main.py"], {"ROLECALL_STOCK_IMPORT": "1"}),
            # A short run is easily disturbed, so it runs several times for one of the stock.
            Contestant("fast import", ["main.py"], times=5),
        )
        imports = alternate(arguments.stock_runs, outdir, [stock, fast])
        show("main.py, all environments", imports, fast.name)
        roles = alternate(
            arguments.runs,
            outdir,
            [
                Contestant(label, [many, kind, str(arguments.roles)])
                for kind, label in kinds.items()
            ],
        )
        show(f"{arguments.roles} roles in one stack", roles, kinds["bare"])
    gain = imports[stock.name].seconds / imports[fast.name].seconds
    cost = roles[kinds["default"]].seconds / roles[kinds["bare"]].seconds
    promises = [
        ("stock import / fast import", gain, f"at least {GOAL_IMPORT}", gain >= GOAL_IMPORT),
        ("AssumableRole / bare IamRole", cost, f"at most {GOAL_ROLES}", cost <= GOAL_ROLES),
    ]
    print(f"\n{'promise':34}{'measured':>9}{'promised':>16}")
    for name, figure, promised, kept in promises:
        print(f"{name:34}{figure:9.2f}{promised:>16}  {'kept' if kept else 'BROKEN'}")
    record(
        Figure(
            "synthesis of the project",
            gain,
            GOAL_IMPORT,
            "times quicker",
            more_is_better=True,
            peer="cdktf with the stock import of its AWS provider",
            ours=f"{imports[fast.name].seconds:.2f} s",
            theirs=f"{imports[stock.name].seconds:.2f} s",
            memory=f"{imports[fast.name].megabytes:.0f} / {imports[stock.name].megabytes:.0f} MB",
        ),
        Figure(
            f"synthesis of {arguments.roles:,} roles",
            cost,
            GOAL_ROLES,
            "times the time",
            more_is_better=False,
            peer="cdktf with bare IamRole and attachment",
            ours=f"{roles[kinds['default']].seconds:.2f} s",
            theirs=f"{roles[kinds['bare']].seconds:.2f} s",
            memory=f"{roles[kinds['default']].megabytes:.0f} / "
            f"{roles[kinds['bare']].megabytes:.0f} MB",
        ),
    )
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load average {load} (1, 5, 15 minutes) on {os.cpu_count()} processors")
    return 0 if all(kept for *_, kept in promises) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measured"]:
        measured(Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
    else:
        sys.exit(main())
