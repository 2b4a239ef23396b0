"""Principals of AWS accounts: whole accounts, users and roles by name."""

import re
from collections.abc import Sequence

from rolecall.importing.asked import Asked, session_guards
from rolecall.importing.expression import Call, Expression, call
from rolecall.importing.home import Home, Inexpressible
from rolecall.policy import Condition, is_account_id

_NAMED = re.compile(r"arn:([^:]+):iam::([0-9]{12}):(user|role)(/(?:.*/)?)([^/]+)\Z", re.DOTALL)
_ROOT = re.compile(r"arn:[^:]+:iam::([0-9]{12}):root\Z")
_ID = re.compile(r"A(?:IDA|ROA|GPA|NPA)[A-Z0-9]+\Z")


def grouped(names: Sequence[str]) -> list[tuple[str, ...]]:
    """The principals that one entity can name together, in the order of the first of each."""
    found: dict[object, list[str]] = {}
    for name in dict.fromkeys(names):
        told = _NAMED.match(name)
        found.setdefault(told.groups()[:4] if told else name, []).append(name)
    return [tuple(each) for each in found.values()]


def express(
    names: Sequence[str],
    conditions: Sequence[Condition],
    home: Home,  # noqa: ARG001
) -> list[Call]:
    """The entities for one group of principals; raises `Inexpressible`."""
    asked = Asked(conditions)
    options = _guards(asked)
    external = asked.take("sts:ExternalId", "StringEquals")
    first = names[0]
    if told := _NAMED.match(first):
        kind = "IamUsers" if told[3] == "user" else "IamRoles"
        asked.done()
        listed: list[Expression] = [name.rpartition("/")[2] for name in names]
        own: dict[str, Expression] = {} if told[4] == "/" else {"path": told[4]}
        return _each(kind, (told[2], listed), {**own, **options}, external)
    root = _ROOT.match(first)
    account = root[1] if root else first
    if is_account_id(account):
        return _account(account, asked, options, external)
    raise Inexpressible(_stranger(first))


def _account(
    account: str, asked: Asked, options: dict[str, Expression], external: Sequence[str]
) -> list[Call]:
    arns = asked.take("aws:PrincipalArn", "ArnLike", "ArnEquals", "StringLike", "StringEquals")
    organization = asked.one("aws:PrincipalOrgID", "StringEquals")
    asked.done()
    limits: dict[str, Expression] = {}
    if arns:
        limits["principal_arns"] = list(arns)
    if organization is not None:
        limits["organization_id"] = organization
    kind = "WholeAccount" if limits else "AnyPrincipalOf"
    return _each(kind, (account,), {**limits, **options}, external)


def _each(
    kind: str,
    args: tuple[Expression, ...],
    options: dict[str, Expression],
    external: Sequence[str],
) -> list[Call]:
    """An entity for each external ID: each has one."""
    if not external:
        return [call(kind, *args, **options)]
    return [call(kind, *args, **{**options, "external_id": each}) for each in external]


def _guards(asked: Asked) -> dict[str, Expression]:
    found = session_guards(asked)
    factor = asked.one("aws:MultiFactorAuthPresent", "Bool")
    if factor is not None and factor.lower() != "true":
        raise Inexpressible("a second factor is asked not to be there")
    age = asked.one("aws:MultiFactorAuthAge", "NumericLessThan")
    if age is None:
        most = asked.one("aws:MultiFactorAuthAge", "NumericLessThanEquals")
        age = str(int(most) + 1) if most is not None and most.isdecimal() else None
    if age is not None:
        if not age.isdecimal():
            raise Inexpressible(f"the age of a second factor is {age!r}")
        found["mfa_max_age"] = duration(int(age))
    elif factor is not None:
        found["mfa"] = True
    return found


def duration(seconds: int) -> Call:
    """A timedelta in the largest unit that counts it whole."""
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds and seconds % length == 0:
            return call("timedelta", **{unit: seconds // length})
    return call("timedelta", seconds=seconds)


def _stranger(name: str) -> str:
    if name == "*":
        return "no class admits every AWS account"
    if _ID.match(name):
        return (
            f"{name} is the id of a user or role that was deleted (AWS shows the id where the "
            "ARN was): nobody can come in by it any more"
        )
    if ":sts:" in name:
        return f"no class names one session, as {name} does"
    return f"no class names {name}"
