"""What every rule of the machine is made of: who calls, what is expected, what came."""

import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from hypothesis.stateful import RuleBasedStateMachine

from rolecall.local import backend
from tests.stateful.model import Account, Credential, Model, Session
from tests.stateful.wire import Answer
from tests.stateful.world import Inside, World

#: What was done in this process, by name: examples, rules, allowed, refused, restarts, …
COUNTS: Counter[str] = Counter()

_S3_KEY, _S3_SESSION = "InvalidAccessKeyId", "InvalidToken"


class Base(RuleBasedStateMachine):
    """`world` is the embedded AWS, `model` what must be true of it."""

    make_world: ClassVar[type[World]] = Inside

    def __init__(self) -> None:
        super().__init__()
        COUNTS["examples"] += 1
        self.home = Path(tempfile.mkdtemp(prefix="rolecall-stateful-"))
        self.world = type(self).make_world(self.home / "state")
        self.model: Model = self.world.model()
        self.turn = itertools.count()
        self.pairs = itertools.count()
        self.since_restart = 0
        self.broken = False

    def teardown(self) -> None:
        try:
            if not self.broken:
                self.at_the_end()
        finally:
            self.world.stop()
            backend.reset()
            shutil.rmtree(self.home, ignore_errors=True)

    def at_the_end(self) -> None:
        """Checks that are worth their time once an example."""

    # -- who calls ---------------------------------------------------------------------------

    def actor(self, by: int, account: str) -> tuple[Credential, Account]:
        """Who makes a call, and the account that it reaches."""
        if by == 0 or not self.model.credentials:
            return self.model.administrators[account], self.model.accounts[account]
        one = self.some_credential(by - 1)
        return one, self.model.accounts[self.model.account_of(one)]

    def some_credential(self, number: int) -> Credential:
        """One of all, or of four times one that works: dead ones are many and say little."""
        held = self.model.credentials
        living = [each for each in held if self.model.standing(each) == ""]
        few = held if number % 4 == 3 or not living else living
        return few[number % len(few)]

    # -- what is expected ----------------------------------------------------------------------

    def fail(self, message: str) -> NoReturn:
        self.broken = True
        raise AssertionError(message)

    def check(self, truth: object, message: str) -> None:
        if not truth:
            self.fail(message)

    def expect(self, answer: Answer, expected: str | None, what: str) -> bool:
        """Whether the call was allowed; `expected` is its code, '' for success, None for either."""
        COUNTS["allowed" if answer.code == "" else "refused"] += 1
        COUNTS[f"code {answer.code}"] += answer.code != ""
        told = f"{what}: {answer.code or 'allowed'} ({answer.status} {answer.message})"
        self.check(answer.status < 500, f"a fault: {told}")
        if expected is not None and answer.code != expected:
            kind = "FALSE ALLOW: " if answer.code == "" else ""
            self.fail(f"{kind}{told}, expected {expected or 'success'}")
        return answer.code == ""

    def iam(
        self,
        held: Credential,
        action: str,
        params: Mapping[str, Any],
        own: str = "",
        *,
        resource: tuple[str, str, str] | None = None,
        also: Sequence[str] = (),
    ) -> Any:
        """The result of an IAM call, None if it was refused. `own` is IAM's own objection."""
        expected = self.model.iam_answer(held, [action, *also], resource)
        if expected == "":
            expected = own
        answer = self.world.wire.call("iam", action, params, held)
        told = f"{action} {dict(params)} by {self.named(held)}"
        return answer.result if self.expect(answer, expected, told) else None

    def named(self, held: Credential) -> str:
        kind = f"{held.kind} session" if isinstance(held, Session) else "key"
        return f"{kind} of {self.model.whoami(held)[1]}"

    def code_of(self, held: Credential, expected: str | None, service: str) -> str | None:
        """How another service than STS and IAM puts a refusal."""
        if service == "s3":
            words = {"InvalidClientTokenId": _S3_SESSION if held.token else _S3_KEY}
        else:
            words = {
                "InvalidClientTokenId": "UnrecognizedClientException",
                "ExpiredToken": "ExpiredTokenException",
                "AccessDenied": "AccessDeniedException",
            }
        return expected if expected is None else words.get(expected, expected)


def tag_list(tags: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags]


def moment(value: Any) -> datetime:
    """A time in an answer; boto3 has read it already."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def pick(found: Sequence[Any], number: int) -> Any:
    return found[number % len(found)]
