"""Whole commands in forked processes: only a process without threads may fork, so this is used
by scripts (`python -m tests.drills.full_disk …`), not by tests.

What the commands import is loaded once, which makes hundreds of them quick.
"""

import json
import os
import select
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from rolecall.cli.main import COMMANDS, main
from tests.drills.stage import Act, Stage

#: Imported late by some commands.
_LATE = (
    *("boto3", "botocore.config", "botocore.credentials", "botocore.loaders", "jinja2"),
    *("rolecall.review.read", "rolecall.review.markdown", "rolecall.review.html"),
    *("rolecall.review.sarif", "rolecall.review.as_json", "rolecall.review.text"),
)
_SECONDS = 60


@dataclass(frozen=True)
class Acted:
    """How a command ended; a negative code is the signal that killed it."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What Rolecall said last; empty where it is no sentence of its own."""
        lines = self.err.strip().splitlines()
        return lines[-1] if lines and lines[-1].startswith("rolecall: ") else ""


@dataclass
class Told:
    """What a script of drills prints."""

    drill: str
    runs: int = 0
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def found(self, where: str, what: str) -> None:
        self.findings.append(f"{where}: {what}")


def tell(told: list[Told]) -> None:
    """Print it for the test."""
    sys.stdout.write(json.dumps([asdict(each) for each in told], indent=1))


def load() -> None:
    """Import what commands import."""
    for name in (*(module for module, _ in COMMANDS.values()), *_LATE):
        import_module(name)


def act(
    stage: Stage,
    command: Act,
    prepare: Callable[[], object] = lambda: None,
    *,
    seconds: int = _SECONDS,
    changed: Mapping[str, str | None] = MappingProxyType({}),
) -> Acted:
    """Run a command in the stage's folder; `prepare` runs in its process, just before."""
    reading, writing = zip(os.pipe(), os.pipe(), strict=True)
    child = os.fork()
    if not child:
        code = 99
        try:
            os.setsid()
            _become(stage, writing, changed)
            prepare()
            code = main(list(command.words))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)
    for descriptor in writing:
        os.close(descriptor)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(seconds)
    out, err = _read(reading)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # raises where nobody of its group is left
        return Acted(98, out, err + "\nsomething that it started still runs")
    return Acted(os.waitstatus_to_exitcode(status), out, err)


def _read(pipes: Sequence[int]) -> list[str]:
    """What comes out of pipes until all of them end."""
    read: dict[int, bytes] = dict.fromkeys(pipes, b"")
    left = set(pipes)
    while left:
        for pipe in select.select(list(left), [], [])[0]:
            part = os.read(pipe, 65_536)
            read[pipe] += part
            if not part:
                left.remove(pipe)
                os.close(pipe)
    return [read[pipe].decode("utf-8", "replace") for pipe in pipes]


def _become(stage: Stage, streams: Sequence[int], changed: Mapping[str, str | None]) -> None:
    os.environ.clear()
    whole: dict[str, str | None] = {**stage.variables, **changed}
    os.environ.update({name: value for name, value in whole.items() if value is not None})
    os.chdir(stage.folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(streams[0], 1)
    os.dup2(streams[1], 2)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    tempfile.tempdir = None


def strays(folder: Path) -> list[str]:
    """What somebody put together beside its place, and left there."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob(".*")
        if path.name not in (".aws", ".cache", ".github", ".gitignore", ".fill")
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file, by its name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
