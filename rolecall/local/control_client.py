"""The other side of the control endpoints, for the command line: quick to import."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any

from rolecall.local.listener import LOOPBACK
from rolecall.problems import Exit, Problem

_HEADER = "x-rolecall-token"
#: How long a server may take to say which one it is, in seconds. Where none listens the
#: answer is no at once; one that is under load on a busy machine needs a while.
_HEALTH_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ControlClient:
    """Speaks to the control endpoints of the server on a port of loopback."""

    port: int
    token: str = field(repr=False)
    #: How long an answer may take, in seconds.
    timeout: float = 20.0

    def instance(self) -> str | None:
        """Which server answers on the port; None when none of ours does. Sends no token."""
        try:
            status, answer = self._ask(
                "GET", "health", None, with_token=False, timeout=_HEALTH_SECONDS
            )
        except (OSError, http.client.HTTPException, ValueError):
            return None
        name = answer.get("instance")
        return str(name) if status == 200 and name else None

    def shutdown(self, instance: str) -> bool:
        """Ask the server to stop; False when it does not answer as the one expected."""
        if self.instance() != instance:
            return False
        try:
            return self._ask("POST", "shutdown", {})[0] == 202
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def status(self) -> dict[str, Any]:
        """What the server says of itself (see `call` for errors)."""
        return self.call("GET", "status")

    def administrator(self, account: str) -> dict[str, Any]:
        """The administrator's keys of an account, made when missing (see `call`)."""
        return self.call("POST", f"accounts/{account}")

    def state_bucket(self, account: str, bucket: str, region: str) -> bool:
        """Make a versioned bucket unless it exists; True when made now (see `call`)."""
        given = {"account": account, "bucket": bucket, "region": region}
        return bool(self.call("POST", "buckets", given)["made"])

    def call(self, method: str, name: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask a control endpoint.

        Raises:
            Problem: the server refuses, or does not answer.
        """
        try:
            status, answer = self._ask(method, name, given)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Problem(
                "The embedded AWS does not answer; see `rolecall local status`.", Exit.UNREACHABLE
            ) from error
        if status >= 400:
            raise Problem(str(answer.get("problem", f"The embedded AWS answered {status}.")))
        return answer

    def _ask(
        self,
        method: str,
        name: str,
        given: dict[str, Any] | None,
        *,
        with_token: bool = True,
        timeout: float | None = None,
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(
            LOOPBACK, self.port, timeout=self.timeout if timeout is None else timeout
        )
        try:
            headers = {_HEADER: self.token} if with_token else {}
            body = None if given is None else json.dumps(given)
            connection.request(method, f"/_rolecall/{name}", body=body, headers=headers)
            reply = connection.getresponse()
            answer = json.loads(reply.read())
            return reply.status, answer if isinstance(answer, dict) else {}
        finally:
            connection.close()
