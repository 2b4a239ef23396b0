"""What the conditions of a statement hold a caller to: whether they bound him at all."""

import re

from rolecall.issuers.shared_providers import REQUIRED_KEYS
from rolecall.policy import Condition, PolicyError, Statement
from rolecall.policy.operators import Family, SetQualifier, parse_operator

_ORGANIZATION = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    }
)
_WHO = frozenset({"aws:principalaccount", "aws:principalarn", "aws:userid", "aws:sourceaccount"})
# Claims that name an owner or one of his things; an issuer gives each to one customer.
_OWNERS = frozenset(
    {
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
        "enterprise",
        "enterprise_id",
        "project_id",
        "project_path",
        "namespace_id",
        "namespace_path",
        "organization_id",
        "organization_slug",
        "terraform_organization_id",
        "terraform_workspace_id",
        "terraform_project_id",
    }
)
_SUBJECT = re.compile(r"[^:]+:[^:/@]+[:/@].*", re.DOTALL)
_OWNED = re.compile(r"[^/]+/.*", re.DOTALL)


def demands(condition: Condition) -> bool:
    """Whether the condition holds only for a request that has the key, with one of its values."""
    try:
        operator = parse_operator(condition.operator, "Condition")
    except PolicyError:
        return False
    return (
        not operator.negated
        and not operator.if_exists
        and operator.qualifier is not SetQualifier.ALL
        and operator.family is not Family.NULL
    )


def _is_bound(condition: Condition) -> bool:
    return demands(condition) and all(value.strip("*?") for value in condition.values)


def names_everyone(statement: Statement) -> bool:
    """Whether the principal is whoever there is."""
    who = statement.principals
    return who is None or who.everyone or "*" in who.aws


def within_organization(statement: Statement) -> bool:
    """Whether only callers of one's own organization are meant."""
    return any(c.key.lower() in _ORGANIZATION and _is_bound(c) for c in statement.conditions)


def within_names(statement: Statement) -> bool:
    """Whether only callers whom the conditions name, or whose account they name, are meant."""
    return any(
        c.key.lower() in _WHO and _is_bound(c) and not any(map(_any_account, c.values))
        for c in statement.conditions
    )


def _any_account(value: str) -> bool:
    parts = value.split(":", 5)
    return len(parts) == 6 and not parts[4].strip("*?")


def asks_external_id(statement: Statement) -> bool:
    """Whether the caller has to bring an external ID."""
    return any(c.key.lower() == "sts:externalid" and _is_bound(c) for c in statement.conditions)


def holds_to_owner(statement: Statement, host: str) -> bool:
    """Whether tokens of a shared issuer are held to one owner; of others, True.

    A pattern holds if what stands before its first wildcard ends the owner's name:
    `repo:acme/*` does, `repo:acme*` does not.
    """
    needed = REQUIRED_KEYS.get(host)
    if needed is None:
        return True
    return any(_holds(c, host, needed.lower()) for c in statement.conditions if demands(c))


def _holds(condition: Condition, host: str, needed: str) -> bool:
    key = condition.key.lower()
    exact = "Like" not in condition.operator
    fixed = [v if exact else re.split(r"[*?]", v)[0] for v in condition.values]
    whole = [f == v for f, v in zip(fixed, condition.values, strict=True)]
    if key == needed:
        if key != f"{host}:sub":
            return all(whole)
        return all(w or _SUBJECT.match(f) for f, w in zip(fixed, whole, strict=True))
    if key.removeprefix(f"{host}:") in _OWNERS and key.startswith(f"{host}:"):
        return all(w or _OWNED.match(f) for f, w in zip(fixed, whole, strict=True))
    return False
