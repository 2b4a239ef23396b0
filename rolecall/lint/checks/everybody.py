"""RC001: a wildcard principal that nothing limits."""

from collections.abc import Iterator

from rolecall.lint import strangers
from rolecall.lint.conditions import keys_of
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC001, RC007, RC008
from rolecall.lint.trusted import Kind
from rolecall.policy import Condition

#: Keys by which a stranger can be kept out: he cannot choose them.
_IDENTITY = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:userid",
    "aws:sourcevpc",
    "aws:sourcevpce",
)
_FIX = 'name accounts, users or roles in Principal, or compare "aws:PrincipalOrgID"'


def check(look: Looked) -> Iterator[Finding]:
    """Ask for a stranger with an account, an organization and a network of his own."""
    for who in look.trusted:
        if not look.allows or who.kind is not Kind.EVERYBODY:
            continue
        stranger = strangers.account()
        if not look.admits(who.principals, *stranger):
            continue
        about = look.about(_IDENTITY)
        if about and all(each.soft and not each.for_all for each in about):
            negated = any(each.operator.negated for each in about)
            yield look.find(
                RC007 if negated else RC008,
                f"anybody with an AWS account gets in, because {keys_of(about)} "
                + ("excludes some and admits all others" if negated else "admits whoever lacks it"),
                _FIX + " by StringEquals",
                "critical",
            )
        elif look.mentions("aws:sourceip") and not look.admits(
            who.principals,
            *stranger,
            Condition("IpAddress", "aws:SourceIp", (strangers.ADDRESS,)),
        ):
            yield look.find(
                RC001,
                "only the address of the call limits who of all AWS customers may assume the role",
                _FIX + " as well",
                "medium",
            )
        elif look.mentions("sts:externalid") and not look.admits(
            who.principals, *stranger, Condition("Null", "sts:ExternalId", ("true",))
        ):
            yield look.find(
                RC001,
                "whoever of all AWS customers knows the external ID may assume the role, and an "
                "external ID is no secret",
                _FIX + " as well",
                "high",
            )
        else:
            yield look.find(RC001, "anybody with an AWS account may assume the role", _FIX)
