"""Whether strangers can assume a role: then what it may do is more dangerous."""

import re
from collections.abc import Iterable

from rolecall.policy import Effect, Statement, is_account_id
from rolecall.review.judge import bounds
from rolecall.review.judge.ground import Ground
from rolecall.review.judge.severity import host_of

_ACCOUNT = re.compile(r"arn:[a-z-]+:(?:iam|sts)::([0-9]{12}):")


def open_to_strangers(statements: Iterable[Statement], ground: Ground) -> bool:
    """Whether an Allow means callers of accounts that are not the project's own.

    Also tokens of a shared issuer that are not held to one owner. Workloads and people that
    the policy does name are no strangers.
    """
    return any(_open(each, ground) for each in statements if each.effect is Effect.ALLOW)


def _open(statement: Statement, ground: Ground) -> bool:
    if bounds.names_everyone(statement):
        return not (bounds.within_organization(statement) or bounds.within_names(statement))
    who = statement.principals
    if who is None:
        return True
    for name in who.aws:
        found = _ACCOUNT.match(name)
        account = name if is_account_id(name) else found[1] if found else ""
        if ground.stranger(account) and not bounds.within_organization(statement):
            return True
    return any(not bounds.holds_to_owner(statement, host_of(name)) for name in who.federated)
