"""RC004: `acme*` also means `acme-evil`."""

import re
from collections.abc import Iterator

from rolecall.lint import strangers
from rolecall.lint.conditions import Asked, open_value
from rolecall.lint.keys import issuer_host
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC004
from rolecall.lint.trusted import MAIN, issuer_at
from rolecall.policy import Condition
from rolecall.policy.errors import quoted
from rolecall.policy.operators import Family

_WILD = re.compile(r"[*?]+")
#: A name begins behind one of these and ends before it.
_SEPARATORS = ":/|@"
_ACCOUNTS = ("aws:principalaccount", "aws:sourceaccount")
#: Those that end a name only where the wildcard comes first: *.example.com, *@example.com.
_DOMAINS = "."
#: What the caller chooses, and what tells nobody apart.
_FREE = (
    "saml:aud",  # RC010 looks at it
    "aws:useragent",
    "aws:referer",
    "sts:rolesessionname",
    "aws:requestedregion",
    "aws:tagkeys",
    "sts:transitivetagkeys",
)
_TENANT_FAMILIES = ("github-actions", "gitlab", "hcp-terraform", "buildkite")
# Nobody but IAM Identity Center makes roles there, and it ends their names by itself
# ("Referencing permission sets in resource policies", IAM Identity Center User Guide).
_PERMISSION_SETS = "/aws-reserved/sso.amazonaws.com"


def check(look: Looked) -> Iterator[Finding]:
    """Look for wildcards inside of names, and ask for somebody whose name goes on."""
    if not look.allows or not look.actions & set(MAIN):
        return
    for each in look.conditions:
        if not each.wild or not each.positive or each.key in _FREE:
            continue
        for value in each.condition.values:
            found = _inside(value)
            if found is not None and _lets_in(look, each, value, found):
                yield _told(look, each, value, found)


def _inside(value: str) -> re.Match[str] | None:
    """The first wildcard that stands for a part of a name."""
    for found in _WILD.finditer(value):
        before, after = value[: found.start()][-1:], value[found.end() :][:1]
        if _PERMISSION_SETS in value and before == "_":
            continue
        first = not before and after in _DOMAINS
        if "*" not in found[0]:
            return found  # any name of that length, or a part of one
        if (before and before not in _SEPARATORS) or (
            after and after not in _SEPARATORS and not first
        ):
            return found
    return None


def _lets_in(look: Looked, each: Asked, value: str, found: re.Match[str]) -> bool:
    if open_value(value):
        return True
    before, after = value[: found.start()], value[found.end() :]
    begins = bool(before) and before[-1] not in _SEPARATORS
    if "*" not in found[0]:
        name = found[0]  # so many characters and no more
    elif _in_account(each, value, found):
        # Part of an account's number, whose other digits are somebody else's.
        digits = before.rpartition(":")[2] + after.partition(":")[0]
        name = strangers.ACCOUNT[: max(0, len(strangers.ACCOUNT) - len(digits))]
    else:
        name = f"-{strangers.NAME}*" if begins else f"*{strangers.NAME}-"
    operator = "ArnLike" if each.operator.family is Family.ARN else "StringLike"
    other = Condition(operator, each.condition.key, (before + name + after,))
    return any(look.admits(who.principals, other) for who in look.trusted)


def _in_account(each: Asked, value: str, found: re.Match[str]) -> bool:
    """Whether the wildcard stands for digits of an account's number."""
    place = value[: found.start()].count(":")
    return each.key in _ACCOUNTS or (value.startswith("arn:") and place == 4)


def _told(look: Looked, each: Asked, value: str, found: re.Match[str]) -> Finding:
    start = re.split(r"[:/|@]", value[: found.start()])[-1]
    end = re.split(r"[:/|@]", value[found.end() :])[0]
    shown = f"{start}{found[0]}{end}"
    other = f"{start}-evil" if start else f"evil{'' if end[:1] in '-._' else '-'}{end}"
    if "*" in found[0]:
        means = f"also means {quoted(other)}"
    else:
        means = f"means every name of {len(shown)} characters that fits"
    return look.find(
        RC004,
        f"{quoted(shown)} in {each.words} {means}",
        'write the name out, or let the wildcard stand for a whole part behind "/" or ":"',
        _severity(each, value, found),
    )


def _severity(each: Asked, value: str, found: re.Match[str]) -> str:
    """Worse, the further to the left: an organization is somebody else's, a branch is not."""
    if _in_account(each, value, found):
        return "critical" if each.key.startswith("aws:principal") else "high"
    part = len(re.findall("[:/]", value[: found.start()]))
    host, _, claim = each.key.rpartition(":")
    if issuer_host(each.key) and claim == "sub":
        issuer = issuer_at(host)
        if issuer.family in _TENANT_FAMILIES:
            if part <= 1:
                return "critical" if issuer.shared else "high"
            return "medium" if part == 2 else "low"
        if issuer.family == "eks":
            return "high" if part <= 2 else "medium"
        return "high"
    if each.key.startswith("saml:") or issuer_host(each.key):
        return "high"
    return "low" if each.key.startswith(("aws:sourcearn", "aws:requesttag/")) else "medium"
