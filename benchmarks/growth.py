"""How the cost grows with the number of roles: `python benchmarks/growth.py [--quick]`.

synth      a stack of so many `AssumableRole`s, Python and its Node process together
evaluate   as many trust policies parsed, compiled and asked once each
review     a plan of so many roles read and judged
render     the same review as Markdown, HTML, JSON and SARIF
create     CreateRole, so many times, on an embedded AWS that keeps its state on disk
assume     AssumeRole of each of the roles that it then holds

What counts is processor time; of the embedded AWS the server's, not its client's. The time that
no role costs (start, imports) is measured too and taken off: left in, it would hide how the
rest grows. The exponent is that of the line fitted to the logarithms of the upper three sizes:
1 is as many times the cost as there are roles. Exit code 1 where one is above 1.15.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, load, machine, record

PROJECT = Path(__file__).resolve().parents[1]
SIZES, QUICK_SIZES = (10, 100, 1000, 5000), (10, 50, 200, 500)
PROMISED = 1.15
UNTIL = 0.6  # Seconds of runs that a small size is repeated for: the least of them counts.
ACCOUNT, PEOPLE = "111111111111", "999999999999"
KINDS = ("synth", "evaluate", "review", "render", "create", "assume")


@dataclass(frozen=True)
class Cost:
    """Processor seconds, and the largest resident set in megabytes."""

    seconds: float
    megabytes: float


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of the line through the logarithms, by least squares."""
    x = [math.log(size) for size in sizes]
    y = [math.log(max(each, 1e-6)) for each in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return over / sum((a - mean_x) ** 2 for a in x)


def synth(roles: int) -> dict[str, Cost]:
    """In a process of its own, whose usage the system adds up, Node's included."""
    script = str(Path(__file__).with_name("synth_many_roles.py"))
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "",
            "CDKTF_OUTDIR": f"{folder}/cdktf.out",
        }
        command = [sys.executable, script, "default", str(roles)]
        process = subprocess.Popen(command, cwd=PROJECT, env=environ)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("synthesis failed")
    # The larger of the two processes: the system does not tell both at once.
    return {"synth": Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)}


def evaluate(roles: int) -> dict[str, Cost]:
    """Every role's own trust policy, asked by somebody whom it may trust or not."""
    from benchmarks.review import trust
    from rolecall.policy import (
        AssumeRoleAttempt,
        CompiledPolicy,
        IamUser,
        PolicyDocument,
        may_assume,
    )

    texts = [trust(number, changed=False) for number in range(roles)]
    identity = [CompiledPolicy(PolicyDocument.parse(_allow_all()))]
    begun = time.process_time()
    for number, text in enumerate(texts):
        arn = f"arn:aws:iam::{ACCOUNT}:role/role-{number:05}"
        attempt = AssumeRoleAttempt(
            IamUser(PEOPLE, f"user-{number}"), arn, context={"sts:ExternalId": f"tes-{number}"}
        )
        allowed = may_assume(
            attempt, trust=CompiledPolicy(PolicyDocument.parse(text)), identity=identity
        ).allowed
        if allowed != (number % 5 == 0):
            raise SystemExit(f"the answer for role {number} is wrong")
    return {"evaluate": Cost(time.process_time() - begun, peak())}


def review(roles: int) -> dict[str, Cost]:
    """A real plan's shape with so many roles; making it is not counted, but its memory is."""
    from benchmarks.review import plan
    from benchmarks.review import review as whole

    text = plan(roles)
    times = whole(text)
    print(file=sys.stderr)
    judged = times["read"] + times["judge"]
    rendered = sum(times.values()) - judged - times["import"]
    return {"review": Cost(judged, peak()), "render": Cost(rendered, peak())}


def embedded(roles: int) -> dict[str, Cost]:
    """What the server spends, from /proc, while a thin client calls it."""
    from benchmarks.growth_server import Server

    with tempfile.TemporaryDirectory() as home, Server(home) as server:
        before = server.seconds()
        server.create(roles)
        created = server.seconds()
        server.assume(roles)
        assumed, peak_mb = server.seconds(), server.megabytes()
    return {
        "create": Cost(created - before, peak_mb),
        "assume": Cost(assumed - created, peak_mb),
    }


def _allow_all() -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def peak() -> float:
    """The largest resident set of this process, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


TASKS = {"synth": synth, "evaluate": evaluate, "review": review, "embedded": embedded}


def fresh(task: str, roles: int) -> dict[str, Cost]:
    """One run in a process of its own, so that nothing is warm and memory is its own."""
    command = [sys.executable, __file__, "--one", task, str(roles)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return {kind: Cost(*values) for kind, values in found.items()}


def least(task: str, roles: int) -> dict[str, Cost]:
    """The least of as many runs as a small size needs to be more than noise."""
    best: dict[str, Cost] = {}
    spent, runs = 0.0, 0
    while runs == 0 or (spent < UNTIL * 5 and runs < 5):
        found = fresh(task, roles)
        runs += 1
        spent += sum(cost.seconds for cost in found.values())
        for kind, cost in found.items():
            if kind not in best or cost.seconds < best[kind].seconds:
                best[kind] = cost
    return best


def main() -> int:
    """Measure, print, and say whether the promises are kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--one", nargs=2, metavar=("TASK", "ROLES"), help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, no exit code")
    parser.add_argument("--only", choices=TASKS, action="append", help="not all of them")
    args = parser.parse_args()
    if args.one:
        found = TASKS[args.one[0]](int(args.one[1]))
        print(
            "\n"
            + json.dumps({kind: [cost.seconds, cost.megabytes] for kind, cost in found.items()})
        )
        return 0
    sizes = QUICK_SIZES if args.quick else SIZES
    table: dict[str, list[Cost]] = {}
    starts: dict[str, float] = {}
    print(f"{machine()}; load average {load()}")
    for task in args.only or TASKS:
        if task == "synth":
            starts["synth"] = least(task, 0)["synth"].seconds
        for size in sizes:
            for kind, cost in least(task, size).items():
                table.setdefault(kind, []).append(cost)
                print(
                    f"  {kind:10}{size:7,} roles{cost.seconds:10.3f} s{cost.megabytes:8.0f} MB",
                    flush=True,
                )
    return show(sizes, table, starts, judged=not args.quick)


def show(
    sizes: Sequence[int], table: dict[str, list[Cost]], starts: dict[str, float], *, judged: bool
) -> int:
    """The table, the exponents, the promise; 1 where it is broken."""
    heads = "".join(f"{size:>17,}" for size in sizes)
    print(f"\nprocessor seconds / MB{heads}{'start':>8}{'exponent':>10}")
    kept = True
    for kind, costs in table.items():
        start = starts.get(kind, 0.0)
        slope = exponent(sizes[-3:], [cost.seconds - start for cost in costs[-3:]])
        cells = "".join(f"{cost.seconds:10.3f} /{cost.megabytes:5.0f}" for cost in costs)
        fine = slope <= PROMISED
        kept = kept and fine
        print(f"{kind:22}{cells}{start:8.2f}{slope:10.2f}{'' if fine else '  ABOVE'}")
        if judged:
            record(
                Figure(
                    f"growth of {kind}, 10 to {sizes[-1]:,} roles",
                    slope,
                    PROMISED,
                    "exponent",
                    more_is_better=False,
                    ours=f"{costs[-1].seconds:.1f} s of processor time at {sizes[-1]:,} roles",
                    memory=f"{costs[-1].megabytes:.0f} MB",
                )
            )
    print(f"promised: no exponent above {PROMISED}: {'kept' if kept else 'BROKEN'}")
    print(f"load average at the end {load()}")
    return 0 if kept or not judged else 1


if __name__ == "__main__":
    sys.exit(main())
