"""Running a program that ends with us: whoever is interrupted leaves none behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_POSIX = os.name == "posix"


def run_child(
    command: Sequence[str] | str,
    *,
    folder: Path,
    environment: Mapping[str, str],
    ending: signal.Signals | None = None,
    patience: float = 0.0,
    timeout: float | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end; what it wrote is text. A `str` is a line for the shell.

    It reads nothing, and is of a group of its own, so that Ctrl-C reaches it through us alone.
    Where we are ended first, or time is up, it is told `ending` and has `patience` seconds;
    then it is killed, with all that it started.

    Raises `OSError` where it cannot be run, `subprocess.TimeoutExpired`.
    """
    with subprocess.Popen(  # noqa: S603 - running it is what was asked for
        command,
        shell=isinstance(command, str),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=_POSIX,
    ) as child:
        try:
            out, err = child.communicate(timeout=timeout)
        except BaseException:
            _end(child, ending, patience)
            raise
        return subprocess.CompletedProcess(command, child.returncode, out, err)


def _end(child: "subprocess.Popen[str]", ending: signal.Signals | None, patience: float) -> None:
    try:
        if ending is not None:
            with suppress(subprocess.TimeoutExpired, ValueError, OSError):
                child.send_signal(ending)
                # What it still says must be read, or it would wait for a reader.
                child.communicate(timeout=patience)
    finally:
        if _POSIX:
            # Its children hold the pipes, so that ending it alone would wait for them.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        child.kill()
