"""The HTTP server of the embedded AWS: loopback only, a few threads."""

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import waitress.server
from waitress import wasyncore

from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.front import Front, Handlers
from rolecall.local.http_call import LARGEST_BODY
from rolecall.local.http_server import Channel
from rolecall.local.listener import LOOPBACK

_THREADS = 8
#: Open connections, idle ones included; below the usual limit of 1,024 open files.
_CONNECTIONS = 800
#: How long calls in progress may take when the server stops, in seconds.
_DRAIN_SECONDS = 5.0


@dataclass
class Server:
    """A server on a bound socket, for one cloud."""

    listener: socket.socket
    cloud: Cloud
    control: Control
    handlers: Handlers | None = None
    _front: Front = field(init=False, repr=False)
    _http: Any = field(init=False, repr=False)
    _stopping: threading.Event = field(init=False, default_factory=threading.Event, repr=False)
    _map: dict[int, Any] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        # waitress warns when all threads are busy; with a few clients that is no news.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._front = Front(self.cloud, self.control, self.handlers)
        self._http = waitress.server.create_server(
            self._front,
            map=self._map,
            sockets=[self.listener],
            threads=_THREADS,
            ident=None,
            clear_untrusted_proxy_headers=False,  # no proxy header is ever read
            max_request_body_size=LARGEST_BODY + 65_536,
            asyncore_use_poll=True,
            expose_tracebacks=False,
            channel_timeout=300,
            # SDKs keep connections open; at waitress's 100 a few test runners block it.
            connection_limit=_CONNECTIONS,
        )
        self._http.channel_class = Channel

    def warm(self) -> None:
        """Load the backends that nearly every use needs (about 0.2 s)."""
        self._front.warm()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        """The address of the embedded AWS."""
        return f"http://{LOOPBACK}:{self.port}"

    def run(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """Serve until `stop` is called; then let the calls in progress end.

        `wanted` is asked every second or so; the server also ends when it says no.
        """
        ask_again = 0.0
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1.0, use_poll=True, map=self._map, count=1)
            if time.monotonic() >= ask_again:
                if not wanted():
                    break
                ask_again = time.monotonic() + 1.0
        self._http.accepting = False  # no new connections, and `Channel` reads no new calls
        end = time.monotonic() + _DRAIN_SECONDS
        while self._answering() and time.monotonic() < end:
            wasyncore.loop(timeout=0.05, use_poll=True, map=self._map, count=1)
        self._http.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
        wasyncore.close_all(self._map, ignore_all=True)
        self.cloud.stop()

    def start(self) -> threading.Thread:
        """Serve in a thread of this process (for tests)."""
        thread = threading.Thread(target=self.run, name="embedded-aws", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Ask `run` to end; may be called from any thread and from a signal handler."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._http.pull_trigger()

    def _answering(self) -> bool:
        """Whether a call is in progress; connections without one are closed.

        Clients that keep theirs and go on would otherwise be in the middle of a call
        whenever the time is up: carried out, and never answered.
        """
        for channel in list(self._http.active_channels.values()):
            channel.close_if_idle()
        return bool(self._http.active_channels)
