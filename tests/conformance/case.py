"""The shape of a row: what is called, which page of AWS says so, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.conformance.world import World

#: Code and message of an answer. None for the message: AWS's own words are not known, so
#: only the code is compared. A message that ends with an ellipsis says how it begins.
Expected = tuple[str, str | None]
ALLOWED: Expected = ("", "")

_STATUS = {
    "": 200,
    "AccessDenied": 403,
    "DeleteConflict": 409,
    "EntityAlreadyExists": 409,
    "ExpiredToken": 403,
    "IDPRejectedClaim": 403,
    "InvalidClientTokenId": 403,
    "LimitExceeded": 409,
    "MissingAuthenticationToken": 403,
    "NoSuchEntity": 404,
    "SignatureDoesNotMatch": 403,
}
_EXPLAINED = ("AccessDenied", "InvalidIdentityToken", "ExpiredTokenException")
#: Messages of AWS's that need no reason beside them: they say it themselves.
_PLAIN = ("RoleSessionName", "Source Identity", "SessionDuration", "Cannot call ", "Roles may not")


@dataclass(frozen=True)
class Answer:
    """What came back: '' for `code` where the call was allowed.

    `names` are the ARNs that an expected message may speak of: `{caller}`, `{role}`.
    """

    status: int = 200
    code: str = ""
    message: str = ""
    reason: str = ""
    reply: Any = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One row of the table. A subclass a way of calling; `ask` calls over HTTP.

    `name` is the behaviour in our words, `page` the title of the page of AWS's that
    documents it.
    """

    name: str
    page: str
    expected: Expected = ALLOWED

    def __str__(self) -> str:
        return self.name.replace(" ", "-")

    def ask(self, world: "World") -> Answer:
        raise NotImplementedError

    def check(self, world: "World") -> None:
        """Ask, and hold the answer against what is documented."""
        answer = self.ask(world)
        code, told = self.expected
        assert answer.code == code, f"{answer.code or 'allowed'}: {answer.message} {answer.reason}"
        if told is not None:
            for name, value in answer.names.items():
                told = told.replace(f"{{{name}}}", value)
            if told.endswith("…"):
                assert answer.message.startswith(told[:-1])
            else:
                assert answer.message == told
        assert answer.status == _STATUS.get(code, 400)
        if code in _EXPLAINED and not answer.message.startswith(_PLAIN):
            assert answer.reason, "every refusal says why"


def refusal(error: ClientError, **names: str) -> Answer:
    """The answer behind boto3's exception."""
    told, metadata = error.response["Error"], error.response["ResponseMetadata"]
    reason = metadata["HTTPHeaders"].get("x-rolecall-reason", "")
    return Answer(
        metadata["HTTPStatusCode"],
        told["Code"],
        told["Message"],
        reason,
        names=names,
    )


def invalid(value: str | None, where: str, constraint: str) -> Expected:
    """ValidationError for one parameter, which the message repeats; None: it is missing."""
    shown = "null" if value is None else f"'{value}'"
    return (
        "ValidationError",
        f"1 validation error detected: Value {shown} at '{where}' failed to satisfy constraint: "
        f"Member must {constraint}",
    )
