"""Small checks that several kinds of entity share."""

import ipaddress
import re
from collections.abc import Iterable

from rolecall.policy import Arn, PolicyError, check_path, is_account_id
from rolecall.trust.arguments import Arguments, shown
from rolecall.trust.errors import TrustError

NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}\Z")
_WILDCARDS = re.compile(r"[*?]+")
# IAM Identity Center appends `_` and 16 hexadecimal digits to the names of the roles
# it makes, and nobody else can create a role under /aws-reserved/ ("Referencing
# permission sets in resource policies", IAM Identity Center User Guide).
_PERMISSION_SET = re.compile(r":role/aws-reserved/sso\.amazonaws\.com/.*_(\?{16})\Z")


def account(kind: str, account_id: object) -> None:
    """Refuse anything that is not twelve digits in a string."""
    if not isinstance(account_id, str) or not is_account_id(account_id):
        raise TrustError(
            f"{kind}: {shown(account_id)} is not an account ID; write the twelve digits as a "
            'string, for example "111122223333".'
        )


def arguments(kind: str) -> Arguments:
    """The checks of types for an entity."""
    return Arguments(kind, TrustError)


def several(kind: str, field: str, values: object, example: str) -> tuple[str, ...]:
    """The values of a list: at least one, each a string, none twice."""
    return _each_once(kind, field, arguments(kind).texts(field, values, example), example)


def one_or_several(kind: str, field: str, values: object, example: str) -> tuple[str, ...]:
    """The same, where a lone string stands for a list of one."""
    return _each_once(kind, field, arguments(kind).text_or_texts(field, values, example), example)


def _each_once(kind: str, field: str, found: tuple[str, ...], example: str) -> tuple[str, ...]:
    if not found:
        raise TrustError(f"{kind}: {field} is empty, so nobody would be admitted; write {example}.")
    for value in sorted(repeated(found)):
        raise TrustError(f"{kind}: {field} names {value!r} twice; write it once.")
    return found


def repeated(values: Iterable[str]) -> set[str]:
    """Those values that occur more than once."""
    seen: set[str] = set()
    twice: set[str] = set()
    for value in values:
        (twice if value in seen else seen).add(value)
    return twice


def iam_names(kind: str, field: str, names: object, example: str) -> tuple[str, ...]:
    """Names of users or roles, whole and without wildcards."""
    found = several(kind, field, names, example)
    for name in found:
        if "*" in name or "?" in name:
            # "You cannot use a wildcard to match part of a principal name or ARN"
            # (IAM User Guide, "AWS JSON policy elements: Principal").
            raise TrustError(
                f"{kind}: {name!r} holds a wildcard, and AWS knows none in a principal; name each "
                "one, or write WholeAccount(account_id, principal_arns=[…]) with a pattern."
            )
        if not NAME.match(name):
            raise TrustError(
                f"{kind}: {name!r} is not an IAM name; it has 1 to 64 letters, digits and +=,.@_- "
                "(a path goes into `path`)."
            )
    return found


def wildcard_fault(pattern: str, separators: str) -> str | None:
    """Why a pattern's wildcard would match more than whole segments, or None.

    `acme*` also matches `acme-evil`: a wildcard is safe only where it stands for a
    whole segment, with a separator (or the end) on either side.
    """
    for found in _WILDCARDS.finditer(pattern):
        before = pattern[: found.start()][-1:]
        after = pattern[found.end() :][:1]
        if (before and before not in separators) or (after and after not in separators):
            return f"the wildcard in {pattern!r} ends inside a name"
    return None


def iam_path(kind: str, path: object) -> str:
    """The path of principals that are named: whole, as AWS wants a principal."""
    found = arguments(kind).text("path", path, '"/team/"')
    try:
        check_path(found)
    except PolicyError as error:
        raise TrustError(f"{kind}: {error}") from error
    if set("*?$") & set(found):
        raise TrustError(
            f"{kind}: path {found!r} holds a wildcard or a policy variable, and AWS knows none in "
            "a principal; write it out."
        )
    return found


def arn_pattern(kind: str, field: str, text: str) -> Arn:
    """An ARN that may hold wildcards for whole segments of its resource."""
    if "$" in text:
        # A variable is filled in from the request: ${aws:username} is whoever calls.
        raise TrustError(
            f'{kind}: {field} {text!r} holds a policy variable ("$"), so the caller decides what '
            "it matches; write it out."
        )
    try:
        arn = Arn.parse(text)
    except PolicyError as error:
        raise TrustError(f"{kind}: {field} holds {text!r}, which is no ARN: {error}") from error
    if set("*?") & set(arn.partition + arn.service + arn.account):
        raise TrustError(
            f"{kind}: {text!r} has a wildcard in its partition, service or account; write them out."
        )
    tail = text
    if permission_set := _PERMISSION_SET.search(text):
        tail = text[: permission_set.start(1)] + "0" * 16
    if fault := wildcard_fault(tail, ":/"):
        raise TrustError(
            f"{kind}: {fault} and would match others that merely begin or end alike; let it stand "
            'for a whole segment, as in "…/team/*".'
        )
    return arn


def networks(kind: str, values: object) -> tuple[str, ...]:
    """IP addresses and CIDR blocks for aws:SourceIp."""
    found = one_or_several(kind, "source_ip", values, '["203.0.113.0/24"]')
    for value in found:
        try:
            if "%" in value:
                raise ValueError("a zone is known on one machine only")
            network = ipaddress.ip_network(value, strict=False)
        except ValueError as error:
            raise TrustError(
                f'{kind}: source_ip {value!r} is no address or CIDR block; write "203.0.113.0/24".'
            ) from error
        if network.prefixlen == 0:
            raise TrustError(
                f"{kind}: source_ip {value!r} is the whole internet; leave it out or narrow it."
            )
        if "/" in value and str(network) != value and str(network).split("/")[0] != value:
            raise TrustError(
                f"{kind}: source_ip {value!r} has bits beyond its prefix; write {str(network)!r}."
            )
    return found


def tells_apart(resource: str) -> bool:
    """Whether the resource of a user's or role's ARN holds a name, or a part of a path.

    Where every segment is a wildcard, however it is spelt, whoever has a path as long
    matches, and of `*` everybody.
    """
    return any(part and not set("*?") & set(part) for part in re.split("[:/]", resource)[1:])
