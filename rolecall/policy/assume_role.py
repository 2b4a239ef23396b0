"""One meaning of "may this caller assume this role", for every room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rolecall.policy.callers import Caller
from rolecall.policy.decision import Decision
from rolecall.policy.evaluate import CompiledPolicy


@dataclass(frozen=True, slots=True)
class AssumeRoleAttempt:
    """One call of AssumeRole (or …WithWebIdentity, …WithSAML), as far as policies see it.

    `context` holds further keys: aws:SourceIp, aws:CurrentTime,
    aws:MultiFactorAuthPresent, a token's claims.
    """

    caller: Caller
    role_arn: str
    external_id: str | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    transitive_tag_keys: tuple[str, ...] = ()
    session_name: str = ""
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict, hash=False)


def may_assume(
    attempt: AssumeRoleAttempt,
    *,
    trust: CompiledPolicy,
    identity: Sequence[CompiledPolicy] = (),
    boundary: CompiledPolicy | None = None,
    session: Sequence[CompiledPolicy] | None = None,
    action: str = "sts:AssumeRole",
) -> Decision:
    """Decide whether the caller may assume the role."""
    raise NotImplementedError
