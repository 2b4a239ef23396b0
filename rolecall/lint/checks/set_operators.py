"""RC005 and RC006: ForAllValues holds where there is nothing to compare."""

from collections.abc import Iterator

from rolecall.lint.keys import Values, values_of
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC005, RC006
from rolecall.policy import Condition

#: Without tags there is none that is not allowed: AWS's own use of the operator.
_TAGS = ("aws:tagkeys", "sts:transitivetagkeys")


def check(look: Looked) -> Iterator[Finding]:
    """Ask for a caller who lacks the key."""
    if not look.allows:
        return
    for each in look.conditions:
        if not each.for_all or each.key in _TAGS:
            continue
        values = values_of(each.key)
        absent = Condition("Null", each.condition.key, ("true",))
        gets_in = any(look.admits(who.principals, absent) for who in look.trusted)
        base = each.condition.operator.partition(":")[2]
        if values is Values.ONE:
            yield look.find(
                RC005,
                f"{each.condition.key} has one value, and {each.words} holds for whoever has none",
                f"write {base}",
                "high" if gets_in else "medium",
            )
        elif gets_in:
            yield look.find(
                RC006,
                f"{each.words} holds for whoever lacks the key",
                f'write ForAnyValue:{base}, or add "Null": {{"{each.condition.key}": "false"}}',
            )
