"""The embedded AWS under the soak: started as a user starts it, stopped, killed, looked at."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from rolecall.local import lifecycle
from rolecall.local.rundir import RunDir
from scripts.hardening.soak_client import Phase

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server used at a moment (Linux)."""

    moment: float
    pid: int
    resident_mb: float
    threads: int
    descriptors: int
    state_kb: float
    log_kb: float


@dataclass(frozen=True, slots=True)
class Stop:
    """When the server was asked to stop, or killed; by which moment all must be kept."""

    moment: float
    kept_until: float


@dataclass
class Server:
    """`rolecall local up` with a home of its own, on one port for all its lives."""

    home: Path
    port: int
    phase: Phase
    restarts: int = 0
    kills: int = 0
    #: Seconds that each restart took, by its kind.
    away: list[tuple[str, float]] = field(default_factory=list)

    @property
    def run_dir(self) -> RunDir:
        """Where its files are."""
        return RunDir(self.home / "local")

    def up(self) -> None:
        """Start it; raises if it does not start."""
        self._rolecall("up", "--port", str(self.port))
        self.phase.set(f"up-{self.restarts}-{self.kills}")

    def down(self) -> None:
        """Stop it politely."""
        self.phase.set(f"stopping-{self.restarts + 1}-{self.kills}")
        self._rolecall("down")

    def restart(self, kill: bool) -> Stop:
        """Stop it and start it again."""
        begin = time.monotonic()
        if kill:
            self.kills += 1
            pid = self.pid
            self.phase.set(f"killing-{self.restarts + 1}-{self.kills}")
            kept_until = time.monotonic() - self._age_of_the_one_before()
            os.kill(pid, signal.SIGKILL)
            begin = time.monotonic()
        else:
            self.down()
            kept_until = time.monotonic()
        self.restarts += 1
        self.up()
        self.away.append(("SIGKILL" if kill else "down", time.monotonic() - begin))
        return Stop(begin, kept_until)

    def _age_of_the_one_before(self) -> float:
        """How long ago the snapshot before the newest was written, in seconds.

        The newest one began after that. While the next is put in its place, both names are
        the newest's for a moment; that says nothing of when it began.
        """
        newest, before = (self.run_dir.state / n for n in ("snapshot", "snapshot.previous"))
        for _ in range(1000):
            facts = before.stat()
            if not os.path.samestat(facts, newest.stat()):
                return time.time() - facts.st_mtime
            time.sleep(0.005)
        return float("inf")

    @property
    def pid(self) -> int:
        """The process now."""
        return lifecycle.require(self.run_dir).pid

    def _rolecall(self, *words: str) -> None:
        # On a machine with too much to do the first may give up before the server is done.
        for last in (False, True):
            done = self._once(*words)
            if not done.returncode:
                return
            if last:
                raise RuntimeError(f"rolecall local {words[0]}: {done.stderr.strip()}")

    def _once(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "rolecall.cli.main", "local", *words],
            cwd=ROOT,
            env={**os.environ, "ROLECALL_HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=120,
        )


class Sampler:
    """Looks at the server every few seconds, in a thread."""

    def __init__(self, server: Server, every: float) -> None:
        self._server, self._every = server, every
        self.samples: list[Sample] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        begin = time.monotonic()
        while not self._ended.wait(self._every):
            sample = look(self._server.run_dir, time.monotonic() - begin)
            if sample is not None:
                self.samples.append(sample)


def look(run_dir: RunDir, moment: float) -> Sample | None:
    """A sample; None where no server runs at the moment."""
    facts = lifecycle.find(run_dir)
    if facts is None:
        return None
    process = Path(f"/proc/{facts.pid}")
    try:
        told = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return Sample(
            moment=moment,
            pid=facts.pid,
            resident_mb=int(told["VmRSS"].split()[0]) / 1024,
            threads=int(told["Threads"]),
            descriptors=len(list((process / "fd").iterdir())),
            state_kb=sum(each.stat().st_size for each in run_dir.state.iterdir()) / 1024,
            log_kb=run_dir.log_file.stat().st_size / 1024,
        )
    except (OSError, KeyError, ValueError):
        return None  # it is just ending
