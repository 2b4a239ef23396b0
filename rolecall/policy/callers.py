"""Who calls: one value a kind of principal, with what AWS puts into the request context for it.

Source: "AWS global condition context keys" and the table of principal key values in
"IAM policy elements: Variables and tags".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from rolecall.policy.arn import (
    assumed_role_arn,
    federated_user_arn,
    role_arn,
    root_arn,
    user_arn,
)
from rolecall.policy.grants import Grant
from rolecall.policy.outside_callers import (
    Anonymous,
    AwsService,
    Facts,
    PrincipalForms,
    SamlIdentity,
    WebIdentity,
)

__all__ = [
    "Anonymous",
    "AwsCaller",
    "AwsService",
    "Caller",
    "Facts",
    "FederatedUserSession",
    "IamUser",
    "PrincipalForms",
    "RoleSession",
    "RootUser",
    "SamlIdentity",
    "WebIdentity",
]


def _forms(*named: tuple[str, Grant], account: str, partition: str) -> PrincipalForms:
    """The strings of a Principal element that mean this caller, the strongest grant first.

    Each carries its kind before it, so that no text of one kind passes for another.
    """
    return (
        *((f"AWS={text}", grant) for text, grant in named if text),
        ("AWS=*", Grant.LIMITED),
        (f"AWS={root_arn(account, partition)}", Grant.DELEGATED),
        (f"AWS={account}", Grant.DELEGATED),
    )


def _names(*texts: str) -> frozenset[str]:
    return frozenset(f"AWS={text}" for text in texts if text)


def _account_names(account: str, partition: str) -> frozenset[str]:
    return _names(account, root_arn(account, partition))


def _tag_facts(tags: Mapping[str, str]) -> Facts:
    return {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}


@dataclass(frozen=True)
class IamUser:
    """An IAM user, also when he calls with credentials of GetSessionToken."""

    account: str
    name: str
    path: str = "/"
    unique_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    partition: str = "aws"

    @cached_property
    def arn(self) -> str:
        """The user's ARN, path included."""
        return user_arn(self.account, self.name, self.path, self.partition)

    def context(self) -> Facts:
        """The condition keys that this caller brings into every request."""
        facts: Facts = {
            "aws:PrincipalArn": self.arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": "User",
            "aws:PrincipalIsAWSService": "false",
            "aws:username": self.name,
            **_tag_facts(self.tags),
        }
        if self.unique_id:
            facts["aws:userid"] = self.unique_id
        return facts

    @cached_property
    def principal_forms(self) -> PrincipalForms:
        """What a Principal element may call this caller, and what each name grants."""
        return _forms(
            (self.arn, Grant.DIRECT),
            (self.unique_id, Grant.DIRECT),
            account=self.account,
            partition=self.partition,
        )

    @cached_property
    def exemption(self) -> tuple[frozenset[str], ...]:
        """What NotPrincipal must list, one name of each set, to exempt this caller."""
        return (
            _account_names(self.account, self.partition),
            _names(self.arn, self.unique_id),
        )


@dataclass(frozen=True)
class RoleSession:
    """A role that was assumed. `tags` are the role's tags overlaid by the session's."""

    account: str
    role_name: str
    session_name: str
    role_path: str = "/"
    role_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    source_identity: str | None = None
    partition: str = "aws"

    @cached_property
    def arn(self) -> str:
        """The assumed-role ARN, as AWS prints it in messages and GetCallerIdentity."""
        return assumed_role_arn(self.account, self.role_name, self.session_name, self.partition)

    @cached_property
    def role_arn(self) -> str:
        """The role's own ARN, path included: the value of aws:PrincipalArn."""
        return role_arn(self.account, self.role_name, self.role_path, self.partition)

    def context(self) -> Facts:
        """The condition keys that this caller brings into every request."""
        facts: Facts = {
            "aws:PrincipalArn": self.role_arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": "AssumedRole",
            "aws:PrincipalIsAWSService": "false",
            **_tag_facts(self.tags),
        }
        if self.role_id:
            facts["aws:userid"] = f"{self.role_id}:{self.session_name}"
        if self.source_identity is not None:
            facts["aws:SourceIdentity"] = self.source_identity
        return facts

    @cached_property
    def principal_forms(self) -> PrincipalForms:
        """What a Principal element may call this caller, and what each name grants."""
        return _forms(
            (self.arn, Grant.DIRECT),
            (self.role_arn, Grant.LIMITED),
            (self.role_id, Grant.LIMITED),
            account=self.account,
            partition=self.partition,
        )

    @cached_property
    def exemption(self) -> tuple[frozenset[str], ...]:
        """What NotPrincipal must list, one name of each set, to exempt this caller."""
        return (
            _account_names(self.account, self.partition),
            _names(self.role_arn, self.role_id),
            _names(self.arn),
        )


@dataclass(frozen=True)
class FederatedUserSession:
    """A session of GetFederationToken. `tags` are the user's overlaid by the session's."""

    account: str
    name: str
    tags: Mapping[str, str] = field(default_factory=dict, hash=False, kw_only=True)
    partition: str = "aws"

    @cached_property
    def arn(self) -> str:
        """The federated-user ARN."""
        return federated_user_arn(self.account, self.name, self.partition)

    def context(self) -> Facts:
        """The condition keys that this caller brings into every request."""
        return {
            "aws:PrincipalArn": self.arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": "FederatedUser",
            "aws:PrincipalIsAWSService": "false",
            **_tag_facts(self.tags),
            "aws:userid": f"{self.account}:{self.name}",
        }

    @cached_property
    def principal_forms(self) -> PrincipalForms:
        """What a Principal element may call this caller, and what each name grants."""
        return _forms((self.arn, Grant.DIRECT), account=self.account, partition=self.partition)

    @cached_property
    def exemption(self) -> tuple[frozenset[str], ...]:
        """What NotPrincipal must list, one name of each set, to exempt this caller."""
        return (
            _account_names(self.account, self.partition),
            _names(self.arn),
        )


@dataclass(frozen=True)
class RootUser:
    """The root user of an account: every permission there, but he may assume no role."""

    account: str
    partition: str = "aws"

    @cached_property
    def arn(self) -> str:
        """The account's root ARN."""
        return root_arn(self.account, self.partition)

    def context(self) -> Facts:
        """The condition keys that this caller brings into every request."""
        return {
            "aws:PrincipalArn": self.arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": "Account",
            "aws:PrincipalIsAWSService": "false",
            "aws:userid": self.account,
        }

    @cached_property
    def principal_forms(self) -> PrincipalForms:
        """What a Principal element may call this caller, and what each name grants."""
        return _forms(account=self.account, partition=self.partition)

    @cached_property
    def exemption(self) -> tuple[frozenset[str], ...]:
        """What NotPrincipal must list, one name of each set, to exempt this caller."""
        return (_account_names(self.account, self.partition),)


AwsCaller: TypeAlias = IamUser | RoleSession | FederatedUserSession | RootUser
Caller: TypeAlias = AwsCaller | AwsService | WebIdentity | SamlIdentity | Anonymous
