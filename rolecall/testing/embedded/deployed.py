"""A role in the embedded AWS: whoever is asked about makes the real call."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rolecall.policy import PolicyDocument
from rolecall.testing.callers import Caller
from rolecall.testing.judge import Outcome
from rolecall.testing.roles import TestedRole

if TYPE_CHECKING:
    from rolecall.testing.embedded.aws import LocalAws


@dataclass(frozen=True)
class DeployedRole(TestedRole):
    """A role under test that is deployed; `assert_admits` and the like call STS over HTTP."""

    aws: "LocalAws | None" = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, arn: str, trust: str, aws: "LocalAws") -> "DeployedRole":
        """The role with the trust policy that IAM tells."""
        return cls(arn, PolicyDocument.parse(trust), aws.region, aws)

    def ask(self, caller: Caller) -> Outcome:
        """The embedded AWS's answer to the caller's own call.

        Raises `CannotTry`: no such call can be made from a test.
        """
        # Here, because it needs boto3.
        from rolecall.testing.embedded.calls import called

        assert self.aws is not None  # noqa: S101 - `of` saw to it
        return called(self, caller, self.aws)
