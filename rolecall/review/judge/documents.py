"""Whether a change of a permission policy gives or takes power: simply, and honestly.

Decided where statements were added or removed, or one covers another. Everything else is
`changed`, and counts as a gain that nobody proved or ruled out.
"""

from dataclasses import dataclass, replace

from rolecall.policy import Effect, PolicyDocument, Statement
from rolecall.review.judge.power import covers, power_of
from rolecall.review.report import Severity


@dataclass(frozen=True, slots=True)
class Shift:
    """What became of a policy. gained: how much power was added, at most. decided: proved."""

    gained: Severity = Severity.NONE
    lost: bool = False
    decided: bool = True
    words: str = ""


NOTHING = PolicyDocument(())
# AWS takes policies of some ten thousand characters: none of them needs as many comparisons.
_MOST = 1_000_000


def shift(old: PolicyDocument, new: PolicyDocument) -> Shift:
    """From one version of a permission policy to the next."""
    before = [_plain(s) for s in old.statements]
    after = [_plain(s) for s in new.statements]
    if _names(before) * _names(after) > _MOST:
        return _too_large(before, after)
    old_ones, new_ones = set(before), set(after)
    added = [s for s in after if s not in old_ones]
    removed = [s for s in before if s not in new_ones]
    grown = [s for s in added if _allows(s) and not _covered(s, before)]
    grown_denials = [s for s in removed if not _allows(s) and not _covered(s, after, deny=True)]
    shrunk = [s for s in removed if _allows(s) and not _covered(s, after)]
    shrunk += [s for s in added if not _allows(s) and not _covered(s, before, deny=True)]
    gained = max((power_of(s) for s in grown), default=Severity.NONE)
    for denial in grown_denials:
        # What it held back may be allowed elsewhere, as much as it names.
        freed = power_of(replace(denial, effect=Effect.ALLOW))
        gained = max(gained, Severity.MEDIUM, min(freed, Severity.HIGH))
    # One statement for another, none covering the other: which way it went is open.
    decided = not (grown and any(_allows(s) for s in shrunk)) and not grown_denials
    if gained and not decided:
        gained = max(gained, Severity.MEDIUM)
    return Shift(gained, bool(shrunk), decided, _words(grown, grown_denials, shrunk))


def _names(statements: list[Statement]) -> int:
    return sum(len(each.actions) + len(each.resources) for each in statements)


def _too_large(before: list[Statement], after: list[Statement]) -> Shift:
    if before == after:
        return Shift()
    power = max(power_of(replace(s, effect=Effect.ALLOW)) for s in (*before, *after))
    words = "is too large to be compared, and larger than AWS takes"
    return Shift(max(power, Severity.HIGH), True, False, words)


def _words(grown: list[Statement], denials: list[Statement], shrunk: list[Statement]) -> str:
    parts: list[str] = []
    if grown:
        parts.append(f"allows {_actions(grown)}")
    if denials:
        parts.append(f"denies no longer {_actions(denials)}")
    taken = [s for s in shrunk if _allows(s)]
    if taken:
        parts.append(f"allows less: {_actions(taken)}")
    denied = [s for s in shrunk if not _allows(s)]
    if denied:
        parts.append(f"denies {_actions(denied)}")
    return "; ".join(parts)


def _actions(statements: list[Statement]) -> str:
    found = dict.fromkeys(words_of(s) for s in statements)
    shown = list(found)[:4]
    more = len(found) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def words_of(statement: Statement) -> str:
    """What a statement is about, in few words: `s3:GetObject, s3:PutObject on arn:…`."""
    actions = statement.actions or statement.not_actions
    resources = statement.resources or statement.not_resources
    text = ", ".join(actions[:4]) + (f" and {len(actions) - 4} more" if len(actions) > 4 else "")
    if statement.not_actions:
        text = f"everything but {text}"
    where = ", ".join(resources[:2])
    if len(resources) > 2:
        where += f" and {len(resources) - 2} more"
    if statement.not_resources:
        where = f"everything but {where}"
    return f"{text} on {where}" if where else text


def _allows(statement: Statement) -> bool:
    return statement.effect is Effect.ALLOW


def _plain(statement: Statement) -> Statement:
    """Without name, order and case of what has none."""
    return replace(
        statement,
        sid=None,
        actions=tuple(sorted({a.lower() for a in statement.actions})),
        not_actions=tuple(sorted({a.lower() for a in statement.not_actions})),
        resources=tuple(sorted(set(statement.resources))),
        not_resources=tuple(sorted(set(statement.not_resources))),
        conditions=tuple(
            sorted(
                (
                    replace(c, key=c.key.lower(), values=tuple(sorted(set(c.values))))
                    for c in statement.conditions
                ),
                key=lambda c: (c.operator, c.key, c.values),
            )
        ),
    )


def _covered(one: Statement, others: list[Statement], *, deny: bool = False) -> bool:
    """Whether one of the others means all of it: same effect, no further condition."""
    wanted = Effect.DENY if deny else Effect.ALLOW
    return any(other.effect is wanted and _covers(other, one) for other in others)


def _covers(wide: Statement, narrow: Statement) -> bool:
    if not set(wide.conditions) <= set(narrow.conditions):
        return False
    if wide.not_actions or narrow.not_actions:
        if narrow.not_actions and wide.not_actions:
            if not set(wide.not_actions) <= set(narrow.not_actions):
                return False
        elif wide.actions != ("*",):
            return False
    elif not _each(narrow.actions, wide.actions):
        return False
    if wide.not_resources or narrow.not_resources:
        return wide.not_resources == narrow.not_resources and wide.resources == narrow.resources
    return _each(narrow.resources, wide.resources)


def _each(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    return all(any(covers(pattern, text) for pattern in wide) for text in narrow)
