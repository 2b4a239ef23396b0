"""What is known of an environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LocalState:
    """Terraform's state in a file of the project."""


@dataclass(frozen=True, slots=True)
class S3State:
    """Terraform's state in an S3 bucket, locked by S3 itself.

    key: object key; by default `rolecall/<environment>.tfstate`.
    """

    bucket: str
    region: str
    key: str


State = LocalState | S3State


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The facts of one environment, as its file in environments/ states them.

    identity_account_id: the account whose users sign in; the environment's own account
        when its file names none.
    external_id: what a caller from outside presents; no secret, but agreed.
    own_accounts: accounts of the same owner, who need no external ID; the two above
        are always among them.
    session_seconds: how long a session of one of its roles lasts where nobody says.
    issuers: names and URLs of the environment's own OIDC issuers.
    saml_metadata: the file with the metadata of its SAML identity provider, from the root
        of the project; it need not exist.
    tags: put on every resource.
    directory: where the file lies; its parent is the root of the project.
    """

    name: str
    account_id: str
    region: str
    partition: str = "aws"
    identity_account_id: str = ""
    external_id: str | None = None
    own_accounts: frozenset[str] = frozenset()
    session_seconds: int = 3600
    state: State = field(default_factory=LocalState)
    issuers: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    saml_metadata: str | None = None
    tags: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    directory: Path = Path("environments")

    def __post_init__(self) -> None:
        identity = self.identity_account_id or self.account_id
        object.__setattr__(self, "identity_account_id", identity)
        owned = self.own_accounts | {self.account_id, identity}
        object.__setattr__(self, "own_accounts", frozenset(owned))

    @property
    def project(self) -> Path:
        """The root of the project the environment belongs to."""
        return self.directory.parent

    @property
    def saml_metadata_file(self) -> Path | None:
        """Where the SAML metadata lies, if the environment names any."""
        return None if self.saml_metadata is None else self.project / self.saml_metadata
