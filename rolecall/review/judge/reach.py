"""Which roles of the review a caller comes into by a permission of his own.

Where a trust policy only names the caller's account (or the caller is of another account),
his own permissions decide; so a change of those lets him in without any change of the role.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    Effect,
    IamUser,
    PolicyDocument,
    PolicyError,
    Principals,
    RoleSession,
    may_assume,
)
from rolecall.policy.compare import compare
from rolecall.review.model import Permissions, Unread

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
    """The policies of a caller, compiled; of what could not be read, nothing."""

    identity: tuple[CompiledPolicy, ...] = ()
    boundary: CompiledPolicy | None = None

    @classmethod
    def of(cls, own: Iterable[Permissions], boundary: Permissions | None = None) -> "Powers":
        """Of a caller's own permissions and those of his groups."""
        documents: list[PolicyDocument] = []
        for permissions in own:
            documents += [p for p in permissions.inline.values() if not isinstance(p, Unread)]
            for arn in sorted(permissions.managed):
                found = _document(arn, permissions)
                if found is not None:
                    documents.append(found)
        limit = None
        if boundary is not None and boundary.boundary is not None:
            found = _document(boundary.boundary, boundary)
            limit = None if found is None else CompiledPolicy(found)
        return cls(tuple(map(CompiledPolicy, documents)), limit)

    @property
    def assuming(self) -> bool:
        """Whether any of it may be about assuming a role; quick, and never too little."""
        return any(
            statement.not_actions or any(_about_sts(a) for a in statement.actions)
            for policy in self.identity
            for statement in policy.document.statements
            if statement.effect is Effect.ALLOW
        )


def _about_sts(action: str) -> bool:
    service = action.lower().partition(":")[0]
    return service == "sts" or "*" in service or "?" in service


def _document(arn: str, permissions: Permissions) -> PolicyDocument | None:
    found = permissions.documents.get(arn)
    if found is not None:
        return None if isinstance(found, Unread) else found
    return _KNOWN.get(arn.rpartition("/")[2]) if ":iam::aws:policy/" in arn else None


@dataclass(frozen=True, slots=True)
class Door:
    """A role that can be assumed: its ARN and its trust policy."""

    environment: str
    name: str
    arn: str
    trust: PolicyDocument


def doors_opened(
    caller: IamUser | RoleSession,
    before: Powers | None,
    after: Powers,
    doors: Sequence[Door],
) -> tuple[Door, ...]:
    """The roles that the caller may assume with `after` and might not with `before`.

    For each role a request is made that the trust policy admits from this very caller;
    only permissions differ between the two questions. None: he was not there.
    """
    if not after.assuming:
        return ()
    return tuple(
        door
        for door in doors
        if _worth_asking(caller, door) and _opened(caller, before, after, door)
    )


def _worth_asking(caller: IamUser | RoleSession, door: Door) -> bool:
    return any(_names(caller, s.principals) for s in door.trust.statements)


def _names(caller: IamUser | RoleSession, who: Principals | None) -> bool:
    forms = {form for form, _ in caller.principal_forms}
    return who is not None and (
        who.everyone or not forms.isdisjoint(f"AWS={name}" for name in who.aws)
    )


def _opened(
    caller: IamUser | RoleSession, before: Powers | None, after: Powers, door: Door
) -> bool:
    """One request stands for all: conditions on the trust side are the same for both."""
    arn = caller.arn if isinstance(caller, IamUser) else caller.role_arn
    only = tuple(
        replace(s, principals=Principals(aws=(arn,)))
        if s.effect is Effect.ALLOW and _names(caller, s.principals)
        else s
        for s in door.trust.statements
        if s.effect is Effect.DENY or _names(caller, s.principals)
    )
    try:
        found = compare((), replace(door.trust, statements=only), role_arn=door.arn,
                        tokens=TOKEN_KEYS)  # fmt: skip
        trust = CompiledPolicy(door.trust)
    except PolicyError:
        return False
    return any(
        _allowed(gain.witness.attempt, trust, after)
        and not (before is not None and _allowed(gain.witness.attempt, trust, before))
        for gain in found.gains
        if gain.witness.attempt.caller.account == caller.account
    )


def _allowed(attempt: AssumeRoleAttempt, trust: CompiledPolicy, powers: Powers) -> bool:
    return may_assume(
        attempt, trust=trust, identity=powers.identity, boundary=powers.boundary
    ).allowed


def account_of(arn: str | None) -> str | None:
    """The account in an IAM ARN, where it is known."""
    parts = (arn or "").split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdigit() else None


def named(doors: Sequence[Door]) -> str:
    """The roles in words, each with its environment."""
    shown = [f"{door.name} ({door.environment})" for door in doors[:6]]
    more = len(doors) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
