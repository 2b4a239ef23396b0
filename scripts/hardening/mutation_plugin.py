"""What mutation testing asks of pytest: which tests, in which order, and for how long."""

import functools
import json
import os
import signal
import sys
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

#: How a process ends whose test took too long.
TIMED_OUT = 99
#: A generator test tries so many examples at most, always the same: a mutant that only luck
#: finds is not counted as found.
MOST_EXAMPLES = 40


def calm_hypothesis(items: list[pytest.Item]) -> None:
    """Few examples, always the same, nothing kept."""
    from hypothesis import Phase, settings

    for item in items:
        test = getattr(item, "obj", None)
        given = getattr(test, "_hypothesis_internal_use_settings", None)
        if given is not None:
            calm = settings(
                given,
                max_examples=min(given.max_examples, MOST_EXAMPLES),
                derandomize=True,
                database=None,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],
            )
            function: Any = getattr(test, "__func__", test)
            function._hypothesis_internal_use_settings = calm


class Chosen:
    """Only the chosen tests, the quick files first; the first failure is written down."""

    def __init__(self, durations: Mapping[str, float], told: Path) -> None:
        self._durations = durations
        self._told = told

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen ones, in order."""
        kept = [item for item in items if item.nodeid in self._durations]
        files: dict[str, float] = {}
        for item in kept:
            name = item.nodeid.partition("::")[0]
            files[name] = files.get(name, 0.0) + self._durations[item.nodeid]
        kept.sort(key=lambda item: (files[item.nodeid.partition("::")[0]],
                                    self._durations[item.nodeid]))  # fmt: skip
        items[:] = kept
        calm_hypothesis(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """End the process when a test takes too long."""

        def stop(_number: int, _frame: object) -> None:
            self._told.write_text(item.nodeid)
            os._exit(TIMED_OUT)

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, 10 + 10 * self._durations[item.nodeid])
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the first failure."""
        if report.failed:
            self._told.write_text(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be loaded."""
        if report.failed:
            self._told.write_text(report.nodeid or "collecting")


class Mapped:
    """Writes down which test runs which lines of the room, and how long it takes."""

    def __init__(self, tree: Path, told: Path) -> None:
        import coverage  # type: ignore[import-not-found,unused-ignore]

        self._tree = tree
        self._told = told
        self._seconds: dict[str, float] = {}
        self._bad: list[str] = []
        self._coverage = coverage.Coverage(
            data_file=None, source=[str(tree / "rolecall")], config_file=False, messages=False
        )
        self._coverage.start()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Hypothesis as the mutants will see it."""
        calm_hypothesis(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Lines from here on belong to this test."""
        # What an earlier test has made the caches hold would seem not to be needed by this one.
        clear_caches()
        self._coverage.switch_context(item.nodeid)
        started = time.perf_counter()
        try:
            return (yield)
        finally:
            self._seconds[item.nodeid] = time.perf_counter() - started
            self._coverage.switch_context("")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, object, object]:
        """Lines of a shared fixture belong to no one test."""
        # What several tests share belongs to all of them, not to the one that came first.
        if fixturedef.scope == "function":
            return (yield)
        self._coverage.switch_context("")
        try:
            return (yield)
        finally:
            self._coverage.switch_context(self._current())

    def _current(self) -> str:
        return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what proves nothing: it fails by itself, or is skipped."""
        if report.failed or report.skipped:
            self._bad.append(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write all of it down."""
        self._coverage.stop()
        data = self._coverage.get_data()
        lines: dict[str, dict[int, list[str]]] = {}
        for name in data.measured_files():
            path = str(Path(name).relative_to(self._tree))
            lines[path] = data.contexts_by_lineno(name)
        loaded = [
            name
            for name, module in list(sys.modules.items())
            if self._foreign(name, getattr(module, "__file__", None))
        ]
        self._told.write_text(
            json.dumps(
                {"seconds": self._seconds, "bad": self._bad, "lines": lines, "loaded": loaded}
            )
        )

    def _foreign(self, name: str, file: str | None) -> bool:
        inside = file is not None and Path(file).is_relative_to(self._tree)
        return not inside and name.partition(".")[0] not in {"tests", "rolecall", "__main__"}


def clear_caches() -> None:
    """Of every function of ours."""
    for name, module in list(sys.modules.items()):
        if name.startswith("rolecall"):
            for value in list(vars(module).values()):
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()
