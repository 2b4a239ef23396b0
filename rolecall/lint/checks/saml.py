"""RC010: where users of a SAML provider sign in."""

import re
from collections.abc import Iterator

from rolecall.issuers.saml_sign_in import is_sign_in_endpoint, saml_audiences
from rolecall.lint import strangers
from rolecall.lint.conditions import open_value
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC010
from rolecall.lint.trusted import Kind, Trusted
from rolecall.policy import PARTITIONS, Condition
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_SAML

_KEY = "SAML:aud"
_OF_PROVIDER = re.compile(r"/saml/acs/([A-Za-z0-9]+)\Z")
_FIRST_REGIONS = ("us-east-1", "cn-north-1", "us-gov-west-1")
_REGIONS = {
    "aws": ("eu-central-1", "us-west-2"),
    "aws-cn": ("cn-northwest-1",),
    "aws-us-gov": ("us-gov-east-1",),
}


def check(look: Looked) -> Iterator[Finding]:
    """Ask for an assertion that was sent elsewhere, then look at the values."""
    if not look.allows or ASSUME_ROLE_WITH_SAML not in look.actions:
        return
    for who in look.trusted:
        if who.kind is Kind.SAML:
            yield from _of(look, who)


def _of(look: Looked, who: Trusted) -> Iterator[Finding]:
    partition = who.partition or look.facts.partition
    if partition not in PARTITIONS:
        return
    right = saml_audiences(partition)[0]
    fix = f'compare "{_KEY}" by StringEquals with "{right}"'
    elsewhere = Condition("StringEquals", _KEY, (f"https://{strangers.NAME}.example/saml",))
    if look.admits(who.principals, elsewhere):
        yield look.find(
            RC010, f"nothing asks by {_KEY} where the assertion of {who.text} was sent", fix
        )
        return
    asked = [each for each in look.about((_KEY.lower(),)) if each.positive]
    values = [
        (value, each.wild)
        for each in asked
        for value in each.condition.values
        if not open_value(value)
    ]
    wrong = [value for value, wild in values if not _takes(value, partition, wild=wild)]
    if wrong and len(wrong) == len(values):
        yield look.find(
            RC010,
            f"{wrong[0]!r} is no sign-in endpoint of partition {partition}, so nobody gets in",
            fix,
        )
    elif wrong:
        yield look.find(
            RC010,
            f"{wrong[0]!r} is no sign-in endpoint of partition {partition}",
            f"remove it, or write one such as {right!r}",
            "low",
        )


def _takes(value: str, partition: str, *, wild: bool) -> bool:
    """Whether AWS takes assertions there: the endpoint, or one that the pattern means."""
    for region in ("", *_REGIONS[partition]):
        text = value.replace("*", region) if wild else value
        text = text.replace("https://.", "https://")
        provider = _OF_PROVIDER.search(text)
        # It is not said of the first region whether it has an endpoint of its name as well.
        for first in _FIRST_REGIONS:
            text = text.replace(f"https://{first}.", "https://")
        if is_sign_in_endpoint(
            text, partition, provider_id=None if provider is None else provider[1]
        ):
            return True
    return False
