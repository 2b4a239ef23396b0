"""RC021: policy variables that have no value where the trust policy is asked."""

from collections.abc import Iterator

from rolecall.lint.keys import is_known, may_have
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC021
from rolecall.policy.document import CURRENT_VERSION
from rolecall.policy.errors import PolicyError, quoted
from rolecall.policy.template import parse_template, variables_of


def check(look: Looked) -> Iterator[Finding]:
    """A place that Terraform fills in has no colon in its name; a policy variable has."""
    for who in look.trusted:
        if "${" in who.text and ":" in who.text.partition("${")[2].partition("}")[0]:
            yield look.find(
                RC021,
                f"AWS fills in no policy variable in a Principal, so {quoted(who.text)} is nobody",
                "name the principal, or compare aws:PrincipalArn in a condition",
            )
    for each in look.conditions:
        for value in each.condition.values:
            if "${" not in value:
                continue
            yield from _value(look, each.words, value)


def _value(look: Looked, words: str, value: str) -> Iterator[Finding]:
    try:
        parts = parse_template(value, "Condition", variables=True, wildcards=True)
    except PolicyError:
        return  # RC026 says it
    variables = [each for each in variables_of(parts) if ":" in each.key]
    if variables and look.document.version != CURRENT_VERSION:
        yield look.find(
            RC021,
            f"version {look.document.version} knows no policy variables, so {words} compares with "
            f"the letters {quoted(value)}",
            f'write "Version": "{CURRENT_VERSION}"',
        )
        return
    for variable in variables:
        if variable.default is not None or not look.trusted:
            continue
        if is_known(variable.key) and any(may_have(who, variable.key) for who in look.trusted):
            continue
        yield look.find(
            RC021,
            f"${{{variable.key}}} has no value when this role is assumed, so {words} "
            + ("never holds" if "Not" not in words else "holds for anybody"),
            "write a value, or a variable that such a call fills in",
        )
