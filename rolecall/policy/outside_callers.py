"""Callers who belong to no account: services, federated identities, and nobody.

Source: "AWS JSON policy elements: Principal", "AWS global condition context keys".
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from rolecall.policy.grants import Grant

Facts: TypeAlias = dict[str, str | tuple[str, ...]]
PrincipalForms: TypeAlias = tuple[tuple[str, Grant], ...]


@dataclass(frozen=True)
class AwsService:
    """An AWS service that acts by itself, under its service principal (`ec2.amazonaws.com`).

    `source_account` and `source_arn` say on behalf of which resource it acts, where
    the service tells.
    """

    host: str
    source_account: str | None = None
    source_arn: str | None = None
    account: str = field(default="", init=False)

    @property
    def arn(self) -> str:
        """The service principal; a service has no ARN."""
        return self.host

    def context(self) -> Facts:
        """The condition keys that this caller brings into every request."""
        facts: Facts = {
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": self.host,
            "aws:PrincipalServiceNamesList": (self.host,),
        }
        if self.source_account is not None:
            facts["aws:SourceAccount"] = self.source_account
        if self.source_arn is not None:
            facts["aws:SourceArn"] = self.source_arn
        return facts

    @cached_property
    def principal_forms(self) -> PrincipalForms:
        """What a Principal element may call this caller, and what each name grants."""
        return ((f"Service={self.host}", Grant.DIRECT), ("AWS=*", Grant.LIMITED))

    @cached_property
    def exemption(self) -> tuple[frozenset[str], ...]:
        """What NotPrincipal must list, one name of each set, to exempt this caller."""
        return (frozenset({f"Service={self.host}"}),)


@dataclass(frozen=True)
class _Federated:
    """Somebody whom an identity provider vouches for; he has no account before he has a role."""

    provider: str
    account: str = field(default="", init=False)

    @property
    def arn(self) -> str:
        """The provider; there is no ARN of one's own before there is a session."""
        return self.provider

    def context(self) -> Facts:
        """Nothing: whatever token or assertion say is given by the request."""
        return {}

    @cached_property
    def principal_forms(self) -> PrincipalForms:
        """What a Principal element may call this caller, and what each name grants."""
        return ((f"Federated={self.provider}", Grant.DIRECT),)

    @cached_property
    def exemption(self) -> tuple[frozenset[str], ...]:
        """What NotPrincipal must list, one name of each set, to exempt this caller."""
        return (frozenset({f"Federated={self.provider}"}),)


class WebIdentity(_Federated):
    """The holder of an OpenID Connect token, on its way through AssumeRoleWithWebIdentity.

    `provider` is the ARN of the account's OIDC provider, or the name of a provider
    that AWS knows by itself (`accounts.google.com`, `cognito-identity.amazonaws.com`).
    What the token claims goes into the request's context.
    """


class SamlIdentity(_Federated):
    """The holder of a SAML assertion, on its way through AssumeRoleWithSAML.

    `provider` is the ARN of the account's SAML provider.
    """


@dataclass(frozen=True)
class Anonymous:
    """Whoever sends a request without a signature."""

    account: str = field(default="", init=False)

    @property
    def arn(self) -> str:
        """What AWS prints for a caller without a signature."""
        return "anonymous"

    def context(self) -> Facts:
        """The condition keys that this caller brings into every request."""
        return {
            "aws:PrincipalType": "Anonymous",
            "aws:PrincipalAccount": "anonymous",
            "aws:userid": "anonymous",
            "aws:PrincipalIsAWSService": "false",
        }

    @cached_property
    def principal_forms(self) -> PrincipalForms:
        """What a Principal element may call this caller, and what each name grants."""
        return (("AWS=*", Grant.LIMITED),)

    @cached_property
    def exemption(self) -> tuple[frozenset[str], ...]:
        """What NotPrincipal must list, one name of each set, to exempt this caller."""
        return (frozenset[str](),)
