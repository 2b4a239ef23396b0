"""What a review found, as values; each output (Markdown, HTML, SARIF, JSON) is made of it.

Deterministic: the same input gives the same report, so there is no time and no path of a
machine in it.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from rolecall.policy.compare import Comparison
from rolecall.review.model import Place


class Severity(IntEnum):
    """How bad it is if nobody looks. Ordered: a larger one is worse."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """In small letters, as reports write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that a person should know, with what it means for the gate.

    wider: somebody gains access or power by it. open: whether they do is not known.
    narrower: somebody loses access or power by it.
    """

    text: str
    severity: Severity = Severity.NONE
    wider: bool = False
    open: bool = False
    narrower: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule of the linter that the new trust policy breaks.

    fresh: the old one did not break it. suppressed: the reason, if somebody gave one.
    """

    rule: str
    title: str
    text: str
    severity: Severity
    fresh: bool
    suppressed: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody looked at exactly this change and wrote down why it is right."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing: a role, a provider, a caller, an entry.

    kind: `role`, `user`, `group`, `OIDC provider`, `SAML provider`, or an entry's kind.
    state: `created`, `deleted`, `replaced`, `changed` or `same`. verdict: `wider`,
    `narrower`, `both`, `undecided` or `same`, everything considered. comparison: of trust
    policies, roles only. who_before, who_after: who may assume, in sentences. sentences:
    what else changed (permissions, session length, providers). fingerprint: names exactly
    this change, for an acknowledgement; 16 hex digits. trust_before, trust_after: canonical
    JSON with line breaks, or "" .
    """

    kind: str
    name: str
    arn: str | None
    environment: str
    place: Place
    state: str
    verdict: str
    severity: Severity
    fingerprint: str
    comparison: Comparison | None = None
    who_before: tuple[str, ...] = ()
    who_after: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    findings: tuple[Finding, ...] = ()
    acknowledged: Acknowledgement | None = None
    trust_before: str = ""
    trust_after: str = ""


@dataclass(frozen=True, slots=True)
class TrustEdge:
    """One trusted entity of one role, for matrix and graph.

    entity: in a few words (`user alice of 999999999999`, `GitHub repo acme/infra`). state:
    `gained`, `lost`, `kept`, `changed`, or `open` where not decided.
    """

    environment: str
    role: str
    entity: str
    entity_kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Report:
    """A whole review.

    gate: `passed` or `failed`; gate_reasons: why it failed, one sentence each. stale:
    acknowledgements that fit no change. notes: what could not be read.
    """

    changes: tuple[Change, ...]
    edges: tuple[TrustEdge, ...]
    verdict: str
    severity: Severity
    gate: str
    gate_reasons: tuple[str, ...]
    fail_on: str
    sources: tuple[str, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    environments: tuple[str, ...] = field(default=())
