"""RC007 and RC008: conditions that hold for whoever lacks the key, and nothing else."""

from collections.abc import Iterator

from rolecall.lint.conditions import Asked, keys_of
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC007, RC008
from rolecall.lint.trusted import MAIN, Kind, Trusted
from rolecall.policy import Condition

_NAMED = (Kind.USER, Kind.ROLE)


def check(look: Looked) -> Iterator[Finding]:
    """Look for statements all of whose conditions are such.

    Wildcard principals, services and tokens are asked about by rules of their own.
    """
    if not look.allows or not look.actions & set(MAIN):
        return
    for who in look.trusted:
        if who.kind in (Kind.ACCOUNT, *_NAMED, Kind.SAML):
            asked = [each for each in look.conditions if each.key != "saml:aud"]
            if asked and all(each.soft and not each.for_all for each in asked):
                yield from _only(look, who, asked)
        elif who.kind is Kind.OIDC:
            yield from _of_subject(look, who)


def _only(look: Looked, who: Trusted, asked: list[Asked]) -> Iterator[Finding]:
    negated = [each for each in asked if each.operator.negated]
    optional = [each for each in asked if each.operator.if_exists and not each.operator.negated]
    if negated and who.kind not in _NAMED:
        if not look.admits(who.principals):
            return
        yield look.find(
            RC007,
            f"{keys_of(negated)} excludes some of {who.text} and admits all others",
            "compare with those who are meant, by an operator that is not negated",
            "medium",
        )
    elif optional:
        key = optional[0].condition.key
        gets_in = look.admits(who.principals, Condition("Null", key, ("true",)))
        yield _optional(look, optional[0], "medium" if gets_in else "low")


def _of_subject(look: Looked, who: Trusted) -> Iterator[Finding]:
    key = f"{who.host}:sub".lower()
    about = look.about((key,))
    if about and all(each.operator.if_exists and not each.operator.negated for each in about):
        # Every token has a subject, so it limits; but nothing is won by IfExists.
        yield _optional(look, about[0], "low")


def _optional(look: Looked, each: Asked, severity: str) -> Finding:
    name = each.condition.operator
    return look.find(
        RC008,
        f"{each.words} holds for whoever lacks the key"
        + (", and nothing else is asked" if severity != "low" else ", who is not known to exist"),
        f"write {name.removesuffix('IfExists')}",
        severity,
    )
