"""Identity providers as child processes that never outlive the tests.

A provider ends when its standard input is closed, so it ends with this process even when
this process is killed. Programs that do not look at their input are run below a shell that
does (`tied_to_stdin`).
"""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

#: Enough for a loaded machine with two cores; on an idle one it takes well under a second.
READY_WITHIN = 60.0

_UNTIL_STDIN_ENDS = """
"$@" &
child=$!
trap 'kill $child 2>/dev/null; wait $child' EXIT
trap 'exit 1' TERM INT HUP
read -r nothing
"""


def tied_to_stdin(command: Sequence[str]) -> list[str]:
    """The command below a shell that stops it when standard input ends."""
    return ["sh", "-c", _UNTIL_STDIN_ENDS, "sh", *command]


class Provider:
    """A running child process.

    command: what to run; it stops at the end of its standard input.
    ready: a pattern that one line of its output matches once it answers. `.ready` is the match.
    first: what it is given on standard input at the start; secrets go here, not into argv.
    log: where its output goes.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        ready: str,
        log: Path,
        first: str = "",
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self.log = log
        self._pattern = re.compile(ready)
        self._found: re.Match[str] | None = None
        self._settled = threading.Event()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=cwd,
            env=env,
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the provider
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(first)
            self._process.stdin.flush()
            self._settled.wait(READY_WITHIN)
            if self._found is None:
                raise AssertionError(f"{command[0]} did not start:\n{log.read_text()}")
        except BaseException:
            self.stop()
            raise
        self.ready: re.Match[str] = self._found

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self.log.open("w") as log:
            for line in self._process.stdout:
                log.write(line)
                log.flush()
                if self._found is None and (found := self._pattern.search(line)):
                    self._found = found
                    self._settled.set()
        self._settled.set()  # its output ended, so it never becomes ready

    def stop(self) -> None:
        """End it, and be sure that it has ended."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it may have ended by itself
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            # The whole group: whatever it has started ends as well.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._reader.join(5)
