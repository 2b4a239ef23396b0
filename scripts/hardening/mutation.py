"""`make mutants ROOM=policy`: is there a test that notices, whatever is changed in the code?

Each mutant is one small change of one file, in a copy of the tree; only the tests that run its
lines are run against it, the first failure ends it. All mutants, or with --sample a random
sample, drawn by file in proportion. The table counts them by file; what survived is written to
`.rolecall/mutation/<room>.json`, to be read.
"""

import argparse
import hashlib
import json
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from mutation_rooms import ROOMS, Room
from mutation_table import table

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from scripts.pinned import ROOT, pinned_python  # noqa: E402

RUNNER = str(HERE / "mutation_run.py")
KEPT = ROOT / ".rolecall/mutation"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make, try and count the mutants of a room; what survived is written down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--room", choices=ROOMS, default="policy")
    parser.add_argument("--sample", type=int, help="so many mutants, at random; default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="files whose path has this regular expression")
    parser.add_argument(
        "--longest", type=float, help="leave out tests that take more seconds; see --again"
    )
    parser.add_argument("--again", action="store_true", help="what survived the last time only")
    parser.add_argument("--tests", nargs="+", help="these instead of all of the room's")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--name", help="of the results, for runs beside each other; the room's")
    given = parser.parse_args(arguments)
    os.nice(max(0, 10 - os.nice(0)))
    # The copies go away, and the processes with them, when this one is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    room, name = ROOMS[given.room], given.name or given.room
    if given.tests:
        room = replace(room, tests=tuple(given.tests))
    python = pinned_python("mutation", HERE / "mutation-requirements.txt", over_project=True)
    with tempfile.TemporaryDirectory(prefix="rolecall-mutants-") as made_for_it:
        folder = Path(made_for_it)
        trees = [copied_tree(folder / f"tree-{n}") for n in range(given.processes)]
        mutants = list(made(python, trees[0], room))
        mutants = [mutant for mutant in mutants if re.search(given.only, mutant["path"])]
        results = KEPT / f"{name}.json"
        whole = len(mutants)
        if given.again:
            wanted = {key(mutant) for mutant in json.loads(results.read_text())}
            mutants = [mutant for mutant in mutants if key(mutant) in wanted]
        elif given.sample:
            mutants = sampled(mutants, given.sample, given.seed)
        covering = Covering(mapped(python, trees[0], room), given.longest or math.inf)
        # In any order: what is there half-way is a sample as well.
        random.Random(given.seed).shuffle(mutants)
        say(f"{len(mutants)} of {whole} mutants")
        log = KEPT / f"{name}.tried.jsonl"
        tried = tried_by_all(python, trees, folder, mutants, covering, log)
    survivors = [mutant for mutant in tried if mutant["outcome"] == "survived"]
    results.write_text(json.dumps(survivors, indent=1))
    print(table(tried, whole))
    print(f"survivors: {results.relative_to(ROOT)}")
    return 0


def say(text: str) -> None:
    """How far it is; the table alone is the output."""
    print(text, file=sys.stderr, flush=True)


_KNOWN_BY = ("path", "name", "operator", "before", "after")


def key(mutant: Mapping[str, Any]) -> tuple[str, ...]:
    """What a mutant is known by, though lines move; of several alike it is the how manieth."""
    return tuple(str(mutant[part]) for part in (*_KNOWN_BY, "alike"))


def copied_tree(to: Path) -> Path:
    """The working tree's files, and a way to what is installed: nobody's own files change."""
    listed = subprocess.run(
        ["git", "ls-files", "-zco", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to / name)
    for name in (".venv", "node_modules"):
        (to / name).symlink_to(ROOT / name)
    return to


def sources(tree: Path, room: Room) -> list[Path]:
    """The files to mutate."""
    return sorted(path for pattern in room.sources for path in tree.glob(pattern))


def made(python: Path, tree: Path, room: Room) -> Iterator[dict[str, Any]]:
    """Every mutant of the room; it takes minutes, so they are kept until a file changes."""
    maker = (HERE / "mutation_make.py").read_bytes()
    for path in sources(tree, room):
        digest = hashlib.sha256(maker + b"\0" + path.read_bytes()).hexdigest()[:20]
        kept = KEPT / "made" / f"{digest}.jsonl"
        if not kept.exists():
            name = str(path.relative_to(tree))
            say(f"making the mutants of {name}")
            command = [str(python), str(HERE / "mutation_make.py"), str(tree), name]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            kept.parent.mkdir(parents=True, exist_ok=True)
            writing = kept.with_suffix(f".{os.getpid()}")
            writing.write_bytes(done.stdout)
            writing.replace(kept)
        alike: Counter[tuple[str, ...]] = Counter()
        for mutant in map(json.loads, kept.read_text().splitlines()):
            known = tuple(str(mutant[part]) for part in _KNOWN_BY)
            alike[known] += 1
            yield {**mutant, "alike": alike[known]}


def sampled(mutants: list[dict[str, Any]], size: int, seed: int) -> list[dict[str, Any]]:
    """By file, each file in proportion to its number of mutants and at least one."""
    by_file: dict[str, list[dict[str, Any]]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant["path"], []).append(mutant)
    chosen: list[dict[str, Any]] = []
    for path, found in sorted(by_file.items()):
        count = min(len(found), max(1, math.ceil(size * len(found) / len(mutants))))
        chosen.extend(random.Random(f"{seed} {path}").sample(found, count))
    return chosen


def environment(tree: Path) -> dict[str, str]:
    """Ours is found in the copy, by every process that a test starts as well."""
    return {
        **os.environ,
        "PYTHONPATH": f"{tree}:{tree / 'constructs'}:{HERE}",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONHASHSEED": "1",
    }


def mapped(python: Path, tree: Path, room: Room) -> dict[str, Any]:
    """Run the room's tests once, and learn which runs which line; kept until a file changes."""
    digest = hashlib.sha256((HERE / "mutation_plugin.py").read_bytes())
    tests = [path for part in room.tests for path in _python_files(tree / part)]
    for path in sorted([*tests, *sources(tree, room)]):
        digest.update(str(path.relative_to(tree)).encode() + path.read_bytes())
    told = KEPT / "maps" / f"{digest.hexdigest()[:20]}.json"
    if not told.exists():
        say("running the tests once, to learn which runs what")
        told.parent.mkdir(parents=True, exist_ok=True)
        command = [str(python), RUNNER, "map", str(tree), str(told), *room.tests]
        subprocess.run(command, env=environment(tree), stdout=sys.stderr, check=False)
    found: dict[str, Any] = json.loads(told.read_text())
    if not found["seconds"]:
        told.unlink()
        sys.exit("No test ran, so none could notice anything; see what pytest said above.")
    if found["bad"]:
        say(f"left out, they fail or are skipped without a mutant: {', '.join(found['bad'])}")
    return found


def _python_files(path: Path) -> Iterable[Path]:
    return [path] if path.is_file() else path.rglob("*.py")


class Covering:
    """Which tests bear on which line."""

    def __init__(self, found: Mapping[str, Any], longest: float) -> None:
        bad = {*found["bad"], *(name for name, s in found["seconds"].items() if s > longest)}
        self.loaded: list[str] = found["loaded"]
        self._seconds = {k: s for k, s in found["seconds"].items() if k not in bad}
        self._lines: Mapping[str, Mapping[str, list[str]]] = found["lines"]

    def of(self, mutant: Mapping[str, Any]) -> list[dict[str, float]]:
        """The tests, with their seconds, in the order of their turns.

        All, for a line that is run as the file loads: a constant, or a field of a class, is
        used where its own file runs no line; but who runs anything of the file comes first.
        What no test runs in its own process, one may run in a process that it starts: then
        it is for all that run anything of the file.
        """
        lines = self._lines.get(mutant["path"], {})
        wanted = [str(line) for line in range(mutant["first"], mutant["last"] + 1)]
        names = {name for line in wanted for name in lines.get(line, ())}
        near = {name for tests in lines.values() if "" not in tests for name in tests}
        if names and "" not in names:
            turns = [names]
        elif names or not near:
            turns = [near, self._seconds.keys() - near]
        else:
            turns = [near]
        found = [{n: self._seconds[n] for n in turn if n in self._seconds} for turn in turns]
        return [turn for turn in found if turn]


def tried_by_all(
    python: Path,
    trees: Sequence[Path],
    folder: Path,
    mutants: Sequence[dict[str, Any]],
    covering: Covering,
    log_file: Path,
) -> list[dict[str, Any]]:
    """Every mutant with its outcome; each process takes the next when it is done."""
    waiting = iter(mutants)
    log = log_file.open("w")
    lock = threading.Lock()
    processes: list[subprocess.Popen[str]] = []
    tried: list[dict[str, Any]] = []

    def work(tree: Path) -> None:
        scratch = folder / f"scratch-{tree.name}"
        scratch.mkdir()
        command = [str(python), RUNNER, "mutants", str(tree), str(scratch)]
        with subprocess.Popen(
            command,
            env=environment(tree),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            processes.append(process)
            print(json.dumps({"loaded": covering.loaded}), file=process.stdin, flush=True)
            while True:
                with lock:
                    mutant = next(waiting, None)
                if mutant is None:
                    process.stdin.close()
                    return
                tests = covering.of(mutant)
                result: dict[str, Any] = {"outcome": "survived", "by": "no test", "seconds": 0}
                if tests:
                    order = {**mutant, "tests": tests}
                    print(json.dumps(order), file=process.stdin, flush=True)
                    answer = process.stdout.readline()
                    if not answer:
                        raise RuntimeError(f"ended in the midst of {mutant['path']}")
                    result = json.loads(answer)
                with lock:
                    tried.append({**mutant, **result, "source": ""})
                    print(json.dumps(tried[-1]), file=log, flush=True)
                    if len(tried) % 50 == 0:
                        say(f"{len(tried)} of {len(mutants)} tried")

    with log, ThreadPoolExecutor(len(trees)) as pool:
        try:
            list(pool.map(work, trees))
        finally:
            for process in processes:
                process.terminate()
    return sorted(tried, key=lambda mutant: (mutant["path"], mutant["number"]))


if __name__ == "__main__":
    sys.exit(main())
