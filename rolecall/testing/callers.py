"""Who tries to assume a role: users, sessions and services, as values.

What is stated of a caller is what the author of a test means by him, and is varied by
`hostile`: a user without a name stands for every user of the account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    IamUser,
    RoleSession,
    RootUser,
)
from rolecall.policy.assume_role import ASSUME_ROLE

if TYPE_CHECKING:
    from typing import Self

    from rolecall.policy import Caller as Principal
    from rolecall.testing.roles import TestedRole

#: An address of RFC 5737's documentation range.
USUAL_IP = "203.0.113.7"
USUAL_SESSION_NAME = "test"
Values = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who tries to assume a role, and in which circumstances.

    ip, time: from where and when; left out, `203.0.113.7` and now. context: further
    condition keys, such as `aws:PrincipalOrgID`. told: the names of what was stated.
    """

    session_name: str = USUAL_SESSION_NAME
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    transitive: tuple[str, ...] = ()
    ip: str = USUAL_IP
    time: datetime | None = None
    context: Values = field(default_factory=dict, hash=False)
    told: frozenset[str] = frozenset()

    #: Whether the caller may bring session tags of his choice.
    brings_tags = True

    @property
    def words(self) -> str:
        """Who, in a few words."""
        raise NotImplementedError

    @property
    def action(self) -> str:
        """The call that such a caller makes."""
        return ASSUME_ROLE

    def principal(self, role: "TestedRole") -> "Principal":
        """Who calls, as the evaluator knows him."""
        raise NotImplementedError

    def attempt(self, role: "TestedRole") -> AssumeRoleAttempt:
        """The call, as policies see it."""
        return AssumeRoleAttempt(
            caller=self.principal(role),
            role_arn=role.arn,
            external_id=None,
            source_identity=self.source_identity,
            tags=self.tags,
            transitive_tag_keys=self.transitive,
            session_name=self.session_name,
            context={**self.surroundings(role), **self.context},
        )

    def surroundings(self, role: "TestedRole") -> dict[str, str | tuple[str, ...]]:
        """The keys that AWS adds to every call."""
        moment = (self.time or datetime.now(UTC)).astimezone(UTC)
        found: dict[str, str | tuple[str, ...]] = {
            "aws:CurrentTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "aws:EpochTime": str(int(moment.timestamp())),
            "aws:SourceIp": self.ip,
            "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false",
            "aws:ResourceAccount": role.account,
        }
        if role.region:
            found["aws:RequestedRegion"] = role.region
        return found

    def but(self, **changes: object) -> "Self":
        """The same caller with something changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return ", ".join([self.words, *self._circumstances()])

    def _circumstances(self) -> list[str]:
        found = []
        if self.source_identity is not None:
            found.append(f"source identity {self.source_identity!r}")
        if self.tags:
            tags = ", ".join(f"{key}={value}" for key, value in self.tags.items())
            found.append(f"session tags {tags}")
        if "session name" in self.told:
            found.append(f"session name {self.session_name!r}")
        if self.ip != USUAL_IP:
            found.append(f"from {self.ip}")
        if self.time is not None:
            found.append(f"at {self.time:%Y-%m-%d %H:%M}")
        found += [f"{key} {value}" for key, value in self.context.items()]
        return found


@dataclass(frozen=True, kw_only=True)
class Signed(Caller):
    """A caller with credentials of AWS, whose own policies allow everything.

    mfa: signed in with a second factor, `mfa_age` seconds ago; False: with temporary
    credentials without one; None: with an access key.
    """

    who: IamUser | RoleSession | RootUser
    external_id: str | None = None
    mfa: bool | None = None
    mfa_age: int = 0

    @property
    def words(self) -> str:
        """Who, in a few words."""
        who = self.who
        if isinstance(who, IamUser):
            whom = f"IAM user {who.path[1:]}{who.name}"
        elif isinstance(who, RoleSession):
            whom = f"a session of role {who.role_path[1:]}{who.role_name}"
            if "session" in self.told:
                whom = f"session {who.session_name} of role {who.role_path[1:]}{who.role_name}"
        else:
            whom = "the root user"
        unlike = "" if who.partition == "aws" else f" in partition {who.partition}"
        unique = getattr(who, "unique_id", "") or getattr(who, "role_id", "")
        id_ = f" (unique ID {unique})" if unique else ""
        return f"{whom}{id_} of account {who.account}{unlike}"

    def principal(self, role: "TestedRole") -> "Principal":  # noqa: ARG002 - the same everywhere
        """The user or session."""
        return self.who

    def attempt(self, role: "TestedRole") -> AssumeRoleAttempt:
        """With external ID and second factor."""
        attempt = super().attempt(role)
        keys = dict(attempt.context)
        # "IAM and AWS STS condition context keys": an access key brings no such key, and
        # credentials of AssumeRole bring it, but never as true.
        given = False if isinstance(self.who, RoleSession) else self.mfa
        if given is not None:
            keys["aws:MultiFactorAuthPresent"] = "true" if given else "false"
        if given:
            keys["aws:MultiFactorAuthAge"] = str(self.mfa_age)
        return replace(attempt, external_id=self.external_id, context=keys)

    def _circumstances(self) -> list[str]:
        found = []
        if self.external_id is not None:
            found.append(f"external ID {self.external_id!r}")
        if self.mfa:
            found.append(f"MFA {self.mfa_age} s ago" if self.mfa_age else "with MFA")
        elif self.mfa is False:
            found.append("temporary credentials without MFA")
        return found + super()._circumstances()


@dataclass(frozen=True, kw_only=True)
class Service(Caller):
    """An AWS service that acts for a resource.

    principal_tags: what IAM Roles Anywhere makes of a certificate.
    """

    host: str
    source_account: str | None = None
    source_arn: str | None = None
    principal_tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    brings_tags = False

    @property
    def words(self) -> str:
        """Who, in a few words."""
        if self.host == "pods.eks.amazonaws.com" and self.tags:
            tag = self.tags.get
            return (
                f"a pod of service account {tag('kubernetes-namespace', '?')}/"
                f"{tag('kubernetes-service-account', '?')} in {self.source_arn} (EKS Pod Identity)"
            )
        if self.host == "rolesanywhere.amazonaws.com":
            names = ", ".join(f"{key}={value}" for key, value in self.principal_tags.items())
            return f"a certificate ({names}) of trust anchor {self.source_arn}"
        given = [self.source_arn, self.source_account and f"account {self.source_account}"]
        behalf = " in ".join(each for each in given if each)
        return f"the service {self.host}" + (f" for {behalf}" if behalf else " without a source")

    def principal(self, role: "TestedRole") -> "Principal":
        """The service, with references of the stack resolved."""
        return AwsService(self.host, self.source_account, role.resolved(self.source_arn))

    def attempt(self, role: "TestedRole") -> AssumeRoleAttempt:
        """With the tags that the service makes of whom it acts for."""
        attempt = super().attempt(role)
        tags = {f"aws:PrincipalTag/{key}": value for key, value in self.principal_tags.items()}
        return replace(attempt, context={**attempt.context, **tags})

    def _circumstances(self) -> list[str]:
        return (
            []
            if self.host.startswith(("pods.eks.", "rolesanywhere."))
            else [
                each for each in super()._circumstances() if not each.startswith("source identity")
            ]
        )


def seconds(age: timedelta | int) -> int:
    """A length of time in seconds."""
    return int(age.total_seconds()) if isinstance(age, timedelta) else age
