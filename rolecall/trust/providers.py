"""What a trusted entity must know of the identity provider that vouches for its members."""

from typing import Protocol, runtime_checkable

from rolecall.issuers.issuer import OidcIssuer


@runtime_checkable
class TrustedOidcProvider(Protocol):
    """An OIDC provider of the role's own account: made by a construct, or referred to."""

    @property
    def issuer(self) -> OidcIssuer:
        """The issuer of the tokens."""
        ...

    @property
    def client_ids(self) -> tuple[str, ...]:
        """The audiences that the provider accepts; empty where they are not known."""
        ...


@runtime_checkable
class TrustedSamlProvider(Protocol):
    """A SAML provider of the role's own account: made by a construct, or referred to."""

    @property
    def provider_name(self) -> str:
        """The last part of the provider's ARN (`saml-provider/<name>`)."""
        ...
