"""The control endpoints under `/_rolecall/`: for the `rolecall local` command alone.

Every one but `health` wants the control token of `server.json` in the header
`x-rolecall-token`; a web page cannot know it, and a request with an `Origin` is refused
before that.
"""

import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from rolecall.local.accounts import administrator, in_use, state_bucket
from rolecall.local.api import ApiReply
from rolecall.local.cloud import Cloud
from rolecall.problems import Problem

PREFIX = "/_rolecall/"
CONTROL_HEADER = "x-rolecall-token"
_LARGEST = 1 << 20
#: Rooms that answer control calls of their own, loaded when they are asked: the first
#: part of the name, and the module whose `control(method, name, given, cloud)` answers
#: with a JSON object, None for what it does not know, or a Problem.
_ROOMS = {"oidc": "rolecall.local.oidc.control", "saml": "rolecall.local.saml.control"}


@dataclass(frozen=True)
class Control:
    """Answers the control endpoints of one running server."""

    cloud: Cloud
    token: str
    instance: str = ""
    facts: Mapping[str, Any] | None = None
    save: Callable[[], None] = lambda: None
    stop: Callable[[], None] = lambda: None

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> ApiReply:
        """Answer one control request; never raises for what the request says."""
        if "origin" in headers:
            return _json(403, {"problem": "The control endpoints are not for web pages."})
        name = path.removeprefix(PREFIX).rstrip("/")
        if (method, name) == ("GET", "health"):
            return _json(200, {"ready": True, "instance": self.instance})
        given = headers.get(CONTROL_HEADER, "").encode("utf-8", "replace")
        if not self.token or not hmac.compare_digest(given, self.token.encode()):
            return _json(403, {"problem": f"The header {CONTROL_HEADER} is missing or wrong."})
        try:
            return self._handle(method, name, _object(body))
        except (Problem, ValueError, OverflowError, RecursionError) as error:
            return _json(400, {"problem": str(error)})
        except OSError as error:
            return _json(507, {"problem": f"The state could not be saved: {error.strerror}."})

    def _handle(self, method: str, name: str, given: Mapping[str, Any]) -> ApiReply:
        if (method, name) == ("GET", "status"):
            return _json(200, self._status())
        if method == "POST" and name.startswith("accounts/"):
            with self.cloud.gate.shared():
                key = administrator(self.cloud, name.removeprefix("accounts/"))
            self.save()  # a key that was handed out must survive even a kill right now
            return _json(
                200,
                {
                    "account": key.account,
                    "user": key.user_name,
                    "access_key_id": key.access_key_id,
                    "secret_access_key": key.secret_access_key,
                },
            )
        if (method, name) == ("POST", "buckets"):
            with self.cloud.gate.shared():
                made = state_bucket(
                    self.cloud,
                    str(given.get("account", "")),
                    str(given.get("bucket", "")),
                    str(given.get("region", "")),
                )
            self.save()
            return _json(200, {"made": made})
        if (method, name) == ("POST", "clock"):
            return self._clock(given)
        if (method, name) == ("POST", "trust-policy-quota"):
            return self._trust_policy_quota(given)
        for prefix, room in _ROOMS.items():
            if name.startswith(f"{prefix}/"):
                with self.cloud.noticing() as changed:
                    answer = import_module(room).control(method, name, given, self.cloud)
                    saving = changed()
                if answer is None:
                    break
                # A token more changes nothing; to save what others do would take long under load.
                if saving:
                    self.save()
                return _json(200, answer)
        if (method, name) == ("POST", "save"):
            self.save()
            return _json(200, {"saved": True})
        if (method, name) == ("POST", "shutdown"):
            self.stop()
            return _json(202, {"stopping": True})
        return _json(404, {"problem": "There is no such control endpoint."})

    def _clock(self, given: Mapping[str, Any]) -> ApiReply:
        with self.cloud.gate.shared():
            self._move_clock(given)
        return _json(
            200,
            {"now": self.cloud.now().isoformat(), "offset_seconds": self.cloud.clock_offset},
        )

    def _move_clock(self, given: Mapping[str, Any]) -> None:
        if given.get("reset") is True:
            self.cloud.reset_clock()
        else:
            seconds = given.get("advance_seconds")
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                raise ValueError("advance_seconds must be a number")
            if not math.isfinite(seconds):
                raise ValueError("advance_seconds must be finite")
            self.cloud.advance(seconds)

    def _trust_policy_quota(self, given: Mapping[str, Any]) -> ApiReply:
        size = given.get("characters")
        if not isinstance(size, int) or not 2048 <= size <= 4096:
            raise ValueError("The quota of a trust policy is 2048 to 4096 characters.")
        with self.cloud.gate.shared():
            self.cloud.records.setdefault("quotas", {})["trust_policy_length"] = size
            self.cloud.mark_changed()
        self.save()
        return _json(200, {"characters": size})

    def _status(self) -> dict[str, Any]:
        return {
            **(self.facts or {}),
            "instance": self.instance,
            "accounts": sorted(a for a in self.cloud.directory.accounts() if in_use(a)),
            "now": self.cloud.now().isoformat(),
            "clock_offset_seconds": self.cloud.clock_offset,
        }


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > _LARGEST:
        raise ValueError("the body is too large")
    if not body:
        return {}
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")
    return value


def _json(status: int, value: Mapping[str, Any]) -> ApiReply:
    headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))
    return ApiReply(status, json.dumps(value).encode() + b"\n", headers)
