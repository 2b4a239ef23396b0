"""Which roles of the review a caller comes into by a permission of his own.

Where a trust policy only names the caller's account (or the caller is of another account),
his own permissions decide; so a change of those lets him in without any change of the role.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import (
    CompiledPolicy,
    Condition,
    Effect,
    IamUser,
    PolicyDocument,
    PolicyError,
    Principals,
    Request,
    RoleSession,
    Statement,
)
from rolecall.policy.compare import compare
from rolecall.policy.grants import Grant
from rolecall.review.model import Permissions, Unread

_NAMING = "sts:SetSourceIdentity"
_ACTIONS = ("sts:AssumeRole", "sts:TagSession", _NAMING)
_ALLOW_ALL = PolicyDocument.parse(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    }
)
_POWER_USER = PolicyDocument.parse(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "NotAction": ["iam:*", "organizations:*", "account:*"],
            "Resource": "*",
        },
    }
)
#: AWS's own policies that allow sts:AssumeRole; the others at hand do not.
_KNOWN = {"AdministratorAccess": _ALLOW_ALL, "PowerUserAccess": _POWER_USER}


@dataclass(frozen=True, slots=True)
class Powers:
    """What a caller's own policies say; of what could not be read, nothing."""

    identity: tuple[Statement, ...] = ()
    boundary: tuple[Statement, ...] | None = None

    @classmethod
    def of(cls, own: Iterable[Permissions], boundary: Permissions | None = None) -> "Powers":
        """Of a caller's own permissions and those of his groups."""
        found: list[Statement] = []
        for permissions in own:
            for policy in permissions.inline.values():
                found += () if isinstance(policy, Unread) else policy.statements
            for arn in sorted(permissions.managed):
                found += _statements(arn, permissions) or ()
        limit = None
        if boundary is not None and boundary.boundary is not None:
            limit = _statements(boundary.boundary, boundary)
        return cls(tuple(found), limit)


def _statements(arn: str, permissions: Permissions) -> tuple[Statement, ...] | None:
    found = permissions.documents.get(arn)
    if found is None and ":iam::aws:policy/" in arn:
        found = _KNOWN.get(arn.rpartition("/")[2])
    return None if found is None or isinstance(found, Unread) else found.statements


@dataclass(frozen=True, slots=True)
class Door:
    """A role that can be assumed: its ARN and its trust policy."""

    environment: str
    name: str
    arn: str
    trust: PolicyDocument


@dataclass(frozen=True, slots=True)
class Opened:
    """Roles that a caller comes into now; those that he came into already, but not in every
    way; and those of which it is not decided."""

    doors: tuple[Door, ...] = ()
    more: tuple[Door, ...] = ()
    open: tuple[Door, ...] = ()


def doors_opened(
    caller: IamUser | RoleSession, before: Powers | None, after: Powers, doors: Sequence[Door]
) -> Opened:
    """The roles that `after` lets the caller into, and `before` did not, or not so far.

    Decided by the comparison of two policies in which each Allow of the trust policy is
    bound to the conditions of an Allow of the caller's own. None: he was not there.
    """
    reach = _Reach(caller)
    opened: list[Door] = []
    more: list[Door] = []
    undecided: list[Door] = []
    for door in doors:
        if not reach.named_by(door.trust):
            continue
        try:
            new = reach.combined(door, after)
            old = () if before is None else (reach.combined(door, before),)
            if not new.statements or (old and old[0] == new):
                continue
            found = compare(old, new, role_arn=door.arn, tokens=TOKEN_KEYS)
        except PolicyError:
            undecided.append(door)
            continue
        if found.gains:
            known = old and compare((), old, role_arn=door.arn, tokens=TOKEN_KEYS).gains
            (more if known else opened).append(door)
        elif any(each.gain for each in found.undecided):
            undecided.append(door)
    return Opened(tuple(opened), tuple(more), tuple(undecided))


class _Reach:
    """One caller before many doors."""

    def __init__(self, caller: IamUser | RoleSession) -> None:
        self._caller = caller
        self._arn = caller.arn if isinstance(caller, IamUser) else caller.role_arn
        self._forms = dict(caller.principal_forms)

    def named_by(self, trust: PolicyDocument) -> bool:
        """Whether any Allow can mean him."""
        return any(s.effect is Effect.ALLOW and self._grant(s.principals) for s in trust.statements)

    def _grant(self, who: Principals | None) -> Grant:
        names = () if who is None else (*who.aws, *(("*",) if who.everyone else ()))
        return max((self._forms.get(f"AWS={n}", Grant.NONE) for n in names), default=Grant.NONE)

    def combined(self, door: Door, powers: Powers) -> PolicyDocument:
        """Who gets in by trust policy and own policies together, as a policy for him alone."""
        found: list[Statement] = [s for s in door.trust.statements if s.effect is Effect.DENY]
        own_account = door.arn.split(":", 5)[4] == self._caller.account
        for action in _ACTIONS:
            if action == _NAMING and isinstance(self._caller, RoleSession):
                # In a chain both sides must allow it, the same account included.
                own_account = False
            own = self._conditions(powers.identity, door, action)
            limit = (
                [()] if powers.boundary is None else self._conditions(powers.boundary, door, action)
            )
            for statement in door.trust.statements:
                grant = self._grant(statement.principals)
                if statement.effect is Effect.DENY or not grant:
                    continue
                if not self._applies(statement, door, action, trust=True):
                    continue
                direct = own_account and grant is Grant.DIRECT
                alone = own_account and grant >= Grant.LIMITED
                ways: Iterable[tuple[tuple[Condition, ...], ...]] = (
                    [()] if direct else product([()] if alone else own, limit)
                )
                found += [
                    self._allow(action, (*statement.conditions, *(c for w in way for c in w)))
                    for way in ways
                ]
            denials = [s for s in (*powers.identity, *(powers.boundary or ()))
                       if s.effect is Effect.DENY]  # fmt: skip
            found += [
                replace(self._allow(action, s.conditions), effect=Effect.DENY)
                for s in denials
                if self._applies(s, door, action)
            ]
        if all(s.effect is Effect.DENY for s in found):
            return PolicyDocument(())
        return PolicyDocument(tuple(dict.fromkeys(found)))

    def _allow(self, action: str, conditions: tuple[Condition, ...]) -> Statement:
        return Statement(
            principals=Principals(aws=(self._arn,)), actions=(action,), conditions=conditions
        )

    def _conditions(
        self, statements: Iterable[Statement], door: Door, action: str
    ) -> list[tuple[Condition, ...]]:
        """Under what each Allow allows the action on the role."""
        return [
            s.conditions
            for s in statements
            if s.effect is Effect.ALLOW and self._applies(s, door, action)
        ]

    def _applies(
        self, statement: Statement, door: Door, action: str, *, trust: bool = False
    ) -> bool:
        """Whether the statement is about the action and the role, conditions left out."""
        compiled = CompiledPolicy(PolicyDocument((replace(statement, conditions=()),)))
        side = compiled.as_resource if trust else compiled.as_identity
        request = Request.build(action, door.arn, self._caller)
        return any(s.failing(request) < 0 for s in (*side.allows, *side.denies))


def account_of(arn: str | None) -> str | None:
    """The account in an IAM ARN, where it is known."""
    parts = (arn or "").split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdigit() else None


def named(doors: Sequence[Door]) -> str:
    """The roles in words, each with its environment."""
    shown = [f"{door.name} ({door.environment})" for door in doors[:6]]
    more = len(doors) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
