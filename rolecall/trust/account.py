"""A whole account as principal: limited, or loudly not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rolecall.policy import Condition, Principals, Statement, root_arn
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.guards import Guarded

_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}\Z")


@dataclass(frozen=True)
class WholeAccount(Guarded):
    """An account as principal, limited by conditions.

    principal_arns: the users and roles meant, whole ARNs or patterns whose wildcards
        stand for whole segments (`aws:PrincipalArn`). Of a role session AWS compares
        the role's ARN, without its session name.
    organization_id: the organization the caller's account must still be in
        (`aws:PrincipalOrgID`); alone it names no one inside the account.

    Unlike `IamUsers`, this survives that a user is deleted and made again, and each
    caller's own policies must allow sts:AssumeRole too, even in the same account.
    Raises `TrustError` when neither limit is given: the wide variant is `AnyPrincipalOf`.
    """

    account_id: str
    principal_arns: Sequence[str] = field(default=(), kw_only=True)
    organization_id: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.account(self.kind, self.account_id)
        if not self.principal_arns and self.organization_id is None:
            raise TrustError(
                f"{self.kind}: nothing limits who of account {self.account_id} is meant; write "
                f'principal_arns=["arn:aws:iam::{self.account_id}:role/…"] or organization_id=…, '
                f'or AnyPrincipalOf("{self.account_id}") if you mean everyone in it.'
            )
        if self.principal_arns:
            arns = checks.several(self.kind, "principal_arns", self.principal_arns, "an ARN")
            object.__setattr__(self, "principal_arns", arns)
            for arn in arns:
                self._check_arn(arn)
        if self.organization_id is not None and not _ORGANIZATION.match(self.organization_id):
            raise TrustError(
                f"{self.kind}: {self.organization_id!r} is not an organization ID; it looks like "
                '"o-a1b2c3d4e5".'
            )

    def _check_arn(self, text: str) -> None:
        arn = checks.arn_pattern(self.kind, "principal_arns", text)
        if arn.service == "sts":
            raise TrustError(
                f"{self.kind}: {text!r} is the ARN of a session, and aws:PrincipalArn holds the "
                f'role\'s; write "arn:{arn.partition}:iam::{self.account_id}:role/…".'
            )
        if arn.service != "iam" or not arn.resource.startswith(("role/", "user/")):
            raise TrustError(f"{self.kind}: {text!r} is neither a user's nor a role's ARN.")
        if arn.account != self.account_id:
            raise TrustError(
                f"{self.kind}: {text!r} is of account {arn.account or '(none)'}, so it can never "
                f"match a caller of {self.account_id}."
            )
        if arn.resource in ("role/*", "user/*"):
            raise TrustError(
                f"{self.kind}: {text!r} is every {arn.resource[:4]} of the account; narrow it with "
                "a path or names."
            )

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        self.demand_external_id(self.account_id, context)
        limits: list[Condition] = []
        if self.principal_arns:
            for arn in self.principal_arns:
                partition = arn.split(":")[1]
                if partition != context.partition:
                    raise TrustError(
                        f"{self.kind}: {arn!r} is of partition {partition}, the role of "
                        f"{context.partition}; roles cannot be assumed across partitions."
                    )
            wild = any(set("*?") & set(arn) for arn in self.principal_arns)
            limits.append(
                Condition(
                    "ArnLike" if wild else "ArnEquals",
                    "aws:PrincipalArn",
                    tuple(self.principal_arns),
                )
            )
        if self.organization_id is not None:
            limits.append(Condition("StringEquals", "aws:PrincipalOrgID", (self.organization_id,)))
        principals = Principals(aws=(root_arn(self.account_id, context.partition),))
        return self.admit(f"Account{self.account_id}", principals, *limits)


@dataclass(frozen=True)
class AnyPrincipalOf(Guarded):
    """Everyone in an account whose own policies allow the call. Wide on purpose.

    The administrators of that account decide who comes in. The guards still apply, and
    a third party still needs an external ID.
    """

    account_id: str

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.account(self.kind, self.account_id)

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        self.demand_external_id(self.account_id, context)
        principals = Principals(aws=(root_arn(self.account_id, context.partition),))
        return self.admit(f"AnyoneOf{self.account_id}", principals)
