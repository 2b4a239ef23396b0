"""IAM roles, named one by one: role chaining and workloads."""

from dataclasses import dataclass
from typing import ClassVar

from rolecall.policy import role_arn
from rolecall.trust.errors import TrustError
from rolecall.trust.named_principals import NamedPrincipals


@dataclass(frozen=True)
class IamRoles(NamedPrincipals):
    """Sessions of IAM roles of one account, by the roles' names.

    A session that comes through a role lasts at most one hour (role chaining). `mfa`
    and `mfa_max_age` are refused here: credentials returned by AssumeRole carry no MFA
    information ("Secure API access with MFA", IAM User Guide), so nobody could come in.

    Raises `TrustError`, as `IamUsers` does.
    """

    example: ClassVar[str] = '["ci"]'
    sid: ClassVar[str] = "RolesOf"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mfa or self.mfa_max_age is not None:
            raise TrustError(
                f"{self.kind}: a role session carries no MFA information, so nobody could come in; "
                "demand MFA in the trust of the role that is assumed first."
            )

    def arn(self, name: str, partition: str) -> str:
        """The ARN of one of the roles."""
        return role_arn(self.account_id, name, self.path, partition)
