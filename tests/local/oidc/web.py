"""A web of issuers that is asked instead of the real one, without a network."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.cloud import Cloud
from rolecall.local.oidc import keys as room
from rolecall.local.oidc.connections import Connection
from rolecall.local.oidc.deadline import Deadline
from rolecall.local.oidc.keys import signing_keys
from rolecall.local.oidc.route import Unreachable
from tests.local.oidc.issuer import ec_key, public
from tests.local.sts.conftest import Refusal

URL = "https://id.example.com/tenant"
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)


def no_key(reason: str) -> Refusal:
    return Refusal("InvalidIdentityToken", NO_KEY, 400, reason)


class Web:
    """What issuers publish, and who was asked for what; `second` is the time."""

    def __init__(self) -> None:
        self.second = 1000.0
        self.asked: list[tuple[str, str, Connection | None]] = []
        self.deadlines: list[Deadline] = []
        self.key_ids: list[str] = ["one"]
        self.members: list[Any] = []
        self.failure = ""
        self.discovery: dict[str, Any] = {}
        self.cloud = Cloud()

    def route(
        self, url: str, issuer: str, connection: Connection | None, deadline: Deadline
    ) -> Any:
        self.asked.append((url, issuer, connection))
        self.deadlines.append(deadline)
        return url, issuer, deadline

    def fetch(self, way: Any, deadline: Deadline) -> dict[str, Any]:
        url, issuer, given = way
        assert deadline is given
        if self.failure:
            raise Unreachable(self.failure)
        if url.endswith("/.well-known/openid-configuration"):
            return {"issuer": issuer, "jwks_uri": "https://keys.example.com/", **self.discovery}
        return {"keys": self.members or [public(ec_key(), kid=name) for name in self.key_ids]}

    def keys(self, url: str = URL, **more: str) -> list[str]:
        return [key.key_id for key in signing_keys(url, self.cloud, **more)]

    @property
    def fetches(self) -> int:
        """How often an issuer was asked; each time for two documents."""
        assert len(self.asked) % 2 == 0
        return len(self.asked) // 2


def replacing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `web` asked instead of anybody's."""
    monkeypatch.setattr(room, "route", web.route)
    monkeypatch.setattr(room, "fetch_object", web.fetch)
    monkeypatch.setattr(room, "time", SimpleNamespace(monotonic=lambda: web.second))


class Slow(Web):
    """Answers only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived, self.go = threading.Semaphore(0), threading.Event()

    def fetch(self, way: Any, deadline: Deadline) -> dict[str, Any]:
        self.arrived.release()
        assert self.go.wait(5)
        return super().fetch(way, deadline)
