"""What a review looks at: two states of the roles and of whatever they trust.

Readers make it (of Terraform plans, of synthesized output, of two revisions); `judge`
turns it into a report. A *side* is one thing before or after the change; None stands for
a thing that is not there. Nothing in here is secret: readers redact what a plan holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, TypeAlias, TypeVar

from rolecall.policy import PolicyDocument


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing is declared.

    stack: the stack, which in a Rolecall project has the environment's name. address:
    Terraform's, `aws_iam_role.deployer`. construct: the construct's path,
    `tes/deployer`; None where a project is not written with constructs.
    """

    stack: str
    address: str
    construct: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A policy that is there and could not be read: not known before apply, or no policy.

    why: one sentence; it never holds the value. what: tells one unread text from another (a
    digest, or the name of what is not known); "" where nothing does.
    """

    why: str
    what: str = ""


#: A policy document, or the reason why it is not known.
Policy: TypeAlias = PolicyDocument | Unread


def _no_policies() -> Mapping[str, Policy]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a role, user or group may do.

    managed: ARNs (or, where not yet known, the text with its `${…}`) of attached policies.
    inline: by name. boundary: ARN of the permissions boundary. documents: texts of managed
    policies that the same project declares, by ARN.
    """

    managed: frozenset[str] = frozenset()
    inline: Mapping[str, Policy] = field(default_factory=_no_policies, hash=False)
    boundary: str | None = None
    documents: Mapping[str, Policy] = field(default_factory=_no_policies, hash=False)


@dataclass(frozen=True, slots=True)
class RoleSide:
    """A role, before or after.

    account, arn: None where not known. trust: its trust policy. unique_id: AWS's, where
    the prior state tells it.
    """

    name: str
    path: str
    account: str | None
    arn: str | None
    trust: Policy
    max_session_seconds: int
    permissions: Permissions
    unique_id: str | None = None


#: A managed policy by itself, as the kind of a `CallerSide`.
MANAGED_POLICY = "managed policy"


@dataclass(frozen=True, slots=True)
class CallerSide:
    """A user or a group with the permissions it has: who may assume also depends on these.

    kind: `user` or `group`; `managed policy` for one that holders elsewhere may have.
    groups: of a user, their names.
    """

    kind: str
    name: str
    arn: str | None
    permissions: Permissions
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OidcProviderSide:
    """An OIDC provider of IAM. host: issuer without `https://`; the prefix of its keys."""

    host: str
    account: str | None
    client_ids: frozenset[str]
    thumbprints: frozenset[str]


@dataclass(frozen=True, slots=True)
class SamlProviderSide:
    """A SAML provider of IAM. certificates: SHA-256 fingerprints of its signing keys, hex.

    problem: why the metadata could not be read, else None. what: then tells one text from
    another, as of `Unread`.
    """

    name: str
    account: str | None
    entity_id: str | None
    certificates: frozenset[str]
    problem: str | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class EntrySide:
    """Another way into roles, besides trust policies: whoever may use a role by it.

    kind: `EKS Pod Identity association`, `Roles Anywhere profile`, `Roles Anywhere trust
    anchor`, `identity pool roles`, `instance profile`, `access key` …. words: what it lets
    in, in a few words, deterministic. roles: ARNs or texts of the roles. stopped: it is there
    and lets nobody in.
    """

    kind: str
    words: str
    roles: tuple[str, ...]
    stopped: bool = False


Side = TypeVar("Side", RoleSide, CallerSide, OidcProviderSide, SamlProviderSide, EntrySide)


@dataclass(frozen=True, slots=True)
class Pair(Generic[Side]):
    """One thing before and after the change.

    replaced: Terraform destroys it and makes a new one of the same name, so that it gets
    a new unique id, and policies that name it no longer mean it.
    """

    place: Place
    before: Side | None
    after: Side | None
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One stack, before and after, as one source told it.

    environment: the stack's name, or what the command line called it. account, partition,
    region: of its provider configuration, where known. notes: what the reader could not
    read, one sentence each; each keeps the review from saying that nobody gains access.
    """

    environment: str
    source: str
    roles: tuple[Pair[RoleSide], ...] = ()
    callers: tuple[Pair[CallerSide], ...] = ()
    oidc_providers: tuple[Pair[OidcProviderSide], ...] = ()
    saml_providers: tuple[Pair[SamlProviderSide], ...] = ()
    entries: tuple[Pair[EntrySide], ...] = ()
    account: str | None = None
    partition: str = "aws"
    region: str | None = None
    notes: tuple[str, ...] = ()
