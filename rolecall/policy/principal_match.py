"""Principal and NotPrincipal as functions of the caller.

Source: "AWS JSON policy elements: Principal", "AWS JSON policy elements: NotPrincipal".
"""

from collections.abc import Callable
from typing import TypeAlias

from rolecall.policy.callers import Caller
from rolecall.policy.grants import Grant
from rolecall.policy.principals import Principals
from rolecall.policy.request import Request

GrantOf: TypeAlias = Callable[[Request], Grant]


def _names(principals: Principals) -> frozenset[str]:
    """Every principal with its kind before it. No wildcard works inside a name."""
    names = {f"AWS={text}" for text in principals.aws}
    names |= {f"Service={text}" for text in principals.service}
    names |= {f"Federated={text}" for text in principals.federated}
    if principals.everyone:
        names.add("AWS=*")
    return frozenset(names)


def allowed_principals(principals: Principals) -> GrantOf:
    """What an Allow with this Principal is worth to a caller: the best of the names it knows.

    `*` is not taken for web and SAML identities: AWS documents `*` for signed and
    anonymous callers and Federated for those, and says nothing of the one for the
    other. CanonicalUser is nobody here: a canonical user id is known to S3 only.
    """
    names = _names(principals)

    def grant(request: Request) -> Grant:
        for form, worth in request.caller.principal_forms:
            if form in names:
                return worth
        return Grant.NONE

    return grant


def denied_principals(principals: Principals) -> GrantOf:
    """Whether a Deny with this Principal means the caller; in doubt it does.

    `*` means everyone, federated identities included. A canonical user id may be that
    of any account, so it means every caller of an account. A federated provider also
    means the role sessions that came in through it (aws:FederatedProvider).
    """
    names = _names(principals)
    everyone = "AWS=*" in names
    canonical = bool(principals.canonical_user)
    federated = frozenset(principals.federated)

    def grant(request: Request) -> Grant:
        caller = request.caller
        if everyone or (canonical and caller.account):
            return Grant.DIRECT
        if any(form in names for form, _ in caller.principal_forms):
            return Grant.DIRECT
        if federated and request.context.get("aws:federatedprovider") in federated:
            return Grant.DIRECT
        return Grant.NONE

    return grant


def denied_except(principals: Principals) -> GrantOf:
    """Whether a Deny with this NotPrincipal means the caller.

    It exempts a caller only if each of his identities is listed: the account and the
    user, or the account, the role and the session. That it always denies a caller
    with a permissions boundary is the evaluator's business, who knows of boundaries.
    """
    names = _names(principals)

    def grant(request: Request) -> Grant:
        exempt = all(names & needed for needed in request.caller.exemption)
        return Grant.NONE if exempt else Grant.DIRECT

    return grant


def allowed_except(principals: Principals) -> GrantOf:
    """What an Allow with this NotPrincipal is worth: at most what naming an account is.

    AWS no longer supports it and warned that it lets in anonymous callers. So it lets
    in nobody without an account, nobody of whom any identity is listed, and nobody
    without permission of his own account.
    """
    names = _names(principals)

    def grant(request: Request) -> Grant:
        caller: Caller = request.caller
        if not caller.account or any(form in names for form, _ in caller.principal_forms):
            return Grant.NONE
        return Grant.DELEGATED

    return grant
