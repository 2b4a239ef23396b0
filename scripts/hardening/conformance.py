"""Run the tables of documented behaviour, and count them by topic (`make conformance`).

Exit code 1 if a row is not answered as AWS documents it.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


class Counts:
    """A pytest plugin: what came of each row, by the topic in its name."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest for each phase of each test."""
        topic = _topic(report.nodeid)
        if report.failed:
            self.failed[topic] += 1
        elif report.when == "call" and report.passed:
            self.passed[topic] += 1


def _topic(node: str) -> str:
    path, _, name = node.partition("::")
    row = name.partition("[")[2]
    if "/evaluator/" in path:
        return "the evaluator"
    return row.partition(":")[0].replace("_", " ") if ":" in row else "the table itself"


def main() -> int:
    """Run them, print the counts."""
    counts = Counts()
    code = pytest.main(
        [str(ROOT / "tests/conformance"), "-q", "-p", "no:cacheprovider", "--no-header"],
        plugins=[counts],
    )
    topics = list(dict.fromkeys([*counts.passed, *counts.failed]))
    print(f"\n{'topic':<28} {'as documented':>14} {'otherwise':>10}")
    for topic in topics:
        print(f"{topic:<28} {counts.passed[topic]:>14} {counts.failed[topic]:>10}")
    print(f"{'together':<28} {counts.passed.total():>14} {counts.failed.total():>10}")
    return int(code != 0 or not counts.passed)


if __name__ == "__main__":
    sys.exit(main())
