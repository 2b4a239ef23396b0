"""What an attacker would try: callers that differ from one who is meant in one thing.

Deterministic, and a list of attempts, not a proof: what no attempt is like stays
untried. `rolecall compare` and `rolecall review` decide over all requests.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rolecall.testing.assertions import Assertion
from rolecall.testing.callers import Caller, Service, Signed
from rolecall.testing.hostile_assertions import of_assertion
from rolecall.testing.hostile_circumstances import of_circumstances
from rolecall.testing.hostile_services import of_service
from rolecall.testing.hostile_signed import of_signed
from rolecall.testing.hostile_tokens import of_token
from rolecall.testing.insiders import insiders
from rolecall.testing.judge import identity, matches, policy_keys, signature
from rolecall.testing.roles import TestedRole
from rolecall.testing.strangers import strangers
from rolecall.testing.tokens import Token


@dataclass(frozen=True)
class Attempt:
    """One try. name: what kind of attempt it is, for `meant`; caller: who makes it."""

    name: str
    caller: Caller

    def __str__(self) -> str:
        return f"{self.name}: {self.caller}"


def hostile(role: TestedRole, callers: Iterable[Caller] = ()) -> tuple[Attempt, ...]:
    """Attempts on a role by callers close to those whom its policy, or `callers`, means.

    Each is to be denied; one that is itself one of `callers` is left out.
    """
    meant = tuple(callers)
    bases = [*meant, *(each.caller for each in insiders(role))]
    return _tried(role, bases, meant)


def _tried(
    role: TestedRole, bases: Sequence[Caller], meant: Sequence[Caller]
) -> tuple[Attempt, ...]:
    keys = policy_keys(role)
    known = {identity(role, each) for each in meant or bases}
    patterns = [each for each in meant or bases if isinstance(each, Token) and is_below(each)]
    found: list[Attempt] = []
    seen: set[object] = set()
    for name, caller in _all(role, bases, keys):
        mark = (name, signature(role, caller))
        if mark in seen or identity(role, caller) in known:
            continue
        if any(_is_meant(role, caller, each) for each in patterns):
            continue
        seen.add(mark)
        found.append(Attempt(name, caller))
    return tuple(found)


def is_below(caller: Token) -> bool:
    """Whether the subject is a pattern for what is below something, as `release/*`."""
    parts = caller.subject.parts.values()
    return any("*" in each for each in parts) and all(
        "*" not in each.removesuffix("*") and (each == "*" or each[-2:-1] in ("/", ":", ""))
        for each in parts
        if "*" in each
    )


def _is_meant(role: TestedRole, caller: Caller, pattern: Token) -> bool:
    """Whether a caller is one of those whom the pattern of another stands for."""
    if not isinstance(caller, Token) or caller.issuer != pattern.issuer:
        return False
    if not matches(pattern.subject.pattern, str(caller.all_claims().get("sub"))):
        return False
    sub = pattern.issuer.key("sub").lower()
    return signature(role, caller, but=sub) == signature(role, pattern, but=sub)


def _all(
    role: TestedRole, bases: Sequence[Caller], keys: frozenset[str]
) -> Iterator[tuple[str, Caller]]:
    yield from strangers(role)
    for base in bases:
        yield from variations(base, role, keys)


def variations(
    caller: Caller, role: TestedRole, keys: frozenset[str]
) -> Iterator[tuple[str, Caller]]:
    """Name and caller of each way in which a stranger could be like this one."""
    yield from of_circumstances(caller, keys)
    if isinstance(caller, Signed):
        yield from of_signed(caller)
    elif isinstance(caller, Service):
        yield from of_service(caller, keys)
    elif isinstance(caller, Token):
        yield from of_token(caller, keys)
    elif isinstance(caller, Assertion):
        yield from of_assertion(caller, role, keys)
