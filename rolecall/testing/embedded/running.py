"""Starting and ending the embedded AWS of a test run."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rolecall.local.control_client import ControlClient
from rolecall.local.lifecycle import server_environment
from rolecall.problems import Exit, Problem

_LINES_OF_FAILURE = 20
_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class RunningAws:
    """A running embedded AWS; `folder` is for what a test run keeps beside it."""

    control: ControlClient
    folder: Path

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.control.port}"

    def empty(self) -> None:
        """Forget all accounts and what is in them, and go by the real time again."""
        self.control.call("POST", "empty")


@contextmanager
def started(folder: Path) -> Iterator[RunningAws]:
    """An embedded AWS on a free port for the length of the block.

    Raises:
        Problem: it does not start; with the end of its log.
    """
    try:
        import moto  # noqa: F401 - only to say what is missing
    except ImportError:
        raise Problem(
            "The embedded AWS needs more packages: pip install 'rolecall[local]'.",
            Exit.MISSING_COMPONENT,
        ) from None
    log = folder / "server.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "rolecall.testing.embedded.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=server_environment(),
        )
    assert process.stdin is not None  # noqa: S101 - narrows the type
    assert process.stdout is not None  # noqa: S101 - narrows the type
    try:
        line = process.stdout.readline()
        if not line:
            process.wait()
            told = log.read_text("utf-8", "replace").strip().splitlines()[-_LINES_OF_FAILURE:]
            raise Problem("The embedded AWS did not start:\n" + "\n".join(told), Exit.FAILED)
        facts = json.loads(line)
        yield RunningAws(ControlClient(facts["port"], facts["token"]), folder)
    finally:
        process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
