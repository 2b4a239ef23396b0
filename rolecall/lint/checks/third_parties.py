"""RC012: accounts of somebody else, who may be made to act by whoever knows the role."""

from collections.abc import Iterator

from rolecall.lint import strangers
from rolecall.lint.conditions import keys_of
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC007, RC008, RC012
from rolecall.lint.trusted import MAIN, Kind, Trusted
from rolecall.policy import Condition

_KEY = "sts:ExternalId"
_FIX = f'compare "{_KEY}" by StringEquals with a value that you gave that party alone'


def check(look: Looked) -> Iterator[Finding]:
    """Ask for a caller of another owner's account without an external ID, or with any."""
    if not look.allows or not look.actions & set(MAIN):
        return
    owned = look.facts.owned
    strange: dict[str, Trusted] = {}
    for who in (*look.trusted, *look.limited_to):
        of_account = who.kind in (Kind.ACCOUNT, Kind.USER, Kind.ROLE) and who.account
        if of_account and who.account not in owned and who.account != look.facts.account:
            strange.setdefault(who.account, who)
    without: list[str] = []
    any_one: list[str] = []
    for account, who in strange.items():
        # Somebody of the own organization is no third party.
        stranger = (
            Condition("StringEquals", "aws:PrincipalAccount", (account,)),
            *strangers.organization(),
        )
        if look.admits(who.principals, *stranger, Condition("Null", _KEY, ("true",))):
            without.append(account)
        elif look.admits(
            who.principals,
            *stranger,
            Condition("StringEquals", _KEY, (strangers.EXTERNAL_ID,)),
        ):
            any_one.append(account)
    yield from _told(look, without, any_one)


def _told(look: Looked, without: list[str], any_one: list[str]) -> Iterator[Finding]:
    facts = look.facts
    severity = "high" if facts.owned else ("medium" if facts.account else "low")
    unknown = "" if facts.owned else ", as far as is known (own_accounts is not given)"
    about = look.about((_KEY.lower(),))
    if without:
        who = f"account {' and '.join(without)} is somebody else's{unknown}"
        if about and all(each.soft and not each.for_all for each in about):
            negated = any(each.operator.negated for each in about)
            yield look.find(
                RC007 if negated else RC008,
                f"{who}, and {keys_of(about)} also holds without an external ID",
                _FIX,
                severity,
            )
        else:
            yield look.find(
                RC012,
                f"{who}, and needs no external ID, so whoever makes that party act on the role's "
                "ARN gets in",
                _FIX,
                severity,
            )
    if any_one:
        yield look.find(
            RC012,
            f"account {' and '.join(any_one)} is somebody else's{unknown}, and any external ID "
            "will do",
            _FIX,
            severity,
        )
