"""The way of one call through the front, with handlers that note who was asked."""

from dataclasses import replace
from typing import Any, cast

from rolecall.local.api import ApiCall, ApiReply, Identity, LongLivedKey
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.directory import Directory
from rolecall.local.front import Front, Handlers
from rolecall.policy import IamUser
from tests.local.transport.written import FORM, SECRET, SIGNED_AT, Signing

ACCOUNT = "111122223333"


class Known:
    """A directory with the one key of AWS's examples."""

    def long_lived_key(self, access_key_id: str) -> LongLivedKey:
        return LongLivedKey(access_key_id, SECRET, ACCOUNT, "alice")

    def caller_of_key(self, key: LongLivedKey) -> IamUser:
        return IamUser(account=key.account, name=key.user_name)


class Way:
    """A front whose handlers note who was asked, with what, and answer as they are told."""

    def __init__(self) -> None:
        self.cloud = Cloud(clock=lambda: SIGNED_AT)
        self.cloud.directory = cast(Directory, Known())
        self.came: list[str] = []
        self.answers: dict[str, Any] = {"account": ACCOUNT, "public": False}
        self.identities: list[Identity | None] = []
        self.changes = 0
        self.inside: list[int] = []
        self.front = Front(
            self.cloud,
            Control(self.cloud, "token", instance="one"),
            Handlers(
                sts=self.handler("sts"),
                authorize=self.handler("authorize"),
                acting_account=self.handler("account"),
                iam_before=self.handler("before"),
                gaps=self.handler("gaps"),
                iam_after=self.corrected,
                public=lambda _call: bool(self.answers["public"]),
            ),
        )
        backend: Any = self.front._backend
        backend.call = self.backend
        self.cloud.on_change = self.changed

    def changed(self) -> None:
        self.changes += 1

    def handler(self, name: str) -> Any:
        def handle(call: ApiCall, identity: Identity | None, *cloud: Cloud) -> Any:
            assert isinstance(call, ApiCall)
            assert name == "account" or cloud == (self.cloud,)
            self.identities.append(identity)
            return self.noted(name)

        return handle

    def backend(self, call: ApiCall, account: str, identity: Identity | None) -> Any:
        assert isinstance(call, ApiCall)
        assert account == ACCOUNT
        self.identities.append(identity)
        return self.noted("moto") or ApiReply(200, b"from moto")

    def corrected(self, call: ApiCall, reply: ApiReply, cloud: Cloud) -> Any:
        assert isinstance(call, ApiCall)
        assert cloud is self.cloud
        return self.noted("after") or replace(reply, body=reply.body + b", and corrected")

    def noted(self, name: str) -> Any:
        self.came.append(name)
        self.inside.append(self.cloud.gate._inside)
        answer = self.answers.get(name)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(self, given: dict[str, Any]) -> tuple[int, bytes]:
        self.came.clear()
        self.identities.clear()
        self.changes = 0
        statuses: list[str] = []
        body = b"".join(self.front(given, lambda status, _headers: statuses.append(status)))
        return int(statuses[0][:3]), body

    def signed(self, service: str = "iam", action: str = "ListUsers") -> tuple[int, bytes]:
        body = f"Action={action}&Version=2010-05-08".encode()
        return self.ask(Signing(service).environ("POST", "/", {"Content-Type": FORM}, body))

    def rest(
        self, service: str, method: str, target: str = "/b/k", **headers: str
    ) -> tuple[int, bytes]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(Signing(service).environ(method, target, given))
