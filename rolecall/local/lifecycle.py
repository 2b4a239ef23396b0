"""Starting, finding and stopping the server of the embedded AWS.

One file lock says whether a server runs: the server inherits it locked and holds it
for as long as the process lives, so a crash or `kill -9` frees it, and a stale
`server.json` or a process id that someone else has by now misleads nobody. The port is
bound by the starting process and handed over, so a busy port is known before anything
else happens and nobody can take it in between.
"""

import contextlib
import errno
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.files import open_private
from rolecall.local.control_client import ControlClient
from rolecall.local.listener import LOOPBACK, bind
from rolecall.local.rundir import RunDir, read_json
from rolecall.problems import Exit, Problem

#: The port where nothing else is said; the one that local AWS endpoints are known by.
DEFAULT_PORT = 4566
#: How long a start may take before it is given up, in seconds.
START_TIMEOUT = 30.0
#: How long a stop may take (it saves the state), in seconds.
STOP_TIMEOUT = 15.0

#: For glibc, where it is the C library. By itself it raises the size from which memory is
#: given back with each large block that is freed, and keeps a pool for every thread: one
#: upload of megabytes for each of them, and the server never gets smaller again.
_MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A running server, as its `server.json` tells."""

    pid: int
    port: int
    started_at: str
    control_token: str
    instance: str
    state: str | None

    @property
    def url(self) -> str:
        """The address of the embedded AWS."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def control(self) -> ControlClient:
        """The control endpoints of this server."""
        return ControlClient(self.port, self.control_token)


def find(run_dir: RunDir) -> Running | None:
    """Return the running server of a run directory, or None. Stale files are ignored."""
    facts = _facts(run_dir)
    if facts is None or not _is_locked(run_dir):
        return None
    return facts if facts.control.instance() == facts.instance else None


def require(run_dir: RunDir) -> Running:
    """Return the running server.

    Raises:
        Problem: none runs.
    """
    running = find(run_dir)
    if running is None:
        raise Problem(
            "The embedded AWS is not running; start it with `rolecall local up`.",
            Exit.UNREACHABLE,
        )
    return running


def up(
    run_dir: RunDir,
    *,
    port: int | None = None,
    state: Path | None = None,
    state_asked: bool = False,
    say: Say,
) -> tuple[Running, bool]:
    """Start the server in the background; return it, and whether it was started now.

    `port` None takes the default, 0 any free one, and both the running server's; `state`
    None keeps nothing.
    `state_asked`: the user named it, so a running server with another one will not do.

    Raises:
        Problem: the port is busy, another port or state is in use by the running
            server, or the server does not start. Nothing is left behind.
    """
    with claim(run_dir) as lock:
        if lock is None:
            return _running_already(run_dir, port, state, state_asked), False
        listener = listen(DEFAULT_PORT if port is None else port)
        with listener:
            say(f"Starting the embedded AWS on http://{LOOPBACK}:{listener.getsockname()[1]} …")
            _spawn(run_dir, listener, lock, state)
    # It said that it is ready. Not asked again: under the load of clients that have been
    # waiting for it, an answer may take longer than `find` waits for one.
    running = _facts(run_dir)
    if running is None or not _is_locked(run_dir):
        raise Problem(
            f"The embedded AWS ended right after its start; see {run_dir.log_file}.", Exit.FAILED
        )
    return running, True


def down(run_dir: RunDir, say: Say) -> bool:
    """Stop the server and wait until its state is saved; False when none runs.

    Raises:
        Problem: it does not end in time.
    """
    if not _is_locked(run_dir):
        run_dir.server_file.unlink(missing_ok=True)
        return False
    facts = _await_facts(run_dir)
    if facts is None:
        if not _is_locked(run_dir):
            return False
        raise Problem(
            f"The embedded AWS runs, but {run_dir.server_file} is gone or damaged: end the process "
            f"that holds {run_dir.lock_file} (`fuser {run_dir.lock_file}` names it).",
            Exit.CONFLICT,
        )
    say("Stopping the embedded AWS …")
    if not facts.control.shutdown(facts.instance):
        # It holds the lock but does not answer. The lock proves that `server.json` is
        # of the holder, so the process id is right.
        with contextlib.suppress(ProcessLookupError):
            os.kill(facts.pid, signal.SIGTERM)
    if not _wait(lambda: not _is_locked(run_dir), STOP_TIMEOUT):
        raise Problem(
            f"The embedded AWS (process {facts.pid}) does not end; see {run_dir.log_file}.",
            Exit.FAILED,
        )
    return True


def listen(port: int) -> socket.socket:
    """Bind a port of the loopback interface for the server.

    Raises:
        Problem: the port is busy, or may not be used.
    """
    try:
        return bind(port)
    except OverflowError:
        raise Problem(f"{port} is not a port: write a number from 1 to 65535.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Problem(
                f"Port {port} of {LOOPBACK} is in use by another process; stop that, or choose "
                "another port with `rolecall local up --port`.",
                Exit.CONFLICT,
            ) from None
        raise Problem(
            f"Port {port} of {LOOPBACK} cannot be used: {error.strerror}.", Exit.CONFLICT
        ) from None


@contextmanager
def claim(run_dir: RunDir) -> Iterator[int | None]:
    """Take the lock that a server holds for life; None when another process has it.

    The descriptor closes with the block; a process that inherited it keeps the lock.
    """
    run_dir.create()
    try:
        descriptor = open_private(run_dir.lock_file, os.O_RDWR)
    except OSError as error:
        raise Problem(
            f"The lock file {run_dir.lock_file} cannot be opened: {error.strerror}; remove it.",
            Exit.CONFLICT,
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        run_dir.server_file.unlink(missing_ok=True)  # of a server that is no more
        yield descriptor
    finally:
        os.close(descriptor)


def _is_locked(run_dir: RunDir) -> bool:
    try:
        descriptor = os.open(run_dir.lock_file, os.O_RDWR)
    except OSError:
        return False
    try:
        # Shared, so that two who look at the same time do not see each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _facts(run_dir: RunDir) -> Running | None:
    raw = read_json(run_dir.server_file)
    if raw is None:
        return None
    try:
        return Running(
            pid=int(raw["pid"]),
            port=int(raw["port"]),
            started_at=str(raw["started_at"]),
            control_token=str(raw["control_token"]),
            instance=str(raw["instance"]),
            state=None if raw["state"] is None else str(raw["state"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _await_facts(run_dir: RunDir) -> Running | None:
    """Wait for the `server.json` of a server that is just starting."""
    _wait(lambda: _facts(run_dir) is not None or not _is_locked(run_dir), START_TIMEOUT)
    return _facts(run_dir)


def _running_already(
    run_dir: RunDir, port: int | None, state: Path | None, state_asked: bool
) -> Running:
    _wait(lambda: find(run_dir) is not None or not _is_locked(run_dir), START_TIMEOUT)
    running = find(run_dir)
    if running is None:
        raise Problem(
            "Another `rolecall local up` was at work here and did not succeed; try again.",
            Exit.CONFLICT,
        )
    # Port 0 is any port: the running server's will do.
    if port and port != running.port:
        raise Problem(
            f"The embedded AWS already runs on port {running.port}; stop it with `rolecall local "
            f"down` before starting it on port {port}.",
            Exit.CONFLICT,
        )
    if state_asked and (None if state is None else str(state)) != running.state:
        kept = "without state" if running.state is None else f"with the state in {running.state}"
        raise Problem(
            f"The embedded AWS already runs {kept}; stop it with `rolecall local down` first.",
            Exit.CONFLICT,
        )
    return running


def _spawn(run_dir: RunDir, listener: socket.socket, lock: int, state: Path | None) -> None:
    ready, writer = os.pipe()
    log = open_private(run_dir.log_file, os.O_WRONLY | os.O_TRUNC | os.O_APPEND)
    handed = (lock, listener.fileno(), writer)
    arguments = {
        "local": str(run_dir.local),
        "state": None if state is None else str(state),
        "lock": lock,
        "listener": listener.fileno(),
        "ready": writer,
    }
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "rolecall.local.serve", json.dumps(arguments)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=handed,
            start_new_session=True,
            env=server_environment(),
        )
    finally:
        os.close(writer)
        os.close(log)
    try:
        report = _report(ready)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        os.close(ready)
    if report is None:
        process.kill()
        process.wait()
        raise Problem(f"The embedded AWS did not start; see {run_dir.log_file}.", Exit.FAILED)
    if "problem" in report:
        process.wait()
        raise Problem(str(report["problem"]), Exit(int(report.get("exit_code", Exit.FAILED))))


def _report(ready: int) -> dict[str, Any] | None:
    """Read what the server says when it is ready, or why it is not; None: it said nothing."""
    text = b""
    end = time.monotonic() + START_TIMEOUT
    while not text.endswith(b"\n"):
        left = end - time.monotonic()
        if left <= 0 or not select.select([ready], [], [], left)[0]:
            return None
        part = os.read(ready, 65_536)
        if not part:
            return None
        text += part
    report = json.loads(text)
    return report if isinstance(report, dict) else None


def server_environment() -> dict[str, str]:
    """The server's environment: nothing of a user's AWS settings may reach moto or botocore.

    And memory that large requests took is given back (`_MEMORY`).
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "MOTO_", "BOTO_", "S3_", "TEST_"))
    }
    return {
        **_MEMORY,
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
