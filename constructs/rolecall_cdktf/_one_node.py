"""One Node process for jsii instead of two, at work before jsii is loaded.

jsii starts a Node program that starts a second one, hands every message on between it and
Python, and wraps up what it prints. Here the second is started itself (`_node_process.py`).
That spares a start of Node and two copies of each message.

And Node is not waited for: while Python imports jsii and the bindings, Node greets and loads
the assemblies that they will ask for (`_assemblies.py`). What was asked for ahead and is not
wanted is thrown away; loading an assembly again costs Node nothing.

The first one also warns of Node versions that jsii does not support; that warning is lost.
Where jsii does not look like this any more, or brings a runtime of its own (`JSII_RUNTIME`),
its two processes are used.
"""

import atexit
import contextlib
import logging
import subprocess
from pathlib import Path
from typing import IO, Any

from jsii._kernel.providers import process
from jsii._kernel.types import LoadRequest

from rolecall_cdktf import _node_process
from rolecall_cdktf._assemblies import Assembly
from rolecall_cdktf._node_process import NodeProcess

# More than _lazy_modules.cjs waits.
_LAST_WORDS_SECONDS = 20
log = logging.getLogger(__name__)
_Stock = process._NodeProcess


class OneNode(_Stock):
    """jsii's Node process, without the one in between."""

    ahead: NodeProcess | None = None
    _printed: IO[bytes] | None = None
    _greeting_awaited = False
    _asked: list[Assembly]

    def start(self) -> None:
        """Start Node, or take the one that runs; whether it greets is seen at the first request."""
        node, OneNode.ahead = OneNode.ahead, None
        if node is not None:
            atexit.unregister(node.end)
        else:
            program = self._program()
            node = _node_process.spawn(program) if program else None
        if node is None:
            self._start_two()
            return
        if node.folder:
            self._ctx_stack.enter_context(node.folder)
        self._asked = node.asked
        self._process = node.process
        self._printed = node.printed
        self._print_thread = node.printing
        self.sink_thread = node.complaining
        self._greeting_awaited = True
        atexit.register(self.stop)

    def send(self, request: Any, response_type: Any) -> Any:
        """Send a request and wait for the answer, which may be there already."""
        if self._greeting_awaited:
            self._await_greeting()
        while self._asked:
            asked = self._asked.pop(0)
            answer = self._next_message()
            # An error is told by asking again, in jsii's own words.
            if _same(asked, request) and "ok" in answer:
                return self._serializer.structure(answer["ok"], response_type)
        return super().send(request, response_type)

    def _await_greeting(self) -> None:
        self._greeting_awaited = False
        try:
            self.handshake()
        except (AssertionError, ValueError) as error:
            log.debug("Node does not greet: %s", error)
            with contextlib.suppress(OSError):
                self.stop()
            self._ctx_stack = contextlib.ExitStack()
            self._printed = None
            self._start_two()

    def _start_two(self) -> None:
        log.debug("jsii's two Node processes are used")
        self._asked = []
        super().start()  # type: ignore[no-untyped-call]

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

    def _program(self) -> Path | None:
        try:
            entry = Path(self._jsii_runtime())
        except (AttributeError, OSError):
            return None
        return _node_process.program_beside(entry)


def use_one_node(ahead: NodeProcess | None = None) -> None:
    """Let jsii take one process once it starts: `ahead`, or one that is started then."""
    OneNode.ahead = ahead
    process._NodeProcess = OneNode  # type: ignore[misc]


def _same(asked: Assembly, request: object) -> bool:
    return request == LoadRequest(asked.name, asked.version, asked.tarball)
