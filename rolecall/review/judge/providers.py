"""What became of identity providers, in sentences; whom it lets in is decided with the roles."""

from collections.abc import Sequence

from rolecall.policy.errors import printable
from rolecall.review.model import OidcProviderSide, Pair, SamlProviderSide
from rolecall.review.report import Sentence, Severity


def judge_oidc(pair: Pair[OidcProviderSide], roles: Sequence[str]) -> tuple[Sentence, ...]:
    """roles: those that trusted the provider before the change and still do.

    The roles' own changes say who gets in by it; here it is told once what happened.
    """
    before, after = pair.before, pair.after
    found: list[Sentence] = []
    if before is None and after is not None:
        reached = (
            f" Roles that trusted it already can be reached now: {listed(roles)}." if roles else ""
        )
        clients = f" Audiences: {listed(sorted(after.client_ids))}." if after.client_ids else ""
        found.append(
            Sentence(
                f"The provider is created.{clients}{reached}",
                Severity.HIGH if roles else Severity.LOW,
                wider=bool(roles),
            )
        )
    elif after is None and before is not None:
        lost = f" Nobody comes in by it any more: {listed(roles)}." if roles else ""
        found.append(
            Sentence(f"The provider is deleted.{lost}", Severity.LOW, narrower=bool(roles))
        )
    elif before is not None and after is not None:
        found += _clients(before, after, roles)
        if before.thumbprints != after.thumbprints:
            found.append(
                Sentence(
                    "The thumbprints changed: a server with another certificate can say which "
                    "keys sign the tokens, where AWS does not trust its authority by itself.",
                    Severity.MEDIUM,
                )
            )
    return _printable(found)


def _clients(
    before: OidcProviderSide, after: OidcProviderSide, roles: Sequence[str]
) -> list[Sentence]:
    found: list[Sentence] = []
    google = after.host == "accounts.google.com"
    added = sorted(after.client_ids - before.client_ids)
    removed = sorted(before.client_ids - after.client_ids)
    if added:
        tail = (
            " Of Google AWS compares azp or aud, so look at the roles: " + listed(roles) + "."
            if google and roles
            else " Tokens for it get in wherever a role's trust policy does not name the audience."
        )
        found.append(
            Sentence(
                f"The audience {listed(added)} is added.{tail}",
                Severity.MEDIUM if google and roles else Severity.LOW,
                open=google and bool(roles),
            )
        )
    if removed:
        found.append(
            Sentence(
                f"The audience {listed(removed)} is removed: tokens for it are refused.",
                Severity.LOW,
                narrower=True,
            )
        )
    return found


def judge_saml(pair: Pair[SamlProviderSide], roles: Sequence[str]) -> tuple[Sentence, ...]:
    """Whoever holds a signing key can say who anybody is, to all roles that trust the provider."""
    before, after = pair.before, pair.after
    found: list[Sentence] = []
    trusting = f" Roles that trust it: {listed(roles)}." if roles else ""
    if after is None:
        if before is not None:
            found.append(
                Sentence(f"The provider is deleted.{trusting}", Severity.LOW, narrower=bool(roles))
            )
        return _printable(found)
    if after.problem is not None and after.what and before == after:
        return ()
    if after.problem is not None:
        found.append(
            Sentence(
                f"Its metadata could not be read, so who can sign is not known: "
                f"{after.problem.rstrip('.')}.",
                Severity.MEDIUM,
                open=True,
            )
        )
    elif before is None:
        found.append(
            Sentence(
                f"The provider is created.{trusting}",
                Severity.HIGH if roles else Severity.LOW,
                wider=bool(roles),
            )
        )
    elif before.problem is not None:
        found.append(
            Sentence(
                "Its metadata could not be read as it was, so whether other keys can sign now "
                f"is not known: {before.problem.rstrip('.')}.",
                Severity.MEDIUM,
                open=before != after,
            )
        )
    else:
        found += _signers(before, after, trusting)
    return _printable(found)


def _signers(before: SamlProviderSide, after: SamlProviderSide, trusting: str) -> list[Sentence]:
    found: list[Sentence] = []
    fresh = sorted(after.certificates - before.certificates)
    gone = sorted(before.certificates - after.certificates)
    if before.entity_id != after.entity_id:
        found.append(
            Sentence(
                f"Another identity provider vouches for people: {after.entity_id} instead of "
                f"{before.entity_id}.{trusting}",
                Severity.HIGH,
                wider=True,
            )
        )
    if fresh:
        keys = ", ".join(key[:16] for key in fresh)
        found.append(
            Sentence(
                f"Another key can sign (certificate SHA-256 {keys}…): whoever holds it can say "
                f"who anybody is.{trusting}",
                Severity.HIGH,
                wider=True,
            )
        )
    if gone:
        keys = ", ".join(key[:16] for key in gone)
        found.append(
            Sentence(
                f"A key can sign no more (certificate SHA-256 {keys}…).",
                Severity.LOW,
                narrower=True,
            )
        )
    return found


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names with commas, not too many of them."""
    shown = ", ".join(names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _printable(found: list[Sentence]) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(printable(s.text), s.severity, s.wider, s.open, s.narrower) for s in found
    )
