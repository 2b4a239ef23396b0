"""Policies as they count for a call whose resource or condition keys are not known.

An Allow then counts only if it would cover any resource and needs no key that we
cannot supply; a Deny counts whatever its resource, and even if its condition needs such
a key. So the answer may be a no where AWS says yes, never the reverse.
"""

from dataclasses import replace
from functools import lru_cache

from rolecall.policy import CompiledPolicy, Condition, Effect, PolicyDocument, Statement

#: Global keys that every call brings, or that are rightly absent from every call here.
_KNOWN = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principaltype",
        "aws:referer",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:sourceidentity",
        "aws:sourceip",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
    }
)
#: A document needs a statement; this one allows nothing.
_NOTHING = Statement(actions=("none:Nothing",), resources=("*",))


def cautious_conditions(policy: CompiledPolicy) -> CompiledPolicy:
    """The policy for a known resource of a service whose own condition keys are not known."""
    return _cautious(policy.document)


def conservative(policy: CompiledPolicy, service: str, account: str, region: str) -> CompiledPolicy:
    """The policy for an unknown resource of a service in an account."""
    return _conservative(policy.document, service, account, region)


@lru_cache(maxsize=1024)
def _conservative(
    document: PolicyDocument, service: str, account: str, region: str
) -> CompiledPolicy:
    whole = {
        "*",
        f"arn:aws:{service}:*",
        f"arn:aws:{service}:*:*:*",
        f"arn:aws:{service}:*:{account}:*",
        f"arn:aws:{service}:{region}:{account}:*",
        f"arn:*:{service}:*:*:*",
        "arn:aws:*",
        "arn:*",
    }
    kept: list[Statement] = []
    for statement in document.statements:
        unknown = [c for c in statement.conditions if not _known(c)]
        if statement.effect is Effect.DENY:
            conditions = tuple(c for c in statement.conditions if c not in unknown)
            kept.append(
                replace(statement, resources=("*",), not_resources=(), conditions=conditions)
            )
        elif not unknown and whole.intersection(statement.resources):
            kept.append(replace(statement, resources=("*",)))
    return CompiledPolicy(replace(document, statements=tuple(kept or [_NOTHING])))


@lru_cache(maxsize=1024)
def _cautious(document: PolicyDocument) -> CompiledPolicy:
    kept: list[Statement] = []
    for statement in document.statements:
        known = tuple(c for c in statement.conditions if _known(c))
        if statement.effect is Effect.DENY or len(known) == len(statement.conditions):
            kept.append(replace(statement, conditions=known))
    return CompiledPolicy(replace(document, statements=tuple(kept or [_NOTHING])))


def _known(condition: Condition) -> bool:
    key = condition.key.lower()
    return key in _KNOWN or key.startswith("aws:principaltag/")
