"""Where an existing role lives: its account, and the identity providers that it trusts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from keyword import iskeyword

from rolecall import issuers
from rolecall.importing.existing import ExistingProvider
from rolecall.importing.expression import Call, Expression, Name, call
from rolecall.issuers import IssuerProblem, OidcIssuer
from rolecall.trust import TrustContext

#: What a module that is written uses itself.
RESERVED = frozenset({"stack", "issuers", "timedelta", "self"})
_FAMILY_NAMES = {"github-actions": "github", "hcp-terraform": "terraform"}


class Inexpressible(Exception):
    """No class of rolecall.trust says this; the text says what it is about."""


@dataclass(frozen=True, slots=True)
class OidcStandIn:
    """What an OIDC provider is to a trusted entity, without CDKTF."""

    issuer: OidcIssuer
    client_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SamlStandIn:
    """What a SAML provider is to a trusted entity, without CDKTF."""

    provider_name: str


StandIn = OidcStandIn | SamlStandIn


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as the module writes it. made: it is a resource of the stack's own."""

    name: str
    arn: str
    expression: Call
    value: StandIn
    made: bool = False


@dataclass
class Home:
    """The account of a role, and its providers: each is named once in a module.

    known: what IAM says of providers, where they are to be declared as well.
    environment: the environment's name, which a construct puts before its id.
    """

    context: TrustContext
    environment: str = ""
    known: Mapping[str, ExistingProvider] = field(default_factory=dict)
    role_arn: str | None = None
    providers: dict[str, Provider] = field(default_factory=dict)

    def values(self) -> dict[str, StandIn]:
        """The providers by the names that the module gives them."""
        return {each.name: each.value for each in self.providers.values()}

    def oidc(self, arn: str, subjects: tuple[str, ...] = ()) -> Provider:
        """The OIDC provider of an ARN; the subjects tell what a URL alone does not."""
        if arn not in self.providers:
            self._check(arn)
            url = "https://" + arn.partition(":oidc-provider/")[2]
            try:
                issuer, told = issuer_of(url, subjects)
            except IssuerProblem as error:
                raise Inexpressible(str(error)) from None
            stem = _FAMILY_NAMES.get(issuer.family) or issuer.family or issuer.host
            name = self._unused(stem)
            known = self.known.get(arn)
            clients = known.client_ids if known else ()
            value = OidcStandIn(issuer, clients)
            if known is not None:
                made = _oidc_construct(name, url, told, known)
                self.providers[arn] = Provider(name, arn, made, value, made=True)
            else:
                source = call("OidcProvider.from_arn", arn)
                if told is not None:
                    source = call("OidcProvider.from_url", told)
                self.providers[arn] = Provider(name, arn, source, value)
        return self.providers[arn]

    def saml(self, arn: str) -> Provider:
        """The SAML provider of an ARN."""
        if arn not in self.providers:
            self._check(arn)
            own = arn.partition(":saml-provider/")[2]
            name = self._unused(f"{own}_saml" if own.lower().find("saml") < 0 else own)
            known = self.known.get(arn)
            if known is not None and known.metadata is not None:
                made = _saml_construct(own, name, known)
                self.providers[arn] = Provider(name, arn, made, SamlStandIn(own), made=True)
            else:
                source = call("SamlProvider.from_arn", arn)
                self.providers[arn] = Provider(name, arn, source, SamlStandIn(own))
        return self.providers[arn]

    def _check(self, arn: str) -> None:
        parts = arn.split(":", 5)
        if (parts[1], parts[4]) != (self.context.partition, self.context.account_id):
            raise Inexpressible(
                f"the provider {arn} is of another account than the role "
                f"({self.context.account_id}), and IAM looks for it in the role's own"
            )

    def _unused(self, stem: str) -> str:
        taken = {each.name for each in self.providers.values()} | RESERVED
        return identifier(stem, taken, "provider")


def identifier(stem: str, taken: frozenset[str] | set[str], fallback: str) -> str:
    """A variable named after a text, which may be anything."""
    base = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")[:40].strip("_")
    if not base or not base[0].isalpha() or iskeyword(base):
        base = f"{fallback}_{base}" if base else fallback
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}_{number}"
    return found


def issuer_of(url: str, subjects: tuple[str, ...]) -> tuple[OidcIssuer, Expression | None]:
    """The issuer of a URL, and how it is written where the URL alone does not tell it."""
    issuer = issuers.oidc_issuer(url)
    if issuer.family or not subjects:
        return issuer, None
    host = issuer.host
    if all(each.startswith("project_path:") for each in subjects):
        return issuers.gitlab(url), call("issuers.gitlab", url)
    if "/" not in host and all(re.match("organization:.*:workspace:", each) for each in subjects):
        return issuers.hcp_terraform(host), call("issuers.hcp_terraform", host)
    return issuer, None


def _oidc_construct(name: str, url: str, told: Expression | None, known: ExistingProvider) -> Call:
    kwargs: dict[str, Expression] = {"url": url} if told is None else {"issuer": told}
    kwargs["client_ids"] = list(known.client_ids)
    if known.thumbprints:
        kwargs["thumbprints"] = list(known.thumbprints)
    if known.tags:
        kwargs["tags"] = dict(known.tags)
    return call("OidcProvider", Name("stack"), f"{name}-provider", **kwargs)


def _saml_construct(own: str, name: str, known: ExistingProvider) -> Call:
    kwargs: dict[str, Expression] = {"name": own, "metadata": known.metadata or ""}
    if known.tags:
        kwargs["tags"] = dict(known.tags)
    return call("SamlProvider", Name("stack"), f"{name}-provider", **kwargs)
