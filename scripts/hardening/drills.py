"""`make drills`: every failure drill in its long form, and a table of what was expected and came.

A drill is a test in tests/drills: its module's first sentence is what is expected.
"""

import argparse
import ast
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRILLS = ROOT / "tests/drills"


@dataclass
class Drill:
    """The tests of one module."""

    name: str
    expected: str
    passed: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)


def main() -> int:
    """Run them one after the other; 1 where something else happened than was expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="of which drills: words as pytest's -k takes them")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", str(DRILLS), f"--junit-xml={told}"]
        command += ["-o", "junit_family=xunit1"] + (["-k", args.only] if args.only else [])
        ran = subprocess.run(command, cwd=ROOT, env={**os.environ, "ROLECALL_LONG_TESTS": "1"})
        drills = list(_read(told))
    for drill in drills:
        happened = f"{drill.passed} as expected"
        if drill.skipped:
            happened += f", {drill.skipped} not run here"
        if drill.failed:
            happened += f", {len(drill.failed)} NOT: {', '.join(drill.failed)}"
        print(f"\n{drill.name}\n  expected  {drill.expected}\n  happened  {happened}")
        for tried in drill.tried:
            print(f"            {tried}")
    failed = sum(len(drill.failed) for drill in drills)
    print(f"\n{sum(drill.passed for drill in drills)} as expected, {failed} otherwise")
    return 1 if failed or ran.returncode else 0


def _read(told: Path) -> Iterator[Drill]:
    by_module: dict[str, Drill] = {}
    for case in ElementTree.parse(told).getroot().iter("testcase"):
        module = case.get("classname", "").rpartition(".")[2]
        drill = by_module.setdefault(module, Drill(_title(module), _expected(module)))
        if case.find("failure") is not None or case.find("error") is not None:
            drill.failed.append(case.get("name", ""))
        elif case.find("skipped") is not None:
            drill.skipped += 1
        else:
            drill.passed += 1
        drill.tried += [
            f"{case.get('name')}: {each.get('value')}"
            for each in case.iter("property")
            if each.get("name") == "tried"
        ]
    return iter(by_module.values())


def _title(module: str) -> str:
    return module.removeprefix("test_").replace("_", " ")


def _expected(module: str) -> str:
    path = DRILLS / f"{module}.py"
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ""
    return (said or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
