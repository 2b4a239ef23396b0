"""What the project knows of itself: which accounts are its own, and what they are called."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rolecall.environment import Environment
from rolecall.policy import is_account_id
from rolecall.review.model import Snapshot

_PRODUCTION = re.compile(r"(?:.*-)?(?:prd|prod|production|live)(?:-.*)?\Z")


@dataclass(frozen=True, slots=True)
class Ground:
    """Facts of environments/*.yaml, as a review asks for them.

    names: what an account is called. own: the accounts of the same owner. told: whether
    anybody said which those are; if not, no account is known to be a stranger's.
    identities: by environment, the account whose users sign in. issuers: by host, the
    environments that have this issuer for themselves.
    """

    names: Mapping[str, str]
    own: frozenset[str]
    told: bool
    identities: Mapping[str, str]
    issuers: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, environments: Sequence[Environment], snapshots: Sequence[Snapshot]) -> "Ground":
        """Put together; the accounts that are reviewed are the project's own in any case."""
        seen = {s.account: s.environment for s in snapshots if s.account is not None}
        own = set(seen)
        names = dict(seen)
        issuers: dict[str, set[str]] = {}
        for environment in environments:
            names[environment.account_id] = environment.name
            own |= environment.own_accounts
            for url in environment.issuers.values():
                issuers.setdefault(url.removeprefix("https://"), set()).add(environment.name)
        return cls(
            names=names,
            own=frozenset(own),
            told=bool(environments),
            identities={e.name: e.identity_account_id for e in environments},
            issuers={host: frozenset(found) for host, found in issuers.items()},
        )

    def called(self, account: str) -> str:
        """An account for people: `tes (111111111111)`."""
        name = self.names.get(account)
        return f"account {account}" if name is None else f"{name} ({account})"

    def stranger(self, account: str) -> bool:
        """Whether the account is known to belong to somebody else."""
        return self.told and is_account_id(account) and account not in self.own

    def home(self, environment: str, account: str | None) -> str:
        """The environment a role is in: its account tells best."""
        return self.names.get(account or "", environment)

    @property
    def environments(self) -> frozenset[str]:
        """All names of environments."""
        return frozenset(self.names.values()) | frozenset(self.identities)


def production(environment: str) -> bool:
    """Whether an environment's name says that it is production."""
    return _PRODUCTION.match(environment) is not None
