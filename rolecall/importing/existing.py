"""A role as it is in AWS, as far as the source of it tells."""

from collections.abc import Mapping
from dataclasses import dataclass

from rolecall.policy import PolicyDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingRole:
    """A role that exists; None means that the source does not say.

    arn, name: None for a trust policy alone. text: the trust policy as JSON.
    managed_policies: ARNs. inline_policies: name → document.
    """

    trust: PolicyDocument
    text: str
    arn: str | None = None
    name: str | None = None
    account_id: str | None = None
    partition: str = "aws"
    path: str = "/"
    description: str | None = None
    max_session_seconds: int | None = None
    tags: Mapping[str, str] | None = None
    boundary: str | None = None
    boundary_known: bool = False
    managed_policies: tuple[str, ...] | None = None
    inline_policies: Mapping[str, object] | None = None

    @property
    def of_aws(self) -> bool:
        """Whether AWS makes and changes it itself, so that nobody can declare it."""
        return self.path.startswith(("/aws-service-role/", "/aws-reserved/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingProvider:
    """An OIDC or SAML provider of the account, as IAM describes it."""

    arn: str
    client_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    metadata: str | None = None
    tags: Mapping[str, str]
