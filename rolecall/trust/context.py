"""Where a trust policy will live: the facts an entity needs besides its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrustContext:
    """The account of the role, and whose accounts count as the author's own.

    `own_accounts` are accounts of the same owner: a caller from one of them is no
    third party, so no external ID is demanded of it ("Access to AWS accounts owned
    by third parties", IAM User Guide). The role's own account always counts.
    """

    account_id: str
    partition: str = "aws"
    region: str = ""
    own_accounts: frozenset[str] = frozenset()

    def owns(self, account_id: str) -> bool:
        """Whether the account belongs to the owner of the role."""
        return account_id == self.account_id or account_id in self.own_accounts
