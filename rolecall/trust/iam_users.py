"""IAM users, named one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rolecall.policy import PolicyError, Principals, Statement, check_path, user_arn
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.guards import Guarded


@dataclass(frozen=True)
class IamUsers(Guarded):
    """IAM users of one account, by name.

    When the role is saved AWS turns each ARN into the user's unique ID: a user that is
    deleted and made again is not trusted until the role is deployed again ("AWS JSON
    policy elements: Principal", IAM User Guide).

    Raises `TrustError`: a wildcard, a bad or repeated name, no name, a bad account; and
    from `statements`, a third party without `external_id`.
    """

    account_id: str
    names: Sequence[str]
    path: str = field(default="/", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.account(self.kind, self.account_id)
        names = checks.iam_names(self.kind, "names", self.names, '["alice"]')
        # A list would leave the value mutable and unhashable.
        object.__setattr__(self, "names", names)
        try:
            check_path(self.path)
        except PolicyError as error:
            raise TrustError(f"{self.kind}: {error}") from error

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement for all the names (and one a session option)."""
        self.demand_external_id(self.account_id, context)
        arns = tuple(
            user_arn(self.account_id, name, self.path, context.partition) for name in self.names
        )
        return self.admit(f"UsersOf{self.account_id}", Principals(aws=arns))
