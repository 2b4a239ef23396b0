"""Who a trust policy lets in, given the identity providers that are really there.

A token's audience must be one of the provider's client ids, whatever the trust policy
says ("Create an OpenID Connect (OIDC) identity provider in IAM"); and a provider that is
not there vouches for nobody. Both are written into the policy as conditions, so that the
comparison decides them with everything else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from rolecall.policy import Condition, Effect, PolicyDocument, Principals, Statement
from rolecall.policy.compare import Comparison, Difference
from rolecall.review.model import OidcProviderSide, Pair, SamlProviderSide, Snapshot

# A call is always made at some time: so this never holds.
NOBODY = Condition("Null", "aws:CurrentTime", ("true",))
# IAM knows Google by itself, and compares azp or aud by rules of its own.
_LEFT_TO_WORDS = ("accounts.google.com",)


AnyProvider: TypeAlias = Pair[OidcProviderSide] | Pair[SamlProviderSide]


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """A provider of the plan. host: '' for SAML."""

    host: str
    before: OidcProviderSide | SamlProviderSide | None
    after: OidcProviderSide | SamlProviderSide | None

    def side(self, *, after: bool) -> OidcProviderSide | SamlProviderSide | None:
        """Before or after."""
        return self.after if after else self.before


def known_providers(snapshots: Iterable[Snapshot]) -> Mapping[str, KnownProvider]:
    """The providers of all plans, by their ARNs."""
    found: dict[str, KnownProvider] = {}
    for snapshot in snapshots:
        for oidc in snapshot.oidc_providers:
            found.update(_known(oidc, provider_arn(oidc, snapshot)))
        for saml in snapshot.saml_providers:
            found.update(_known(saml, provider_arn(saml, snapshot)))
    return found


def referred_providers(snapshot: Snapshot) -> Mapping[str, KnownProvider]:
    """The providers of one plan, by the references that its own trust policies may have."""
    found: dict[str, KnownProvider] = {}
    for oidc in snapshot.oidc_providers:
        found.update(_known(oidc, reference(oidc)))
    for saml in snapshot.saml_providers:
        found.update(_known(saml, reference(saml)))
    return found


def _known(pair: AnyProvider, name: str | None) -> dict[str, KnownProvider]:
    one = pair.after or pair.before
    if one is None or name is None:
        return {}
    host = one.host if isinstance(one, OidcProviderSide) else ""
    return {name: KnownProvider(host, pair.before, pair.after)}


def reference(pair: AnyProvider) -> str:
    """How a policy of the same stack refers to the provider while its ARN is not known."""
    return f"${{{pair.place.address}.arn}}"


def provider_arn(pair: AnyProvider, snapshot: Snapshot) -> str | None:
    """The provider's ARN: an account has one provider for a URL or a name."""
    side = pair.after or pair.before
    account = None if side is None else side.account or snapshot.account
    if account is None or side is None:
        return None
    what = (
        f"oidc-provider/{side.host}"
        if isinstance(side, OidcProviderSide)
        else f"saml-provider/{side.name}"
    )
    return f"arn:{snapshot.partition}:iam::{account}:{what}"


@dataclass(frozen=True, slots=True)
class Effective:
    """A trust policy with what the providers add. origins: the index each statement had."""

    document: PolicyDocument
    origins: tuple[int, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Those that can let anybody in, or keep anybody out."""
        return tuple(s for s in self.document.statements if NOBODY not in s.conditions)


def effective(
    document: PolicyDocument, providers: Mapping[str, KnownProvider], *, after: bool
) -> Effective:
    """The policy as it works beside the providers as they are before or after the change.

    Denials stay as they are: who is denied too little is let in nowhere else.
    """
    kept: list[Statement] = []
    more: list[tuple[int, Statement]] = []
    for index, statement in enumerate(document.statements):
        first, *others = _pieces(statement, providers, after)
        kept.append(first)
        more += [(index, other) for other in others]
    origins = (*range(len(kept)), *(index for index, _ in more))
    statements = (*kept, *(statement for _, statement in more))
    return Effective(replace(document, statements=statements), origins)


def _pieces(
    statement: Statement, providers: Mapping[str, KnownProvider], after: bool
) -> Sequence[Statement]:
    who = statement.principals
    if statement.effect is Effect.DENY or who is None:
        return (statement,)
    if not any(name in providers for name in who.federated):
        return (statement,)
    plain: list[str] = []
    pieces: list[Statement] = []
    for name in who.federated:
        known = providers.get(name)
        side = None if known is None else known.side(after=after)
        if known is not None and side is None:
            continue  # not there
        limited = isinstance(side, OidcProviderSide) and side.host not in _LEFT_TO_WORDS
        if limited and isinstance(side, OidcProviderSide) and side.client_ids:
            # A token with several audiences and no azp is refused before any policy, as the
            # embedded AWS does; AWS leaves open what it does with them.
            audience = Condition("StringEquals", f"{side.host}:aud", tuple(sorted(side.client_ids)))
            pieces.append(
                replace(
                    statement,
                    principals=Principals(federated=(name,)),
                    conditions=(*statement.conditions, audience),
                )
            )
        else:
            plain.append(name)
    rest = replace(who, federated=tuple(plain))
    if rest != Principals():
        pieces.insert(0, replace(statement, principals=rest))
    nobody = replace(statement, conditions=(*statement.conditions, NOBODY))
    return pieces or (nobody,)


def told_by_origin(comparison: Comparison, old: Effective, new: Effective) -> Comparison:
    """The same with the statements numbered as in the policies that people wrote."""

    def placed(each: Difference) -> Difference:
        origins = new.origins if each.gain else old.origins
        known = 0 <= each.statement < len(origins)
        return replace(each, statement=origins[each.statement] if known else each.statement)

    return Comparison(
        tuple(map(placed, comparison.gains)),
        tuple(map(placed, comparison.losses)),
        comparison.undecided,
        comparison.assumptions,
    )
