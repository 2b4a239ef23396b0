"""From a trust policy to findings."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from rolecall.lint.checks import (
    cognito,
    environments,
    everybody,
    key_names,
    pairs,
    principals,
    saml,
    services,
    set_operators,
    soft,
    third_parties,
    tokens,
    variables,
    wildcards,
)
from rolecall.lint.checks import (
    document as whole,
)
from rolecall.lint.keys import issuer_host
from rolecall.lint.looked import Looked
from rolecall.lint.model import SEVERITIES, Facts, Finding
from rolecall.lint.rules import (
    RC007,
    RC008,
    RC009,
    RC010,
    RC014,
    RC015,
    RC020,
    RC021,
    RC022,
    RC023,
    RC024,
    RC025,
    RC026,
    RC027,
)
from rolecall.lint.suppressions import Suppression, suppressed
from rolecall.lint.trusted import actions
from rolecall.policy import CompiledPolicy, PolicyDocument, PolicyError, Statement
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_SAML

Check: TypeAlias = Callable[[Looked], Iterator[Finding]]
_CHECKS: tuple[Check, ...] = (
    everybody.check,
    tokens.check,
    wildcards.check,
    set_operators.check,
    soft.check,
    principals.action,
    saml.check,
    third_parties.check,
    services.check,
    pairs.anded,
    principals.not_principal,
    environments.check,
    key_names.check,
    variables.check,
    cognito.check,
    principals.deleted,
    pairs.literal_wildcard,
)
#: Rules that say already why a statement lets in nobody.
_EXPLAIN = (RC009, RC010, RC014, RC015, RC020, RC021, RC022, RC023, RC024, RC025, RC026, RC027)
_PLACE = re.compile(r"\$\{[^{}]*\}")


def lint(
    document: PolicyDocument,
    facts: Facts = Facts(),  # noqa: B008 - it is frozen
    *,
    suppressions: Sequence[Suppression] = (),
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Every finding of a role's trust policy, by statement and rule; suppressed ones too.

    today: the day that decides whether a suppression with `until` still counts; without it
    such a suppression does not count.
    """
    found = list(_unsuppressed(_known_issuers(document, facts), facts))
    found.sort(key=lambda each: (-1 if each.statement is None else each.statement, each.rule.id))
    return tuple(suppressed(each, suppressions, facts.role, today) for each in found)


def _unsuppressed(document: PolicyDocument, facts: Facts) -> Iterator[Finding]:
    try:
        CompiledPolicy(document)
    except PolicyError as error:
        text = f"AWS refuses the document at {error.where}: {error.problem}; {error.remedy}."
        yield Finding(RC026, RC026.severity, text)
        return
    yield from whole.size(document, facts)
    yield from whole.refused(document)
    looks = [Looked(document, index, facts) for index in range(len(document.statements))]
    found = [each for look in looks for each in _once(f for check in _CHECKS for f in check(look))]
    yield from found
    explained = {f.statement: f for f in found if f.rule in _EXPLAIN and f.statement is not None}
    yield from whole.useless(document, looks, explained)


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Each sentence once, and of what only soft conditions come to only the worst."""
    seen: set[str] = set()
    worst: dict[str, Finding] = {}
    for each in findings:
        if each.rule in (RC007, RC008):
            kept = worst.setdefault(each.rule.id, each)
            if SEVERITIES.index(each.severity) > SEVERITIES.index(kept.severity):
                worst[each.rule.id] = each
        elif each.text not in seen:
            seen.add(each.text)
            yield each
    yield from worst.values()


def _known_issuers(document: PolicyDocument, facts: Facts) -> PolicyDocument:
    """The document with a name for each provider that is not known yet.

    What `${aws_iam_openid_connect_provider.gh.arn}` will be is told by the condition keys
    beside it; without any it is an issuer of which nothing is known.
    """
    if not any(
        "${" in name
        for statement in document.statements
        if statement.principals is not None
        for name in statement.principals.federated
    ):
        return document
    return replace(
        document,
        statements=tuple(_with_issuer(statement, facts) for statement in document.statements),
    )


def _with_issuer(statement: Statement, facts: Facts) -> Statement:
    who = statement.principals
    if who is None or not any("${" in name for name in who.federated):
        return statement
    hosts = {
        each.key.rpartition(":")[0]
        for each in statement.conditions
        if issuer_host(each.key.lower())
    }
    saml_only = ASSUME_ROLE_WITH_SAML in actions(statement) and not hosts
    account = facts.account or "000000000000"
    base = f"arn:{facts.partition}:iam::{account}:"
    names: list[str] = []
    for name in who.federated:
        if "${" not in name or ":" in name.partition("${")[2].partition("}")[0]:
            names.append(name)
        elif "saml" in name or saml_only:
            names.append(f"{base}saml-provider/{_PLACE.sub('unknown', name).rpartition('/')[2]}")
        else:
            host = min(hosts) if len(hosts) == 1 else "issuer.invalid"
            names.append(f"{base}oidc-provider/{host}")
    return replace(statement, principals=replace(who, federated=tuple(names)))
