"""Who may assume a role, in sentences."""

from collections.abc import Mapping
from dataclasses import replace

from rolecall.explain.denials import BESIDES_WORDS, denial
from rolecall.explain.grants import Admission, admissions, shut_out
from rolecall.explain.principals import account_of
from rolecall.explain.who import Who, together
from rolecall.explain.wording import all_of, any_of, conditions_of, length, ordered, shown
from rolecall.policy import Condition, Effect, PolicyDocument
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
)
from rolecall.problems import printable

NOBODY = "Nobody may assume it."
_CHAINED = 3600
_TELLING = ("StringEquals", "StringLike")


def who_can(
    document: PolicyDocument,
    *,
    account: str | None = None,
    max_session_seconds: int | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Who may assume the role, under which conditions, for how long: a sentence each.

    First who is let in, then what else they may do, then who is kept out whatever stands
    before, then how long a session lasts. Each part is sorted, and no sentence says less
    than the policy admits. account: the role's; names: what accounts are called.

    The sentences hold nothing that a terminal obeys; whoever puts them into Markdown or
    HTML escapes them.
    """
    known = names or {}
    denies = [each for each in document.statements if each.effect is Effect.DENY]
    found = admissions(document, known)
    let_in, more = _Told(), _Told()
    for admission in found:
        closed = shut_out(denies, admission)
        if admission.ways - closed:
            let_in.add(admission, *_assuming(admission))
        elif admission.besides - closed:
            more.add(admission, *_besides(admission))
    lines = let_in.sentences() or [NOBODY]
    lines += more.sentences()
    ways = frozenset[str]().union(*(admission.ways for admission in found))
    lines += sorted({denial(each, known, ways) for each in denies} - {"", *lines})
    lines += _own_permission(found, account)
    if max_session_seconds is not None and lines[0] != NOBODY:
        lines.append(_how_long(max_session_seconds, found))
    return tuple(printable(line) for line in lines)


class _Told:
    """Entities by what is said of them, so that those of whom the same is said are together."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Who]] = {}

    def add(self, admission: Admission, what: str, clauses: tuple[str, ...]) -> None:
        when = f", if {conditions_of(clauses)}" if clauses else ""
        self._found.setdefault((what, when), []).extend(admission.who)

    def sentences(self) -> list[str]:
        return sorted(
            f"{who} may {what}{when}."
            for (what, when), found in self._found.items()
            for who in together(found)
        )


def _assuming(admission: Admission) -> tuple[str, tuple[str, ...]]:
    how, rest = _how(admission)
    besides = [words for action, words in BESIDES_WORDS.items() if action in admission.besides]
    return all_of([f"assume it{how}", *besides]), replace(admission, conditions=rest).clauses()


def _besides(admission: Admission) -> tuple[str, tuple[str, ...]]:
    what = all_of(words for action, words in BESIDES_WORDS.items() if action in admission.besides)
    return f"{what} when they assume it", admission.clauses()


def _how(admission: Admission) -> tuple[str, tuple[Condition, ...]]:
    """With what they come, and the conditions that are not told by it."""
    conditions = admission.conditions
    if ASSUME_ROLE_WITH_WEB_IDENTITY in admission.ways:
        key = f"{admission.setting.host}:aud"
        audience = _single(conditions, key)
        if audience is not None:
            values = any_of(map(shown, ordered(audience.values)))
            like = "like " if _wild(audience) else ""
            rest = tuple(each for each in conditions if each is not audience)
            return f" with their token (audience {like}{values})", rest
        if admission.who and admission.who[0].kind == "Cognito":
            return " with their token", conditions
        if any(each.key.lower() == key.lower() for each in conditions):
            return " with their token", conditions
        return " with their token (whatever its audience)", conditions
    if ASSUME_ROLE_WITH_SAML in admission.ways:
        endpoint = _single(conditions, "saml:aud")
        if endpoint is not None:
            values = any_of(map(shown, ordered(endpoint.values)))
            like = "something like " if _wild(endpoint) else ""
            rest = tuple(each for each in conditions if each is not endpoint)
            return f" with their assertion, signing in at {like}{values}", rest
        return " with their assertion", conditions
    return "", conditions


def _single(conditions: tuple[Condition, ...], key: str) -> Condition | None:
    """The one condition of a key, if it demands one of its values."""
    found = [each for each in conditions if each.key.lower() == key.lower()]
    if len(found) != 1 or found[0].operator not in _TELLING:
        return None
    return None if found[0].operator == "StringEquals" and _starred(found[0]) else found[0]


def _starred(condition: Condition) -> bool:
    return any("*" in value or "?" in value for value in condition.values)


def _wild(condition: Condition) -> bool:
    return condition.operator == "StringLike" and _starred(condition)


def _own_permission(found: tuple[Admission, ...], account: str | None) -> list[str]:
    """What a caller of another account needs besides, where one is named."""
    for admission in found:
        kind, text = admission.principal
        if kind != "AWS" or ASSUME_ROLE not in admission.ways:
            continue
        if text != "*" and (account_of(text) == text or text.endswith(":root")):
            continue  # said in the sentence
        if account is None or account_of(text) != account:
            return [
                "Callers of another account than the role's also need the permission of their "
                "own account."
            ]
    return []


def _how_long(seconds: int, found: tuple[Admission, ...]) -> str:
    chained = any(
        ASSUME_ROLE in admission.ways
        and admission.principal[0] in ("AWS", "NotPrincipal")
        and not any(who.kind == "IAM user" for who in admission.who)
        for admission in found
    )
    told = f"A session lasts at most {length(seconds)}"
    if chained and seconds > _CHAINED:
        told += f" ({length(_CHAINED)} when chained from another role)"
    return f"{told}."
