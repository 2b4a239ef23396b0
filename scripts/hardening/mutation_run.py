"""A process that runs tests in a copy of the tree: once to map them, then for each mutant.

For a mutant the changed file is written into the copy, so that processes which a test starts
have it as well, and a child is forked from this process, which has loaded all that is not ours:
the child imports ours anew.
"""

import gc
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from mutation_plugin import TIMED_OUT, Chosen, Mapped

_OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:rolecall", "--no-header", "--tb=no"]
_MOST_MEMORY = 6 * 1024**3
#: Seconds that quick files may take together.
_QUICK = 3.0


def main() -> None:
    """`map TREE TOLD TEST…` or `mutants TREE SCRATCH`, the latter with orders on stdin."""
    what, tree = sys.argv[1], Path(sys.argv[2])
    os.chdir(tree)
    if what == "map":
        sys.exit(pytest.main([*_OPTIONS, *sys.argv[4:]], [Mapped(tree, Path(sys.argv[3]))]))
    serve(tree, Path(sys.argv[3]))


def serve(tree: Path, scratch: Path) -> None:
    """The first order names what to load; each other one is a mutant. Answers on stdout."""
    orders = sys.stdin
    for name in json.loads(orders.readline())["loaded"]:
        with suppress(BaseException):
            importlib.import_module(name)
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    for count, line in enumerate(orders, 1):
        print(json.dumps(tried(tree, scratch, json.loads(line), count)), file=answers, flush=True)


def tried(tree: Path, scratch: Path, order: Mapping[str, Any], count: int) -> dict[str, object]:
    """Run the tests against one mutant: what became of it."""
    path = tree / order["path"]
    told = scratch / "told"
    told.unlink(missing_ok=True)
    original = path.read_bytes()
    started, used = time.monotonic(), _cpu()
    _write(path, order["source"].encode(), count)
    try:
        outcome = "survived"
        for tests in (part for turn in order["tests"] for part in _quick_first(turn)):
            if outcome == "survived":
                outcome = _outcome(tests, told, scratch)
    finally:
        _write(path, original, 0)
    return {
        "outcome": outcome,
        "by": told.read_text() if told.exists() else "",
        "seconds": round(time.monotonic() - started, 2),
        "cpu": round(_cpu() - used, 2),
    }


def _quick_first(tests: Mapping[str, float]) -> Sequence[Mapping[str, float]]:
    """The quick files, then the others: most mutants need not wait until all are loaded."""
    files: dict[str, float] = {}
    for name, seconds in tests.items():
        file = name.partition("::")[0]
        files[file] = files.get(file, 0.0) + seconds
    quick: set[str] = set()
    for file, seconds in sorted(files.items(), key=lambda item: item[1]):
        if sum(files[each] for each in quick) + seconds > _QUICK:
            break
        quick.add(file)
    first = {name: tests[name] for name in tests if name.partition("::")[0] in quick}
    rest = {name: tests[name] for name in tests if name not in first}
    return [part for part in (first, rest) if part]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write(path: Path, content: bytes, count: int) -> None:
    path.write_bytes(content)
    # Byte code is known by its source's size and second: no two mutants may share a second.
    os.utime(path, (1_000_000_000 + count, 1_000_000_000 + count))


def _outcome(tests: Mapping[str, float], told: Path, scratch: Path) -> str:
    child = os.fork()
    if child == 0:
        _child(tests, told, scratch)

    # Told to end, this process takes the test's processes along.
    def end(_number: int, _frame: object) -> None:
        os.killpg(child, signal.SIGKILL)
        os._exit(143)

    signal.signal(signal.SIGTERM, end)
    limit = time.monotonic() + 60 + 10 * sum(tests.values())
    status = None
    while status is None and time.monotonic() < limit:
        ended, found = os.waitpid(child, os.WNOHANG)
        if ended:
            status = found
        else:
            time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
        return "timeout"
    code = os.waitstatus_to_exitcode(status)
    if code == TIMED_OUT:
        return "timeout"
    fine = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    return "survived" if code in fine else "killed"


def _child(tests: Mapping[str, float], told: Path, scratch: Path) -> None:
    code = 1
    try:
        os.setsid()
        silent = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(silent, number)
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        folder = scratch / "tmp"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        os.environ["TMPDIR"] = str(folder)
        code = int(pytest.main([*_OPTIONS, "-x", *_files(tests)], [Chosen(tests, told)]))
    finally:
        os._exit(code)


def _files(tests: Mapping[str, float]) -> Sequence[str]:
    return sorted({name.partition("::")[0] for name in tests})


if __name__ == "__main__":
    main()
