"""RC009, RC015, RC025: the Principal element, and the action that goes with it."""

from collections.abc import Iterator

from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC009, RC015, RC025
from rolecall.lint.trusted import MAIN, Kind

_CALLS = {
    Kind.OIDC: "holders of OIDC tokens",
    Kind.SAML: "users of a SAML provider",
    Kind.SERVICE: "AWS services",
}


def action(look: Looked) -> Iterator[Finding]:
    """Each kind of principal assumes a role by an action of its own."""
    if not look.allows or not look.actions & set(MAIN):
        return
    wrong = {who.action: who for who in reversed(look.trusted) if who.action not in look.actions}
    for wanted, who in wrong.items():
        written = ", ".join(sorted(look.actions & set(MAIN)))
        yield look.find(
            RC009,
            f"{_CALLS.get(who.kind, 'users and roles')} call {wanted}, and {who.text} is trusted "
            f"for {written} only, so it gets nobody in",
            f"write {wanted}",
        )


def not_principal(look: Looked) -> Iterator[Finding]:
    """AWS takes no NotPrincipal in a trust policy."""
    if look.statement.not_principals is not None:
        yield look.find(
            RC015,
            "AWS refuses NotPrincipal in a trust policy"
            + (", and as an Allow it would let in everybody else" if look.allows else ""),
            "name who is trusted in Principal"
            if look.allows
            else 'write "Principal": "*" with a negated condition on aws:PrincipalArn',
        )


def deleted(look: Looked) -> Iterator[Finding]:
    """AWS shows the unique id where the user or role that was named is gone."""
    gone = [who.text for who in look.trusted if who.kind is Kind.UNIQUE_ID]
    if gone:
        yield look.find(
            RC025,
            f"{', '.join(gone)} is what is left of a user or role that was deleted, and names "
            "nobody any more, not even somebody of the same name",
            "remove it, or write the ARN of who is meant",
            "medium" if look.allows else "low",
        )
