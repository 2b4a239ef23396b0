"""The evaluator once more: slow, short, from AWS's pages, without a look at how it is done.

Trust policies only. Where AWS leaves a question open it answers as docs/enforcement.md says:
in doubt an Allow does not apply, and a Deny does.
"""

import base64
import ipaddress
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from typing import Any

from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    SamlIdentity,
    WebIdentity,
)

_ACTIONS: dict[type, str] = {
    IamUser: "sts:AssumeRole",
    RoleSession: "sts:AssumeRole",
    AwsService: "sts:AssumeRole",
    WebIdentity: "sts:AssumeRoleWithWebIdentity",
    SamlIdentity: "sts:AssumeRoleWithSAML",
}
Facts = dict[str, Any]


def admitted(document: dict[str, Any], attempt: AssumeRoleAttempt, own: bool) -> bool:
    """Whether the attempt is let in; `own`: the caller's own account allows him everything."""
    caller: Any = attempt.caller
    if isinstance(caller, (RootUser, FederatedUserSession)) or type(caller) not in _ACTIONS:
        return False
    if caller.account and attempt.role_arn.split(":")[1] != caller.partition:
        return False
    lasting = attempt.source_identity
    if isinstance(caller, RoleSession) and caller.source_identity is not None:
        if attempt.source_identity not in (None, caller.source_identity):
            return False
        lasting = caller.source_identity
    facts: Facts = {key.lower(): value for key, value in attempt.keys().items()}
    facts.update({key.lower(): value for key, value in caller.context().items()})
    wanted = [(_ACTIONS[type(caller)], False)]
    if attempt.tags or attempt.transitive_tag_keys:
        wanted.append(("sts:TagSession", False))
    if lasting is not None:
        wanted.append(("sts:SetSourceIdentity", isinstance(caller, RoleSession)))
    same = caller.account == attempt.role_arn.split(":")[4]
    return all(
        _permitted(document, action, caller, facts, own, same and not chained)
        for action, chained in wanted
    )


def _permitted(
    document: dict[str, Any], action: str, caller: Any, facts: Facts, own: bool, same: bool
) -> bool:
    variables = document.get("Version") == "2012-10-17"
    best = 0
    for statement in document["Statement"]:
        deny = statement["Effect"] == "Deny"
        worth = _principal(statement, caller, facts, deny)
        applies = (
            worth
            and _action(statement, action)
            and all(
                _condition(name, key, _listed(values), facts, deny, variables)
                for name, block in statement.get("Condition", {}).items()
                for key, values in block.items()
            )
        )
        if applies and deny:
            return False
        if applies:
            best = max(best, worth)
    if not caller.account:
        return best > 0
    return best > 0 and (own or (same and best > 1))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _action(statement: dict[str, Any], action: str) -> bool:
    patterns = _listed(statement.get("Action", statement.get("NotAction")))
    found = any(like(each.lower(), action.lower()) for each in patterns)
    return found if "Action" in statement else not found


def _principal(statement: dict[str, Any], caller: Any, facts: Facts, deny: bool) -> int:
    """3: by himself. 2: by his role or as everybody. 1: by his account. 0: not at all."""
    element: Any = statement.get("Principal", statement.get("NotPrincipal"))
    named = {"AWS": ["*"]} if element == "*" else {k: _listed(v) for k, v in element.items()}
    aws = named.get("AWS", [])
    found = [0]
    if isinstance(caller, (IamUser, RoleSession)):
        found += [3 for each in aws if each == caller.arn]
        if isinstance(caller, IamUser):
            found += [3 for each in aws if caller.unique_id and each == caller.unique_id]
        else:
            found += [2 for each in aws if each in (caller.role_arn, caller.role_id) and each]
        account = (caller.account, f"arn:{caller.partition}:iam::{caller.account}:root")
        found += [1 for each in aws if each in account]
    if isinstance(caller, AwsService):
        found += [3 for each in named.get("Service", []) if each == caller.host]
    if isinstance(caller, (WebIdentity, SamlIdentity)):
        found += [3 for each in named.get("Federated", []) if each == caller.provider]
    if "*" in aws and not isinstance(caller, (WebIdentity, SamlIdentity)):
        found.append(2)
    if "NotPrincipal" in statement:
        if deny:
            return 0 if _exempt(named, caller) else 3
        return 1 if caller.account and max(found) == 0 else 0
    if deny:
        federated = named.get("Federated", [])
        if "*" in aws or facts.get("aws:federatedprovider") in federated:
            return 3
        if caller.account and named.get("CanonicalUser"):
            return 3
    return max(found)


def _exempt(named: dict[str, list[str]], caller: Any) -> bool:
    """Each of his identities is listed: the account, the user or role, the session."""
    aws = set(named.get("AWS", []))
    if isinstance(caller, AwsService):
        return caller.host in named.get("Service", [])
    if isinstance(caller, (WebIdentity, SamlIdentity)):
        return caller.provider in named.get("Federated", [])
    needed = [{caller.account, f"arn:{caller.partition}:iam::{caller.account}:root"}]
    if isinstance(caller, IamUser):
        needed.append({caller.arn, caller.unique_id or caller.arn})
    else:
        needed += [{caller.role_arn, caller.role_id or caller.role_arn}, {caller.arn}]
    return all(aws & each for each in needed)


def _condition(
    name: str, key: str, values: list[str], facts: Facts, deny: bool, variables: bool
) -> bool:
    qualifier, _, base = name.rpartition(":")
    given = facts.get(key.lower())
    if base == "Null":
        return ("true" if given is None or given == () else "false") in [v.lower() for v in values]
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    negated = "Not" in base

    def one(value: str) -> bool:
        answer = compare(base.replace("Not", ""), value, values, facts, variables)
        return deny if answer is None else answer is not negated

    if qualifier == "ForAllValues":
        return all(one(each) for each in _set(given))
    if qualifier == "ForAnyValue":
        if given is None or given == ():
            return deny and if_exists
        return any(one(each) for each in _set(given))
    if given is None or given == ():
        return negated or if_exists
    if isinstance(given, str):
        return one(given)
    return deny and any(one(each) for each in given)


def _set(given: Any) -> tuple[str, ...]:
    values = (given,) if isinstance(given, str) else tuple(given or ())
    return () if all(each == "" for each in values) else values


def compare(base: str, value: str, wanted: list[str], facts: Facts, variables: bool) -> bool | None:
    """Whether any of the wanted values meets the request's; None: of another type."""
    if base.startswith(("Numeric", "Date")):
        read = number if base.startswith("Numeric") else moment
        here = read(value)
        if here is None:
            return None
        how = base.removeprefix("Numeric").removeprefix("Date")
        return any(_ordered(how, here, there) for w in wanted if (there := read(w)) is not None)
    if base == "IpAddress":
        return _in_network(value, wanted)
    if base == "BinaryEquals":
        try:
            return base64.b64decode(value, validate=True) in [base64.b64decode(w) for w in wanted]
        except ValueError:
            return None
    filled = [f for w in wanted if (f := fill(w, facts, variables, base in _PATTERNED)) is not None]
    if base == "Bool":
        if value.lower() not in ("true", "false"):
            return None
        return value.lower() in ["".join(each).lower() for each in filled]
    if base == "StringEquals":
        return value in ["".join(each) for each in filled]
    if base == "StringEqualsIgnoreCase":
        return value.lower() in ["".join(each).lower() for each in filled]
    if base == "StringLike":
        return any(matches(tuple(each), value) for each in filled)
    return _arn(value, filled)


_PATTERNED = ("StringLike", "ArnLike", "ArnEquals")
_ANY, _ONE = "\ue000*", "\ue000?"


def fill(text: str, facts: Facts, variables: bool, wild: bool) -> list[str] | None:
    """Characters and wildcards, variables replaced; None where one has no value."""
    found: list[str] = []
    while text:
        if variables and text.startswith("${"):
            inside, _, text = text[2:].partition("}")
            if inside in ("*", "?", "$"):
                found.append(inside)
                continue
            name, comma, default = inside.partition(",")
            value = facts.get(name.strip().lower())
            if (value is None or value == ()) and comma:
                value = default.strip()[1:-1]
            if not isinstance(value, str):
                return None
            found += value
            continue
        character, text = text[0], text[1:]
        if wild and character in "*?":
            character = _ANY if character == "*" else _ONE
        found.append(character)
    return found


def matches(pattern: tuple[str, ...], text: str) -> bool:
    """Whether the whole text matches, every way tried."""

    @cache
    def from_here(at: int, place: int) -> bool:
        if at == len(pattern):
            return place == len(text)
        if pattern[at] == _ANY:
            return from_here(at + 1, place) or (place < len(text) and from_here(at, place + 1))
        return (
            place < len(text)
            and pattern[at] in (_ONE, text[place])
            and from_here(at + 1, place + 1)
        )

    return from_here(0, 0)


def like(pattern: str, text: str) -> bool:
    """StringLike without variables."""
    return matches(tuple(fill(pattern, {}, False, True) or ()), text)


def _arn(value: str, filled: list[list[str]]) -> bool | None:
    segments = value.split(":", 5)
    if len(segments) != 6 or segments[0] != "arn":
        return None
    unsure = False
    for pattern in filled:
        parts: list[list[str]] = [[]]
        for character in pattern:
            if character == ":" and len(parts) < 6:
                parts.append([])
            else:
                parts[-1].append(character)
        if len(parts) != 6:
            unsure = True
        elif all(matches(tuple(p), s) for p, s in zip(parts, segments, strict=True)):
            return True
    return None if unsure else False


def number(text: str) -> Fraction | None:
    """A decimal number without exponent."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text, re.ASCII):
        return None
    try:
        return Fraction(Decimal(text))
    except (InvalidOperation, ValueError):
        return None


def moment(text: str) -> Fraction | None:
    """Seconds since 1970, of the forms that the generator writes."""
    if re.fullmatch("[0-9]{1,12}", text):
        return Fraction(int(text))
    shape = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d))?",
        text,
        re.ASCII,
    )
    if shape is None:
        return None
    year, month, day, hour, minute, second = (int(each or 0) for each in shape.groups()[:6])
    try:
        whole = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    zone = shape[8] or "Z"
    offset = (
        0 if zone == "Z" else (int(zone[1:3]) * 60 + int(zone[4:])) * (1 if zone[0] == "+" else -1)
    )
    fraction = Fraction(int(shape[7]), 10 ** len(shape[7])) if shape[7] else Fraction(0)
    return Fraction(int(whole.timestamp())) - offset * 60 + fraction


def _ordered(how: str, here: Fraction, there: Fraction) -> bool:
    return {
        "Equals": here == there,
        "LessThan": here < there,
        "LessThanEquals": here <= there,
        "GreaterThan": here > there,
        "GreaterThanEquals": here >= there,
    }[how]


def _in_network(value: str, wanted: list[str]) -> bool | None:
    if "%" in value:
        return None  # a zone of a machine, no address of the internet
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return None
    networks = [ipaddress.ip_network(each, strict=False) for each in wanted]
    return any(address in network for network in networks if network.version == address.version)
