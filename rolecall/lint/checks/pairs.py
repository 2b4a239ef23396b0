"""RC014 and RC027: exact comparisons and patterns mixed up."""

from collections.abc import Iterator

from rolecall.lint.conditions import TEXT, Asked, open_value
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC014, RC027
from rolecall.policy.errors import PolicyError, quoted
from rolecall.policy.glob import glob
from rolecall.policy.template import fill_in, parse_template


def anded(look: Looked) -> Iterator[Finding]:
    """Operators of a statement are ANDed; who writes both of one key most often wants OR."""
    for exact in look.conditions:
        if exact.operator.family not in TEXT or exact.wild or not exact.positive:
            continue
        for pattern in look.conditions:
            if pattern.key == exact.key and pattern.wild and pattern.positive:
                yield from _pair(look, exact, pattern)


def _pair(look: Looked, exact: Asked, pattern: Asked) -> Iterator[Finding]:
    values = (*exact.condition.values, *pattern.condition.values)
    if any(map(open_value, values)):
        return
    outside = [
        value
        for value in exact.condition.values
        if not any(_matches(each, value) for each in pattern.condition.values)
    ]
    key = exact.condition.key
    if len(outside) == len(exact.condition.values):
        problem = "no value satisfies both, so nobody gets in"
    elif outside:
        problem = f"{quoted(outside[0])} satisfies only one of them, so it lets in nobody"
    else:
        problem = f"{pattern.condition.operator} adds nothing"
    yield look.find(
        RC014,
        f"{exact.condition.operator} and {pattern.condition.operator} both ask about {key}, and "
        f"both must hold: {problem}",
        "put each into a statement of its own if either shall do, or remove one",
    )


def _matches(pattern: str, value: str) -> bool:
    try:
        parts = parse_template(pattern, "Condition", variables=False, wildcards=True)
    except PolicyError:
        return False
    return glob(fill_in(parts, {}) or ())(value)


def literal_wildcard(look: Looked) -> Iterator[Finding]:
    """An asterisk under StringEquals is an asterisk."""
    for each in look.conditions:
        if each.operator.family not in TEXT or each.wild:
            continue
        stars = [v for v in each.condition.values if "*" in v and not open_value(v)]
        if stars:
            name = each.condition.operator
            like = name.replace("EqualsIgnoreCase", "Like").replace("Equals", "Like")
            effect = "excludes nobody" if each.operator.negated else "matches nobody"
            yield look.find(
                RC027,
                f"{name} compares {each.condition.key} with the letters {quoted(stars[0])}, where "
                f"the asterisk is no wildcard, so it {effect}",
                f"write {like}, or the whole value",
            )
