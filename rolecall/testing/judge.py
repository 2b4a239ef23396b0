"""The evaluator's answer to a caller, as `rolecall` and the embedded AWS ask it."""

from dataclasses import dataclass

from rolecall.policy import (
    CompiledPolicy,
    Decision,
    PolicyDocument,
    Request,
    Statement,
    may_assume,
)
from rolecall.testing.callers import Caller
from rolecall.testing.roles import TestedRole

# Only the trust policy is under test, so the caller's own policies allow everything.
_EVERYTHING = CompiledPolicy(
    PolicyDocument(statements=(Statement(actions=("*",), resources=("*",)),))
)


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


def signature(role: TestedRole, caller: Caller) -> tuple[object, ...]:
    """What the policy can see of a caller: two of the same signature are one to it."""
    keys = keys_of(role, caller)
    seen = policy_keys(role)
    told = tuple(sorted((key, value) for key, value in keys.items() if key in seen))
    attempt = caller.attempt(role)
    forms = tuple(name for name, _ in attempt.caller.principal_forms)
    needs = (bool(attempt.tags or attempt.transitive_tag_keys),)
    return (caller.action, forms, told, needs, attempt.lasting_source_identity is not None)


def policy_keys(role: TestedRole) -> frozenset[str]:
    """The condition keys that the trust policy looks at, in lower case."""
    return frozenset(
        condition.key.lower()
        for statement in role.document.statements
        for condition in statement.conditions
    )
