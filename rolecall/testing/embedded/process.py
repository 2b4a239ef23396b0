"""The embedded AWS of a test run, as a process of its own that ends with it.

`python -m rolecall.testing.embedded.process` prints one line of JSON when it is ready,
and ends when its standard input is closed: also if the test run was killed.
"""

import json
import secrets
import sys
import threading
from collections.abc import Mapping
from typing import Any

from rolecall.local import backend
from rolecall.local.api import ApiReply
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.serve import log_to_stderr
from rolecall.local.server import Server

#: The keys of stand-ins: they take long to make, and vouch for nobody by themselves.
_KEPT = ("oidc_stand_ins",)


class EmptiableControl(Control):
    """The control endpoints, and one that forgets everything."""

    def _handle(self, method: str, name: str, given: Mapping[str, Any]) -> ApiReply:
        if (method, name) != ("POST", "empty"):
            return super()._handle(method, name, given)
        with self.cloud.gate.exclusive():
            backend.reset()
            kept = {each: self.cloud.records.get(each) for each in _KEPT}
            self.cloud.records.clear()
            self.cloud.records.update({name: each for name, each in kept.items() if each})
        return ApiReply(200, b"{}", (("Content-Type", "application/json"),))


def main() -> int:
    """Serve until standard input ends."""
    log_to_stderr()
    backend.configure()
    cloud = Cloud()
    token = secrets.token_urlsafe(32)
    server = Server(bind(0), cloud, EmptiableControl(cloud, token, stop=lambda: server.stop()))
    server.warm()
    threading.Thread(target=_stop_with_input, args=(server,), daemon=True).start()
    print(json.dumps({"port": server.port, "token": token}), flush=True)  # noqa: T201
    server.run()
    return 0


def _stop_with_input(server: Server) -> None:
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    sys.exit(main())
