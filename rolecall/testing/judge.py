"""The evaluator's answer to a caller, as `rolecall` and the embedded AWS ask it."""

from collections.abc import Collection
from dataclasses import dataclass

from rolecall.policy import (
    CompiledPolicy,
    Decision,
    PolicyDocument,
    Request,
    Statement,
    may_assume,
)
from rolecall.policy.glob import glob
from rolecall.policy.template import fill_in, parse_template
from rolecall.testing.callers import Caller
from rolecall.testing.roles import TestedRole

# Only the trust policy is under test, so the caller's own policies allow everything.
_EVERYTHING = CompiledPolicy(
    PolicyDocument(statements=(Statement(actions=("*",), resources=("*",)),))
)

_CLOCK = {"aws:currenttime", "aws:epochtime"}


@dataclass(frozen=True)
class Outcome:
    """Whether a caller came in, and why (or why not) in one sentence.

    sid: the statement that decided, by its Sid or its number. code: of AWS's refusal,
    where it was asked.
    """

    admitted: bool
    reason: str
    sid: str | None = None
    code: str | None = None


def decide(role: TestedRole, caller: Caller) -> Decision:
    """The evaluator's decision."""
    return may_assume(
        caller.attempt(role), trust=role.policy, identity=[_EVERYTHING], action=caller.action
    )


def judged(role: TestedRole, caller: Caller) -> Outcome:
    """The evaluator's answer."""
    decision = decide(role, caller)
    reason = decision.reason
    statement = reason.sid or (None if reason.statement is None else str(reason.statement))
    return Outcome(decision.allowed, decision.explain(), statement)


def keys_of(role: TestedRole, caller: Caller) -> dict[str, str | tuple[str, ...]]:
    """All condition keys of the call, by lower-case name."""
    attempt = caller.attempt(role)
    request = Request.build(caller.action, role.arn, attempt.caller, attempt.keys())
    return dict(request.context)


def signature(role: TestedRole, caller: Caller, but: str = "") -> tuple[object, ...]:
    """What the policy can see of a caller, one key excepted."""
    seen = policy_keys(role) - {but}
    return _marks(role, caller, {key for key in keys_of(role, caller) if key in seen})


def identity(role: TestedRole, caller: Caller) -> tuple[object, ...]:
    """All that a caller presents: whoever presents the same is the same."""
    keys = set(keys_of(role, caller))
    return _marks(role, caller, keys if caller.time is not None else keys - _CLOCK)


def _marks(role: TestedRole, caller: Caller, keys: Collection[str]) -> tuple[object, ...]:
    found = keys_of(role, caller)
    attempt = caller.attempt(role)
    return (
        caller.action,
        tuple(name for name, _ in attempt.caller.principal_forms),
        tuple(sorted((key, found[key]) for key in keys)),
        bool(attempt.tags or attempt.transitive_tag_keys),
        attempt.lasting_source_identity is not None,
    )


def policy_keys(role: TestedRole) -> frozenset[str]:
    """The condition keys that the trust policy looks at, in lower case."""
    return frozenset(
        condition.key.lower()
        for statement in role.document.statements
        for condition in statement.conditions
    )


def matches(pattern: str, text: str) -> bool:
    """Whether a text is one that a pattern with wildcards means."""
    parts = parse_template(pattern, "pattern", variables=False, wildcards=True)
    return glob(fill_in(parts, {}) or ())(text)
