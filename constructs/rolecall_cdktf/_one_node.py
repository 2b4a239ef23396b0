"""One Node process for jsii instead of two.

jsii starts a Node program that starts a second one, hands every message on between it and
Python, and wraps up what it prints. Here the second is started itself, as the first would
do it: with its end of a socket as file descriptor 3. What it prints, its children included,
is passed on as it comes. That spares a start of Node and two copies of each message.

The first one also warns of Node versions that jsii does not support; that warning is lost.
Where jsii does not look like this any more, or brings a runtime of its own (`JSII_RUNTIME`),
its two processes are used.
"""

import atexit
import contextlib
import logging
import os
import platform
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from jsii._kernel.providers import process

# How jsii 1.142 starts the second one.
_AS_KNOWN = ('"--preserve-symlinks"', '"lib","program.js"', 'stdio:["ignore","pipe","pipe","pipe"]')
_SHELL = "/bin/sh"
# More than _lazy_modules.cjs waits.
_LAST_WORDS_SECONDS = 20
_HEAP = "--max-old-space-size=4069"
log = logging.getLogger(__name__)
_Stock = process._NodeProcess


class OneNode(_Stock):
    """jsii's Node process, without the one in between."""

    _printed: IO[bytes] | None = None

    def start(self) -> None:
        """Start Node and wait until it greets."""
        program = self._program()
        node = shutil.which(os.environ.get("JSII_NODE", "node"))
        if program and node:
            self._start(node, program)
            try:
                self.handshake()
                return
            except (AssertionError, ValueError) as error:
                log.debug("Node does not greet: %s", error)
                with contextlib.suppress(OSError):
                    self.stop()
                self._ctx_stack = contextlib.ExitStack()
                self._printed = None
        log.debug("jsii's two Node processes are used")
        super().start()  # type: ignore[no-untyped-call]

    def _start(self, node: str, program: str) -> None:
        # Popen hands on a descriptor under the number it has here, hence the shell.
        command = [_SHELL, "-c", 'exec "$0" "$@" 3<&0 0</dev/null', node, _HEAP]
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [*command, "--preserve-symlinks", program],
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"},
            )
            self._printed = self._process.stdout
            self._process.stdin = ours.makefile("wb")
            self._process.stdout = ours.makefile("rb")
        self._print_thread = _copying(self._printed, "stdout")
        self.sink_thread = _copying(self._process.stderr, "stderr")
        atexit.register(self.stop)

    def stop(self) -> None:
        """End Node, and wait for what it printed last."""
        if not hasattr(self, "_process"):
            return  # it was never started
        stdin = self._process.stdin
        if stdin is not None and not stdin.closed:
            # As jsii says it; but jsii waits for five seconds, and the first run on a machine
            # still writes an index (_lazy_modules.cjs).
            stdin.write(b'{"exit":0}\n')
            stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_LAST_WORDS_SECONDS)
        super().stop()
        if self._printed is not None:
            self._print_thread.join(timeout=5)
            if not self._print_thread.is_alive():
                self._printed.close()

    def _program(self) -> str | None:
        """Where the second program is, if the first one starts it as it is known to."""
        if not os.path.exists(_SHELL) or "JSII_RUNTIME" in os.environ:  # noqa: PTH110
            return None
        try:
            entry = Path(self._jsii_runtime())
            text = entry.read_text(encoding="utf-8")
        except (AttributeError, OSError):
            return None
        program = entry.parents[1] / "lib" / "program.js"
        return str(program) if all(part in text for part in _AS_KNOWN) else None


def use_one_node() -> None:
    """Let jsii start one process, once it starts."""
    process._NodeProcess = OneNode  # type: ignore[misc]


def _copying(source: IO[bytes] | None, name: str) -> threading.Thread:
    def copy() -> None:
        for line in source or ():
            # Asked for each time: tests and notebooks put others in its place.
            target = getattr(sys, name)
            if hasattr(target, "buffer"):
                target.buffer.write(line)
                target.flush()
            else:
                target.write(line.decode(errors="replace"))

    thread = threading.Thread(target=copy, name=f"node {name}", daemon=True)
    thread.start()
    return thread
