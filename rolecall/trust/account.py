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
        stand for whole segments (`aws:PrincipalArn`), at least one of which is written
        out. Of a role session AWS compares the role's ARN, without its session name.
    organization_id: the organization the caller's account must still be in
        (`aws:PrincipalOrgID`); alone it names no one inside the account.

    Unlike `IamUsers`, this survives that a user is deleted and made again, and each
    caller's own policies must allow sts:AssumeRole too, even in the same account.
    Raises `TrustError` when neither limit is given: the wide variant is `AnyPrincipalOf`.
    """

    account_id: str
    principal_arns: Sequence[str] | None = field(default=None, kw_only=True)
    organization_id: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.account(self.kind, self.account_id)
        if self.principal_arns is None and self.organization_id is None:
            raise TrustError(
                f"{self.kind}: nothing limits who of account {self.account_id} is meant; write "
                f'principal_arns=["arn:aws:iam::{self.account_id}:role/…"] or organization_id=…, '
                f'or AnyPrincipalOf("{self.account_id}") if you mean everyone in it.'
            )
        if self.principal_arns is not None:
            # An empty list is refused: left out, it would admit the whole organization.
            arns = checks.several(self.kind, "principal_arns", self.principal_arns, "an ARN")
            object.__setattr__(self, "principal_arns", arns)
            for arn in arns:
                self._check_arn(arn)
        if self.organization_id is not None:
            example = '"o-a1b2c3d4e5"'
            found = checks.arguments(self.kind).text(
                "organization_id", self.organization_id, example
            )
            if not _ORGANIZATION.match(found):
                raise TrustError(
                    f"{self.kind}: {found!r} is not an organization ID; it looks like {example}."
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
        if arn.region:
            raise TrustError(
                f"{self.kind}: {text!r} names a region, and the ARN of a user or role has no "
                f'region; write "arn:{arn.partition}:iam::{self.account_id}:{arn.resource}".'
            )
        if not checks.tells_apart(arn.resource):
            kind = arn.resource[:4]
            raise TrustError(
                f"{self.kind}: {text!r} names nobody and no path, so it does not tell one {kind} "
                f'of the account from another; write "…:{kind}/team/*" or a name, or '
                f'AnyPrincipalOf("{self.account_id}") if you mean everyone in it.'
            )

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        self.demand_external_id(self.account_id, context)
        limits: list[Condition] = []
        if self.principal_arns is not None:
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
