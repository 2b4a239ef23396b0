"""jsii's second Node program, started as its first one would start it; jsii need not be loaded.

So Node can be at work while Python imports jsii and the bindings: `ahead`.

It speaks over a socket that is its file descriptor 3. What it prints, its children included,
is passed on as it comes.
"""

import atexit
import contextlib
import importlib.util
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rolecall_cdktf._assemblies import Assembly

# How jsii 1.142 starts it.
_AS_KNOWN = ('"--preserve-symlinks"', '"lib","program.js"', 'stdio:["ignore","pipe","pipe","pipe"]')
_SHELL = "/bin/sh"
_HEAP = "--max-old-space-size=4069"


@dataclass
class NodeProcess:
    """It runs; `process.stdin` and `process.stdout` are our end of the socket."""

    process: subprocess.Popen[bytes]
    printed: IO[bytes] | None
    printing: threading.Thread
    complaining: threading.Thread
    asked: list[Assembly] = field(default_factory=list)
    folder: tempfile.TemporaryDirectory[str] | None = None

    def ask(self, assemblies: Sequence[Assembly]) -> None:
        """Have it load assemblies, and do not wait for it."""
        requests = (
            {"name": each.name, "version": each.version, "tarball": each.tarball, "api": "load"}
            for each in assemblies
        )
        # Where Node has ended already, the missing greeting tells.
        with contextlib.suppress(OSError):
            if stdin := self.process.stdin:
                stdin.write("".join(json.dumps(each) + "\n" for each in requests).encode())
                stdin.flush()
                self.asked = list(assemblies)

    def end(self) -> None:
        """End one that nobody took over."""
        with contextlib.suppress(OSError):
            if (stdin := self.process.stdin) and (stdout := self.process.stdout):
                stdin.write(b'{"exit":0}\n')
                stdin.close()
                # It would complain of answers that nobody reads.
                while stdout.read(1 << 16):
                    pass
                stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        if self.folder:
            self.folder.cleanup()


def ahead(assemblies: Sequence[Assembly]) -> NodeProcess | None:
    """Start the program of the jsii that is installed, and have it load assemblies.

    None where it is not there or does not look as known.
    """
    folder = _unpack()
    if folder is None:
        return None
    program = program_beside(Path(folder.name, "bin", "jsii-runtime.js"))
    node = spawn(program) if program else None
    if node is None:
        folder.cleanup()
        return None
    node.folder = folder
    node.ask(assemblies)
    atexit.register(node.end)
    return node


def spawn(program: Path) -> NodeProcess | None:
    """Start the program; None without Node."""
    node = shutil.which(os.environ.get("JSII_NODE", "node"))
    if node is None:
        return None
    # Popen hands on a descriptor under the number it has here, hence the shell.
    command = [_SHELL, "-c", 'exec "$0" "$@" 3<&0 0</dev/null', node, _HEAP]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(  # noqa: S603
            [*command, "--preserve-symlinks", str(program)],
            stdin=theirs.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "JSII_AGENT": f"Python/{platform.python_version()}"},
        )
        printed = process.stdout
        process.stdin = ours.makefile("wb")
        process.stdout = ours.makefile("rb")
    return NodeProcess(
        process, printed, _copying(printed, "stdout"), _copying(process.stderr, "stderr")
    )


def program_beside(entry: Path) -> Path | None:
    """Where the second program is, if the first one, `entry`, starts it as it is known to."""
    if not os.path.exists(_SHELL) or "JSII_RUNTIME" in os.environ:  # noqa: PTH110
        return None
    try:
        text = entry.read_text(encoding="utf-8")
    except OSError:
        return None
    program = entry.parents[1] / "lib" / "program.js"
    return program if all(part in text for part in _AS_KNOWN) else None


def _unpack() -> tempfile.TemporaryDirectory[str] | None:
    # Laid out as jsii does it: a "/" in a name is "__" in its package.
    spec = importlib.util.find_spec("jsii")
    if spec is None or spec.origin is None:
        return None
    files = list((Path(spec.origin).parent / "_embedded" / "jsii").glob("*__*.js"))
    if not files:
        return None
    folder = tempfile.TemporaryDirectory(prefix="rolecall-jsii-")
    for file in files:
        target = Path(folder.name, file.name.replace("__", "/"))
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, target)
    return folder


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
