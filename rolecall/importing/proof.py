"""Whether two trust policies let in the same callers: compare, asked in both directions."""

from collections.abc import Sequence
from dataclasses import replace

from rolecall.importing.home import Home
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import Effect, PolicyDocument, PolicyError, Statement
from rolecall.policy.compare import Comparison, Outcome, compare

#: A longer text would hide the rest of the file.
_LONGEST = 300


def why_not_same(
    old: PolicyDocument, new: PolicyDocument, home: Home, *, short_cut: bool = False
) -> str | None:
    """None where they are proven to mean the same, else the reason in words.

    short_cut: statements that consist of the same parts need no proof of their own.
    """
    if short_cut and _parts(old.statements) == _parts(new.statements):
        return None
    try:
        there, back = _compared(old, new, home), _compared(new, old, home)
    except PolicyError as error:
        return f"they cannot be compared: {error}"
    for found, words in ((there, "it"), (back, "the policy as it was, the other way round,")):
        if found.verdict is Outcome.SAME:
            continue
        sentences = [each.words() for each in (*found.gains, *found.losses)]
        sentences += [each.words() for each in found.undecided]
        sentence = sentences[0]
        if len(sentence) > _LONGEST:
            sentence = sentence[: _LONGEST - 1] + "…"
        return f"{words} would be {found.verdict.value}: {sentence}"
    return None


def _compared(old: PolicyDocument, new: PolicyDocument, home: Home) -> Comparison:
    account = None if home.role_arn else home.context.account_id
    sides = _in_order(old), _in_order(new)
    return compare(*sides, role_arn=home.role_arn, account=account, tokens=TOKEN_KEYS)


def _in_order(document: PolicyDocument) -> PolicyDocument:
    """The same with each list in its canonical order: equal ones need no search."""
    return PolicyDocument.parse(replace(document, id=None).to_dict())


def _parts(statements: Sequence[Statement]) -> frozenset[object] | None:
    """Who, what and under which conditions, apart; None where that is not all."""
    found: set[object] = set()
    for each in statements:
        who = each.principals
        if each.effect is not Effect.ALLOW or who is None or who.everyone or who.canonical_user:
            return None
        if each.not_actions or each.resources or each.not_resources:
            return None
        conditions = frozenset(
            (one.operator, one.key.lower(), frozenset(one.values)) for one in each.conditions
        )
        names = [("AWS", name) for name in who.aws]
        names += [("Service", name) for name in who.service]
        names += [("Federated", name) for name in who.federated]
        found.update(
            (name, action.lower(), conditions) for name in names for action in each.actions
        )
    return frozenset(found)
