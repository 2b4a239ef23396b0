"""Many clients at once over HTTP on the same few names, and what must be true afterwards.

No model can foretell who wins a race. But whoever was told that something was made or
deleted must have been told the truth: the counts agree, nothing acknowledged is lost, and
every credential is worth what the final state says.
"""

import random
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rolecall.local import backend
from tests.stateful.base import COUNTS, tag_list
from tests.stateful.model import Key, User
from tests.stateful.vocabulary import ACCOUNTS, Says, Trusts, Who, document, trust_document
from tests.stateful.wire import Answer
from tests.stateful.world import OverHttp

THREADS, TURNS = 6, 40
_ACCOUNT = ACCOUNTS[0]
_EVERYTHING = document((Says("Allow", "everything"),))
_TRUST = trust_document(
    [(Trusts("Allow", Who("account", _ACCOUNT)), f"arn:aws:iam::{_ACCOUNT}:root")]
)
#: What a client may be told when another one was quicker.
_LOST_RACES = {
    "AccessDenied",
    "DeleteConflict",
    "EntityAlreadyExists",
    "InvalidClientTokenId",
    "LimitExceeded",
    "NoSuchEntity",
}


@dataclass
class Held:
    """Credentials that somebody was given: `of` is the unique id of the user or role."""

    id: str
    secret: str
    token: str | None
    of: str
    long_lived: bool


@dataclass
class Log:
    """What one client was told. Counts: ('user', name) and so on, made and deleted."""

    made: Counter[tuple[str, str]] = field(default_factory=Counter)
    deleted: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: list[Held] = field(default_factory=list)
    #: Policies that this client put on the common role, last told state.
    own: dict[str, bool] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Client:
    """One of the clients; its steps are drawn from a seed, their order with others' is not."""

    def __init__(self, world: OverHttp, admin: Key, seed: int, number: int) -> None:
        self.wire = world.wire
        self.admin = admin
        self.random = random.Random(seed * 1000 + number)
        self.number = number
        self.log = Log()

    def run(self, start: threading.Barrier) -> None:
        steps: list[Callable[[], None]] = [
            self.create_user, self.create_user, self.delete_user, self.create_key,
            self.create_key, self.delete_key, self.create_role, self.create_role,
            self.delete_role, self.assume, self.assume, self.put_own, self.whoami,
            self.permission, self.tag,
        ]  # fmt: skip
        start.wait(30)
        for _ in range(TURNS):
            try:
                self.random.choice(steps)()
            except Exception as error:
                self.log.faults.append(f"{type(error).__name__}: {error}")
                return

    def iam(self, action: str, **params: Any) -> Answer:
        return self._told(self.wire.call("iam", action, params, self.admin), action)

    def _told(self, answer: Answer, action: str) -> Answer:
        COUNTS["allowed" if answer.code == "" else "refused"] += 1
        if answer.status >= 500 or (answer.code and answer.code not in _LOST_RACES):
            self.log.faults.append(f"{action}: {answer}")
        return answer

    def _user(self) -> str:
        return self.random.choice(["ann", "bob"])

    def _role(self) -> str:
        return self.random.choice(["red", "blue"])

    # -- steps -----------------------------------------------------------------------------------

    def create_user(self) -> None:
        name = self._user()
        self.log.made["user", name] += self.iam("CreateUser", UserName=name).code == ""

    def delete_user(self) -> None:
        """With all keys that are seen; another client may make a new one meanwhile."""
        name = self._user()
        listed = self.iam("ListAccessKeys", UserName=name)
        for key in listed.result.get("AccessKeyMetadata", ()):
            self._delete_key(name, key["AccessKeyId"])
        self.log.deleted["user", name] += self.iam("DeleteUser", UserName=name).code == ""

    def create_key(self) -> None:
        name = self._user()
        made = self.iam("CreateAccessKey", UserName=name)
        if made.code == "":
            self.log.made["key", ""] += 1
            key = made.result["AccessKey"]
            self.log.held.append(Held(key["AccessKeyId"], key["SecretAccessKey"], None, "", True))

    def delete_key(self) -> None:
        keys = [each for each in self.log.held if each.long_lived]
        if keys:
            self._delete_key(self._user(), self.random.choice(keys).id)

    def _delete_key(self, name: str, key_id: str) -> None:
        done = self.iam("DeleteAccessKey", UserName=name, AccessKeyId=key_id)
        self.log.deleted["key", ""] += done.code == ""

    def create_role(self) -> None:
        name = self._role()
        made = self.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=_TRUST)
        self.log.made["role", name] += made.code == ""

    def delete_role(self) -> None:
        name = self._role()
        self.log.deleted["role", name] += self.iam("DeleteRole", RoleName=name).code == ""

    def assume(self) -> None:
        arn = f"arn:aws:iam::{_ACCOUNT}:role/{self._role()}"
        params = {"RoleArn": arn, "RoleSessionName": f"client-{self.number}"}
        answer = self._told(self.wire.call("sts", "AssumeRole", params, self.admin), "AssumeRole")
        if answer.code == "":
            given = answer.result["Credentials"]
            of = answer.result["AssumedRoleUser"]["AssumedRoleId"].split(":")[0]
            self.log.held.append(
                Held(
                    given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], of, False
                )
            )

    def put_own(self) -> None:
        """Add or remove a policy of one's own on the role that all share."""
        name = f"of-{self.number}-{self.random.randrange(3)}"
        if self.log.own.get(name) and self.random.random() < 0.5:
            if self.iam("DeleteRolePolicy", RoleName="common", PolicyName=name).code == "":
                self.log.own[name] = False
            return
        given = {"RoleName": "common", "PolicyName": name, "PolicyDocument": _EVERYTHING}
        if self.iam("PutRolePolicy", **given).code == "":
            self.log.own[name] = True

    def permission(self) -> None:
        role = self._role()
        given = {"RoleName": role, "PolicyName": "own", "PolicyDocument": _EVERYTHING}
        if self.random.random() < 0.5:
            self.iam("PutRolePolicy", **given)
        else:
            self.iam("DeleteRolePolicy", RoleName=role, PolicyName="own")

    def tag(self) -> None:
        value = str(self.random.randrange(9))
        self.iam("TagRole", RoleName="common", Tags=tag_list([(f"of-{self.number}", value)]))

    def whoami(self) -> None:
        if self.log.held:
            held = self.random.choice(self.log.held)
            self._told(ask(self.wire, held), "GetCallerIdentity")


def ask(wire: Any, held: Held) -> Answer:
    """Who somebody is, by his credentials."""
    key = Key(User(_ACCOUNT, "", "/", ""), held.id, held.secret)
    key.token = held.token  # type: ignore[assignment]
    found: Answer = wire.call("sts", "GetCallerIdentity", {}, key)
    return found


def together(seed: int) -> None:
    """One round: everybody works, then the truth of every answer is checked, twice over a restart.

    Raises:
        AssertionError: something that was told is not true.
    """
    with tempfile.TemporaryDirectory(prefix="rolecall-stateful-") as home:
        world = OverHttp(Path(home) / "state")
        try:
            _round(world, seed)
        finally:
            world.stop()
            backend.reset()
    COUNTS["rounds"] += 1


def _round(world: OverHttp, seed: int) -> None:
    admin = world.model().administrators[_ACCOUNT]
    trust = {"RoleName": "common", "AssumeRolePolicyDocument": _TRUST}
    assert world.wire.call("iam", "CreateRole", trust, admin).code == ""
    clients = [Client(world, admin, seed, number) for number in range(THREADS)]
    start = threading.Barrier(THREADS)
    threads = [threading.Thread(target=client.run, args=(start,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a client hangs"
    logs = [client.log for client in clients]
    faults = [fault for log in logs for fault in log.faults]
    assert not faults, faults
    before = _state(world, admin)
    _check(world, logs, before)
    world.restart()
    after = _state(world, admin)
    assert after == before, f"not the same after a restart: {before} {after}"
    _check(world, logs, after)


def _state(world: OverHttp, admin: Key) -> dict[str, Any]:
    def ask_iam(action: str, **params: Any) -> Any:
        answer = world.wire.call("iam", action, params, admin)
        assert answer.code == "", answer
        return answer.result

    users = [u for u in ask_iam("ListUsers")["Users"] if u["UserName"] in ("ann", "bob")]
    roles = ask_iam("ListRoles")["Roles"]
    return {
        "users": sorted((u["UserName"], u["UserId"]) for u in users),
        "roles": sorted((r["RoleName"], r["RoleId"]) for r in roles),
        "keys": {
            user["UserName"]: sorted(
                key["AccessKeyId"]
                for key in ask_iam("ListAccessKeys", UserName=user["UserName"])["AccessKeyMetadata"]
            )
            for user in users
        },
        "common": sorted(ask_iam("ListRolePolicies", RoleName="common")["PolicyNames"]),
    }


def _check(world: OverHttp, logs: list[Log], state: dict[str, Any]) -> None:
    made, deleted = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for log in logs:
        made += log.made
        deleted += log.deleted
    there = Counter([("user", n) for n, _ in state["users"]])
    there += Counter([("role", n) for n, _ in state["roles"] if n != "common"])
    there["key", ""] = sum(map(len, state["keys"].values()))
    for thing in {*made, *deleted, *there}:
        left = made[thing] - deleted[thing]
        assert left == there[thing], (
            f"{thing}: {made[thing]} made, {deleted[thing]} deleted, {there[thing]} there"
        )
    assert max(there.values()) <= 4, there
    for user, keys in state["keys"].items():
        assert len(keys) <= 2, f"{user} has {keys}"
    own = sorted(name for log in logs for name, is_there in log.own.items() if is_there)
    assert own == state["common"], f"lost or come back: {own}, there are {state['common']}"
    alive = {unique_id for _, unique_id in (*state["users"], *state["roles"])}
    known = {key for keys in state["keys"].values() for key in keys}
    for held in (each for log in logs for each in log.held):
        works = held.id in known if held.long_lived else held.of in alive
        answer = ask(world.wire, held)
        COUNTS["credentials judged"] += 1
        assert (answer.code == "") == works, f"{held.id} works: {answer.code == ''}, not {works}"
        assert works or answer.code == "InvalidClientTokenId", answer
        if works:
            bearer = answer.result["UserId"].split(":")[0]
            assert bearer in alive, f"{answer.result} is nobody"
