"""IAM roles, named one by one: role chaining and workloads."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rolecall.policy import PolicyError, Principals, Statement, check_path, role_arn
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.guards import Guarded


@dataclass(frozen=True)
class IamRoles(Guarded):
    """Sessions of IAM roles of one account, by the roles' names.

    A session that comes through a role lasts at most one hour (role chaining). `mfa`
    and `mfa_max_age` are refused here: credentials returned by AssumeRole carry no MFA
    information ("Secure API access with MFA", IAM User Guide), so nobody could come in.

    Raises `TrustError`, as `IamUsers` does.
    """

    account_id: str
    names: Sequence[str]
    path: str = field(default="/", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.account(self.kind, self.account_id)
        names = checks.iam_names(self.kind, "names", self.names, '["ci"]')
        object.__setattr__(self, "names", names)
        if self.mfa or self.mfa_max_age is not None:
            raise TrustError(
                f"{self.kind}: a role session carries no MFA information, so nobody could come in; "
                "demand MFA in the trust of the role that is assumed first."
            )
        try:
            check_path(self.path)
        except PolicyError as error:
            raise TrustError(f"{self.kind}: {error}") from error

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement for all the roles (and one a session option)."""
        self.demand_external_id(self.account_id, context)
        arns = tuple(
            role_arn(self.account_id, name, self.path, context.partition) for name in self.names
        )
        return self.admit(f"RolesOf{self.account_id}", Principals(aws=arns))
