"""What IAM users and IAM roles have in common as trusted entities: an account, and names."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.policy import Principals, Statement
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.guards import Guarded


@dataclass(frozen=True)
class NamedPrincipals(Guarded):
    """Principals of one account, named one by one."""

    account_id: str
    names: Sequence[str]
    path: str = field(default="/", kw_only=True)

    #: What a message shows as the right way to write `names`.
    example: ClassVar[str]
    #: How the statement's Sid begins.
    sid: ClassVar[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.account(self.kind, self.account_id)
        names = checks.iam_names(self.kind, "names", self.names, self.example)
        # A list would leave the value mutable and unhashable.
        object.__setattr__(self, "names", names)
        checks.iam_path(self.kind, self.path)

    @abstractmethod
    def arn(self, name: str, partition: str) -> str:
        """The ARN of one of them."""

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement for all the names (and one a session option)."""
        self.demand_external_id(self.account_id, context)
        arns = tuple(self.arn(name, context.partition) for name in self.names)
        return self.admit(f"{self.sid}{self.account_id}", Principals(aws=arns))
