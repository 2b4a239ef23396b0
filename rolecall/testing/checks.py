"""The assertions. Each failure says who was let in by which statement, or why not."""

from collections.abc import Collection, Iterable, Sequence

from rolecall.explain import who_can
from rolecall.policy import PolicyDocument
from rolecall.testing.attempts import Attempt, hostile
from rolecall.testing.callers import Caller
from rolecall.testing.insiders import Insider, insiders, unfound
from rolecall.testing.judge import Outcome, judged, keys_of, matches, policy_keys
from rolecall.testing.roles import TestedRole

_MOST_TOLD = 12


def outcome(role: TestedRole, caller: Caller) -> Outcome:
    """Whether a caller comes in: by the evaluator, or, of a deployed role, by a call."""
    ask = getattr(role, "ask", None)
    return ask(caller) if ask is not None else judged(role, caller)


def assert_admits(role: TestedRole, *callers: Caller) -> None:
    """Fail unless each of the callers may assume the role."""
    __tracebackhide__ = True
    _demand(callers)
    for caller in callers:
        found = outcome(role, caller)
        if not found.admitted:
            raise AssertionError(_refused(role, caller, found))


def assert_denies(role: TestedRole, *callers: Caller, because: str | None = None) -> None:
    """Fail if one of the callers may assume the role.

    because: words that the reason must hold, such as `"sts:ExternalId"`, so that a test
    does not pass for another reason than the one it is about.
    """
    __tracebackhide__ = True
    _demand(callers)
    for caller in callers:
        found = outcome(role, caller)
        if found.admitted:
            raise AssertionError(_admitted(role, caller, found))
        if because is not None and because not in f"{found.reason} {found.code or ''}":
            raise AssertionError(
                f"{_the(role)} refuses {caller}, but not because of {because!r}:\n  {found.reason}"
            )


def assert_only_admits(
    role: TestedRole, callers: Iterable[Caller], *, meant: Collection[str] = ()
) -> None:
    """Fail unless the callers may assume the role, and whoever is only like them may not.

    - Each caller is admitted.
    - Each entity that the policy means is one of the callers.
    - Each attempt of `hostile(role, callers)` is denied, except those named in `meant`:
      `meant=["another branch"]` says that any branch may. A name there that no admitted
      attempt has is a failure too, so that none outlives its reason.

    It tries a list of attempts and proves nothing beyond it; `rolecall compare` and
    `rolecall review` decide over all requests.
    """
    __tracebackhide__ = True
    listed = tuple(callers)
    _demand(listed)
    if isinstance(meant, str):
        raise TypeError(f"meant is a list of names; write [{meant!r}].")
    assert_admits(role, *listed)
    told = [*_unlisted(role, listed)]
    attempts = hostile(role, listed)
    found = [(each, outcome(role, each.caller)) for each in attempts]
    let_in = [(each, answer) for each, answer in found if answer.admitted]
    told += _openings([pair for pair in let_in if pair[0].name not in meant])
    for name in sorted(set(meant) - {each.name for each, _ in let_in}):
        tried = sorted({each.name for each in attempts})
        if name in tried:
            told.append(f"{name!r} is in meant, and every such attempt is refused: remove it.")
        else:
            told.append(f"{name!r} is in meant, and nothing so named is tried: {', '.join(tried)}.")
    if told:
        raise AssertionError(_too_wide(role, told, len(attempts)))


def _demand(callers: Sequence[object]) -> None:
    if not callers:
        raise TypeError("There is no caller; name at least one.")
    for each in callers:
        if not isinstance(each, Caller):
            raise TypeError(
                f"{each!r} is no caller; write iam_user(…), github_token(…) or the like."
            )


def _the(role: TestedRole) -> str:
    return f"The {role}"


def _refused(role: TestedRole, caller: Caller, found: Outcome) -> str:
    lines = [f"{_the(role)} does not let in {caller}.", f"  Why: {found.reason}"]
    if found.code:
        lines.append(f"  AWS's code: {found.code}")
    lines.append("  Who may assume it:")
    lines += [f"    {line}" for line in who_can(role.document, account=role.account)]
    near = nearest(role, caller)
    if near is not None:
        lines.append(f"  The nearest caller who comes in: {near}")
    return "\n".join(lines)


def _admitted(role: TestedRole, caller: Caller, found: Outcome) -> str:
    by = f" by statement {found.sid}" if found.sid else ""
    lines = [f"{_the(role)} lets in {caller}{by}.", f"  Why: {found.reason}"]
    chosen = [
        statement
        for index, statement in enumerate(role.document.statements)
        if found.sid in (statement.sid, str(index))
    ]
    if chosen:
        document = PolicyDocument(statements=tuple(chosen[:1]))
        lines.append("  The statement says:")
        lines += [f"    {line}" for line in who_can(document, account=role.account)]
    return "\n".join(lines)


def _openings(let_in: Sequence[tuple[Attempt, Outcome]]) -> list[str]:
    """One line for each kind of attempt, with the first of them."""
    kinds: dict[str, list[tuple[Attempt, Outcome]]] = {}
    for attempt, found in let_in:
        kinds.setdefault(attempt.name, []).append((attempt, found))
    told = []
    for name, pairs in kinds.items():
        attempt, found = pairs[0]
        by = f", by statement {found.sid}" if found.sid else ""
        more = f" (and {len(pairs) - 1} more such)" if len(pairs) > 1 else ""
        told.append(f"{name}: {attempt.caller}{by}{more}")
    return told


def _too_wide(role: TestedRole, told: list[str], tried: int) -> str:
    lines = [f"{_the(role)} lets in others than those listed ({tried} attempts were made):"]
    lines += [f"  - {line}" for line in told[:_MOST_TOLD]]
    if len(told) > _MOST_TOLD:
        lines.append(f"  … and {len(told) - _MOST_TOLD} more.")
    lines.append("Narrow the trusted entity, list the caller, or name the attempt in meant=[…].")
    return "\n".join(lines)


def _unlisted(role: TestedRole, listed: Sequence[Caller]) -> list[str]:
    """Entities of the policy that no listed caller stands for."""
    told = [
        f"not listed: {each.caller}, by statement {each.statement}"
        for each in insiders(role)
        if not any(_stands_for(role, caller, each) for caller in listed)
    ]
    reached = {judged(role, caller).sid for caller in listed}
    told += [
        f"statement {label} lets in somebody of whom no caller could be made, and none is listed"
        for label in unfound(role)
        if label not in reached
    ]
    return told


def _stands_for(role: TestedRole, caller: Caller, insider: Insider) -> bool:
    attempt = caller.attempt(role)
    kind, text = insider.principal
    names = {f"{kind}={text}"}
    if kind == "AWS" and text.isdigit():
        names.add(f"AWS=arn:{role.partition}:iam::{text}:root")
    if not names & {form for form, _ in attempt.caller.principal_forms}:
        return False
    keys = keys_of(role, caller)
    return all(_has(keys.get(key), pattern) for key, pattern in insider.telling)


def _has(value: str | tuple[str, ...] | None, pattern: str) -> bool:
    values = (value,) if isinstance(value, str) else value or ()
    return any(matches(pattern, each) for each in values)


def nearest(role: TestedRole, caller: Caller) -> Caller | None:
    """Whoever comes in and differs from the caller in the fewest things that are asked."""
    keys = policy_keys(role)

    def differs(other: Caller) -> tuple[bool, bool, int]:
        own, others = keys_of(role, caller), keys_of(role, other)
        unlike = sum(own.get(key) != others.get(key) for key in keys)
        who = caller.principal(role).principal_forms != other.principal(role).principal_forms
        return (type(caller) is not type(other), who, unlike)

    return min((each.caller for each in insiders(role)), key=differs, default=None)
