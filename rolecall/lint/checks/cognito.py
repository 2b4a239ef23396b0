"""RC024: identities of Amazon Cognito's identity pools."""

import re
from collections.abc import Iterator

from rolecall.lint import strangers
from rolecall.lint.conditions import open_value
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC024
from rolecall.lint.trusted import Kind, Trusted
from rolecall.policy import Condition
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_WEB_IDENTITY

_POOL = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GUESTS = "unauthenticated"


def check(look: Looked) -> Iterator[Finding]:
    """Ask for an identity of somebody else's pool, and for a guest."""
    if not look.allows or ASSUME_ROLE_WITH_WEB_IDENTITY not in look.actions:
        return
    for who in look.trusted:
        if who.kind is Kind.OIDC and who.is_cognito:
            yield from _pool(look, who)
            yield from _guests(look, who)


def _pool(look: Looked, who: Trusted) -> Iterator[Finding]:
    key = f"{who.host}:aud"
    fix = f'compare "{key}" by StringEquals with the ID of your identity pool'
    if look.admits(who.principals, Condition("StringEquals", key, (strangers.POOL,))):
        yield look.find(RC024, "identities of anybody's identity pool get in", fix, "critical")
        return
    for each in look.about((key.lower(),)):
        wrong = [
            value
            for value in each.condition.values
            if not _POOL.fullmatch(value) and not open_value(value)
        ]
        if each.positive and not each.wild and wrong:
            yield look.find(
                RC024,
                f"{key} is the ID of an identity pool, and {wrong[0]!r} is none, so it lets in "
                "nobody",
                fix,
                "medium",
            )


def _guests(look: Looked, who: Trusted) -> Iterator[Finding]:
    key = f"{who.host}:amr"
    guest = Condition("ForAnyValue:StringEquals", key, (_GUESTS,))
    if not look.admits(who.principals, guest):
        return
    meant = any(
        each.positive and _GUESTS in each.condition.values for each in look.about((key.lower(),))
    )
    fix = f'write "ForAnyValue:StringLike": {{"{key}": "authenticated"}}'
    if meant:
        yield look.find(
            RC024,
            "guests of the identity pool get in, which is anybody on the internet",
            f"{fix} if they shall sign in",
            "medium",
        )
    else:
        yield look.find(
            RC024, "nothing keeps out the guests of the identity pool, who did not sign in", fix
        )
