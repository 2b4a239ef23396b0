"""RC018, RC019, RC026: the document as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rolecall.lint.looked import Looked, compared
from rolecall.lint.model import LARGEST_SIZE, Facts, Finding
from rolecall.lint.rules import RC018, RC019, RC026
from rolecall.lint.trusted import BESIDES, MAIN, Kind
from rolecall.policy import (
    PolicyDocument,
    PolicyError,
    TrustDocumentError,
    check_trust_document,
)
from rolecall.policy.compare import Outcome

_NEAR = 0.9


def size(document: PolicyDocument, facts: Facts) -> Iterator[Finding]:
    """How much of the quota is used; IAM does not count white space."""
    try:
        text = document.to_json()
    except PolicyError:
        return
    used, limit = len(text), facts.size_limit
    fix = "split the role in two, or trust an account with a condition instead of many names"
    if used > LARGEST_SIZE:
        problem = f"it has {used} characters, and AWS grants at most {LARGEST_SIZE}"
    elif used > limit:
        problem = f"it has {used} characters, and the quota is {limit}"
        fix = f"ask AWS to raise the quota (up to {LARGEST_SIZE}), or {fix}"
    elif used > limit * _NEAR:
        problem = f"it has {used} of {limit} characters, so that the next change may not fit"
        yield Finding(RC018, "low", f"The document: {problem}; {fix}.")
        return
    else:
        return
    yield Finding(RC018, "high", f"The document: {problem}; {fix}.")


def refused(document: PolicyDocument) -> Iterator[Finding]:
    """What CreateRole answers with MalformedPolicyDocument."""
    statements = document.statements
    if any(each.not_principals is not None for each in statements):
        return  # RC015 says it
    if any("${" in name for each in statements for name in _names(each.principals)):
        return  # not known yet, or RC021
    try:
        check_trust_document(document)
    except TrustDocumentError as error:
        yield Finding(
            RC026,
            RC026.severity,
            f"AWS refuses the document at {error.where}: {error.problem}; {error.remedy}.",
        )


def _names(principals: object) -> tuple[str, ...]:
    found: list[str] = []
    for kind in ("aws", "service", "federated"):
        found.extend(getattr(principals, kind, ()))
    return tuple(found)


def useless(
    document: PolicyDocument, looks: Sequence[Looked], explained: Mapping[int, object]
) -> Iterator[Finding]:
    """Statements without which every request is answered alike: proved, never guessed.

    explained: statements of which a finding says already why they let in nobody.
    """
    if any(each.not_principals is not None for each in document.statements):
        return  # AWS takes none of it
    for look in looks:
        if look.index in explained or not look.actions & {*MAIN, *BESIDES}:
            continue
        if not look.conditions and len(looks) == 1:
            continue  # it lets somebody in, plainly
        elsewhere = _providers_of_others(look)
        if elsewhere:
            yield look.find(
                RC019,
                f"{elsewhere} is a provider of another account, and a role takes tokens and "
                "assertions of its own account's providers only, so nobody gets in",
                "name the provider of the role's account",
            )
            continue
        rest = tuple(s for n, s in enumerate(document.statements) if n != look.index)
        without: PolicyDocument | tuple[()] = replace(document, statements=rest) if rest else ()
        answer = compared(without, document, look.facts)
        if answer is None or answer.verdict is not Outcome.SAME:
            continue
        yield _told(look, document)


def _told(look: Looked, document: PolicyDocument) -> Finding:
    if not look.allows:
        return look.find(
            RC019,
            "this Deny denies nothing that the policy allows",
            "remove it, or correct its principal and conditions",
            "low",
        )
    alone = PolicyDocument((look.statement, *look.around()), document.version)
    answer = compared((), alone, look.facts)
    if answer is not None and answer.verdict is Outcome.SAME:
        return look.find(
            RC019,
            "no request satisfies all that it asks for, so it lets in nobody",
            "correct the conditions that contradict each other or a Deny, or remove it",
        )
    return look.find(
        RC019,
        "whomever it lets in, other statements let in as well, so its conditions guard nothing",
        "remove it, or add its conditions to the statement that is wider",
    )


def _providers_of_others(look: Looked) -> str:
    own = look.facts.account
    for who in look.trusted:
        provider = who.kind in (Kind.OIDC, Kind.SAML)
        if look.allows and provider and own and who.account and who.account != own:
            return who.text
    return ""
