"""`make fuzz`: every target under a coverage-guided fuzzer for some minutes, and a table.

Each target has an oracle, which is more than "it does not raise" (see its docstring). It
begins with the inputs in `tests/fuzz/seeds/<target>`, and what it learns is kept in
`.rolecall/fuzz/corpus/<target>` for the next run. A finding does not end a run: its input
is put into `.rolecall/fuzz/findings/<target>`, once for each place that raised, and the
command ends with 1.
"""

import argparse
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.hardening.fuzz_targets import TARGETS  # noqa: E402
from scripts.pinned import pinned_python  # noqa: E402

REQUIREMENTS = Path(__file__).with_name("fuzz-requirements.txt")
HOME = ROOT / ".rolecall/fuzz"
SEEDS, CRASHES = ROOT / "tests/fuzz/seeds", ROOT / "tests/fuzz/crashes"
_STATUS = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/(\d+)(Kb|Mb|b)?")
_UNITS = re.compile(r"stat::number_of_executed_units:\s+(\d+)")


@dataclass
class Outcome:
    """What became of one target."""

    target: str
    seconds: float
    processor: float = 0.0
    executions: int = 0
    edges: int = 0
    corpus: int = 0
    findings: int = 0
    ended: str = ""

    def row(self) -> str:
        """A line of the table."""
        rate = self.executions / self.processor if self.processor else 0
        told = (self.seconds, self.processor, self.executions, rate, self.edges, self.corpus)
        figures = " | ".join(f"{figure:,.0f}" for figure in told)
        return f"| {self.target} | {figures} | {self.findings} | {self.ended} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", choices=sorted(TARGETS), action="append", help="default: all")
    parser.add_argument("--minutes", type=float, default=0.5, help="for each target")
    given = parser.parse_args(arguments)
    python = pinned_python("fuzz", REQUIREMENTS, over_project=True)
    outcomes = []
    for target in given.target or TARGETS:
        print(f"==> {target}: {TARGETS[target]}", file=sys.stderr, flush=True)
        outcomes.append(run(python, target, max(1, round(given.minutes * 60))))
    print("| target | seconds | of processor | executions | a second of it ", end="")
    print("| edges | corpus | findings | ended |")
    print("|---" * 9 + "|")
    for outcome in outcomes:
        print(outcome.row())
    found = sum(outcome.findings for outcome in outcomes)
    print(f"{sum(o.executions for o in outcomes):,} executions, {found} findings")
    return int(found > 0 or any(outcome.ended != "time" for outcome in outcomes))


def run(python: Path, target: str, seconds: int) -> Outcome:
    """One target for some seconds."""
    corpus, findings = HOME / "corpus" / target, HOME / "findings" / target
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    before = {path.name for path in findings.iterdir()}
    known = [folder / target for folder in (SEEDS, CRASHES) if (folder / target).is_dir()]
    command = [str(python), str(ROOT / "scripts/hardening/fuzz_targets/run.py"), target]
    command += [str(findings), f"-max_total_time={seconds}", "-print_final_stats=1", "-timeout=20"]
    command += ["-max_len=65536", "-rss_limit_mb=2000", f"-artifact_prefix={findings}/"]
    command += [str(corpus), *map(str, known)]
    log = HOME / f"{target}.log"
    began, used = time.monotonic(), _processor()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=HOME,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "AWS_EC2_METADATA_DISABLED": "true"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: os.nice(10) and None,
        )
        try:
            # libFuzzer ends by itself; a target that hangs in native code does not.
            code = process.wait(seconds + 180)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            code = -1
    outcome = Outcome(
        target, time.monotonic() - began, ended="time" if code == 0 else f"exit {code}"
    )
    outcome.processor = _processor() - used
    text = log.read_text(errors="replace")
    for status in _STATUS.finditer(text):
        outcome.executions, outcome.edges = int(status[1]), int(status[2])
        outcome.corpus = int(status[4])
    if executed := _UNITS.search(text):
        outcome.executions = int(executed[1])
    new = {path.name for path in findings.iterdir()} - before
    outcome.findings = sum(1 for name in new if not name.endswith(".txt"))
    return outcome


def _processor() -> float:
    """Seconds of processor that ended children have used: a shared machine gives fewer."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
