"""IAM users, named one by one."""

from dataclasses import dataclass
from typing import ClassVar

from rolecall.policy import user_arn
from rolecall.trust.named_principals import NamedPrincipals


@dataclass(frozen=True)
class IamUsers(NamedPrincipals):
    """IAM users of one account, by name.

    When the role is saved AWS turns each ARN into the user's unique ID: a user that is
    deleted and made again is not trusted until the role is deployed again ("AWS JSON
    policy elements: Principal", IAM User Guide).

    Raises `TrustError`: a wildcard, a bad or repeated name, no name, a bad account; and
    from `statements`, a third party without `external_id`.
    """

    example: ClassVar[str] = '["alice"]'
    sid: ClassVar[str] = "UsersOf"

    def arn(self, name: str, partition: str) -> str:
        """The ARN of one of the users."""
        return user_arn(self.account_id, name, self.path, partition)
