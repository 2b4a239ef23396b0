"""What the linter is told and what it says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: Severity words, the worst last.
SEVERITIES = ("none", "low", "medium", "high", "critical")

#: As many characters of a trust policy as AWS grants on request ("IAM and AWS STS quotas").
LARGEST_SIZE = 4096


def at_least(severity: str, limit: str) -> bool:
    """Whether a severity is as bad as the limit, or worse."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(limit)


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the role whose trust policy it is; everything may be left out.

    account: the role's. environment: the one it belongs to. own_accounts: accounts of the
    same owner. environments: from account to the name of the environment in it. issuers:
    from an OIDC issuer (without https://) to the name of its environment. role: the role's
    name, for suppressions. size_limit: the account's quota of a trust policy, in characters.
    """

    account: str | None = None
    partition: str = "aws"
    environment: str | None = None
    own_accounts: frozenset[str] = frozenset()
    environments: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    issuers: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    role: str | None = None
    size_limit: int = 2048

    @property
    def owned(self) -> frozenset[str]:
        """Every account that is known to be the owner's; empty where nothing is known."""
        found = {*self.own_accounts, *self.environments}
        return frozenset({*found, self.account} if found and self.account else found)

    @property
    def home(self) -> str | None:
        """The environment of the role."""
        return self.environment or self.environments.get(self.account or "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id is never given to another, and is never changed.

    severity: as bad as a finding of it usually is; a single finding may differ.
    """

    id: str
    title: str
    severity: str

    @property
    def page(self) -> str:
        """Its page, from the root of the project."""
        return f"docs/rules/{self.id}.md"


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement that breaks one rule.

    text: one sentence, what is wrong, where, and what to write instead. statement: its
    index; None for the document as a whole. suppressed: the reason somebody gave.
    """

    rule: Rule
    severity: str
    text: str
    statement: int | None = None
    sid: str | None = None
    suppressed: str | None = None

    def counts(self, limit: str) -> bool:
        """Whether it is as bad as the limit, and nobody suppressed it."""
        return self.suppressed is None and at_least(self.severity, limit)
