"""The same command in many environments: some at a time, each line says which it is of."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import IO

from rolecall.session.execute import KILLED, NOT_EXECUTABLE, NOT_FOUND, in_foreground

_NOT_RUN = "not run"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one environment.

    exit_code: the command's, None where it was not started.
    problem: why it was not, in words.
    stdout, stderr: what it wrote, where that was kept.
    """

    environment: str
    account_id: str | None = None
    role: str | None = None
    exit_code: int | None = None
    problem: str | None = None
    seconds: float = 0.0
    stdout: bytes = b""
    stderr: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the command ran and ended well."""
        return self.exit_code == 0

    @property
    def in_words(self) -> str:
        """How it ended, for a person."""
        if self.exit_code is not None:
            return f"exit code {self.exit_code}"
        return self.problem or _NOT_RUN


class Running:
    """The commands that run at the moment, and whether more may be started.

    While the context lasts, a signal to end starts no more of them and is passed on.
    """

    def __init__(self) -> None:
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self.signal: int | None = None

    @contextmanager
    def watching_signals(self) -> Iterator[None]:
        """To be entered in the main thread."""
        before = {
            number: signal.signal(number, self._came)
            for number in _ENDING
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(
        self, command: Sequence[str], environment: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        """Start a command that reads nothing: it may be one of several. Raises `OSError`."""
        process = subprocess.Popen(  # noqa: S603 - running it is what was asked for
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with self._lock:
            self._processes.add(process)
            came = self.signal
        if came is not None:
            process.send_signal(came)
        return process

    def wait(self, process: "subprocess.Popen[bytes]") -> int:
        """Its exit code, as shells count: 128 and the signal's number where one killed it."""
        code = process.wait()
        with self._lock:
            self._processes.discard(process)
        return code if code >= 0 else KILLED - code

    def _came(self, number: int, _frame: FrameType | None) -> None:
        self.signal = number
        if number == signal.SIGINT and in_foreground():
            return  # the terminal told the commands itself
        # Without the lock: the main thread may hold it. A set is copied in one step.
        for process in tuple(self._processes):
            process.send_signal(number)


class Sink:
    """Where the lines go: out one by one, each with its prefix, or kept for later.

    failure: why stdout took no more of them, if it did not; a reader who went away is none.
    """

    def __init__(self, out: IO[bytes], err: IO[bytes], *, keep: bool) -> None:
        self._streams = {"out": out, "err": err}
        self._keep = keep
        self._lock = threading.Lock()
        self.failure: str | None = None

    def pump(self, pipe: IO[bytes] | None, name: str, prefix: bytes) -> bytes:
        """Read the pipe to its end; what was read is returned if it is to be kept."""
        if pipe is None:
            return b""
        with pipe:
            if self._keep:
                return pipe.read()
            for line in pipe:
                whole = line if line.endswith(b"\n") else line + b"\n"
                with self._lock:
                    self._write(name, prefix + whole)
        return b""

    def _write(self, name: str, line: bytes) -> None:
        stream = self._streams[name]
        try:
            stream.write(line)
            stream.flush()
        except OSError as error:
            # The commands go on to their end all the same.
            if name == "out" and not isinstance(error, BrokenPipeError):
                self.failure = error.strerror or type(error).__name__
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run_prefixed(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    prefix: tuple[bytes, bytes],
    running: Running,
    sink: Sink,
) -> tuple[int, bytes, bytes]:
    """Run the command; its exit code, and what it wrote where that is kept.

    126 and 127 as shells count, where it cannot be run or is not there; then the reason is
    what it "wrote" on stderr.
    """
    try:
        process = running.start(command, environment)
    except (OSError, ValueError) as error:
        reason = os.fsencode(f"{getattr(error, 'strerror', None) or error}\n")
        read, write = os.pipe()
        os.write(write, reason)
        os.close(write)
        kept = sink.pump(os.fdopen(read, "rb"), "err", prefix[1])
        return (NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE), b"", kept
    with ThreadPoolExecutor(2) as pumps:
        out = pumps.submit(sink.pump, process.stdout, "out", prefix[0])
        err = pumps.submit(sink.pump, process.stderr, "err", prefix[1])
        written = out.result(), err.result()
    return running.wait(process), *written


def for_each(
    names: Sequence[str],
    one: Callable[[str], Outcome],
    *,
    parallel: int,
    stop_on_failure: bool,
    running: Running,
) -> list[Outcome]:
    """What became of each, in the order of the names; `parallel` of them at a time.

    After a failure (if so wished) or a signal no more are started.
    """
    stopped = threading.Event()

    def guarded(name: str) -> Outcome:
        if stopped.is_set() or running.signal is not None:
            return Outcome(name, problem=_NOT_RUN)
        began = time.monotonic()
        outcome = one(name)
        if stop_on_failure and not outcome.ok:
            stopped.set()
        return _timed(outcome, time.monotonic() - began)

    with running.watching_signals(), ThreadPoolExecutor(parallel) as workers:
        return list(workers.map(guarded, names))


def _timed(outcome: Outcome, seconds: float) -> Outcome:
    return replace(outcome, seconds=round(seconds, 3))
