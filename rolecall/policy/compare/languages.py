"""What ARNs, unique ids and service names of whole kinds of callers look like."""

from rolecall.policy.compare.names import Account, Names
from rolecall.policy.compare.patterns import (
    DIGITS,
    HOST,
    IDS,
    NAME,
    PATH,
    Pattern,
    Symbol,
    literal,
    one_of,
)

SERVICE_HOST: Pattern = (*one_of(HOST), *literal(".amazonaws.com"))
"""Service principals."""


def arns(account: Account | None, partition: str, kind: str) -> tuple[Pattern, ...]:
    """The ARNs of users or roles of an account, with and without a path."""
    number = literal(account.id) if account else one_of(DIGITS, at_least=12, more=False)
    prefix = (*literal(f"arn:{partition}:iam::"), *number, *literal(f":{kind}/"))
    name = one_of(NAME)
    return ((*prefix, *name), (*prefix, *one_of(PATH), *literal("/"), *name))


def named_accounts(names: Names, account: Account | None) -> tuple[Pattern, ...]:
    """What the ARN of a caller of any other account does not look like."""
    if account is not None:
        return ()
    return tuple(
        (*literal(f"arn:{named.partition}:iam::{named.id}:"), Symbol(True, None))
        for named in names.accounts
    )


def user_ids(prefix: str, unique: str) -> tuple[Pattern, ...]:
    """The unique id of a user; any, where it is not named."""
    if unique:
        return (literal(unique),)
    return ((*literal(prefix), *one_of(IDS, at_least=12)),)


def role_ids(unique: str, session: str) -> tuple[Pattern, ...]:
    """The aws:userid of a role's sessions; any, where nothing of it is named or known."""
    known = unique and "${" not in unique
    identity = literal(unique) if known else (*literal("AROA"), *one_of(IDS, at_least=12))
    hop = literal(session) if session else one_of(NAME, at_least=2)
    return ((*identity, *literal(":"), *hop),)


def other_role_ids(names: Names, unique: str) -> tuple[Pattern, ...]:
    """What the aws:userid of a role without one of the other named ids does not look like."""
    return tuple(
        (*literal(f"{other}:"), Symbol(True, None)) for other in names.role_ids if other != unique
    )
