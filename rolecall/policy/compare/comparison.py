"""What a comparison found: the answer, differences with a witness, and what stayed open."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rolecall.policy.assume_role import AssumeRoleAttempt, may_assume
from rolecall.policy.compare.words import request_in_words
from rolecall.policy.compiled_policy import CompiledPolicy
from rolecall.policy.decision import Decision


class Outcome(StrEnum):
    """How the new trust policy relates to the old one."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    BOTH = "both"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Witness:
    """One request that the two policies answer differently, and whoever makes it.

    `identity`, `boundary` and `session` are the caller's own policies: what he is
    allowed by them, which matters for callers of an account.
    """

    attempt: AssumeRoleAttempt
    action: str
    identity: tuple[CompiledPolicy, ...] = ()
    boundary: CompiledPolicy | None = None
    session: tuple[CompiledPolicy, ...] | None = None

    def under(self, trust: CompiledPolicy) -> Decision:
        """What the evaluator says of the request under a trust policy."""
        return may_assume(
            self.attempt,
            trust=trust,
            identity=self.identity,
            boundary=self.boundary,
            session=self.session,
            action=self.action,
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A request that one of the two policies lets in and the other does not.

    who: the kind of caller in words. statement, sid: the Allow that lets it in, in the
    new policy for a gain and in the old one for a loss. level: 3 and 2: it also gets in
    without a permission of its own account; 1: as everybody else. refused: the answer
    of the other policy. also: other kinds of callers of whom all this is true.
    """

    gain: bool
    who: str
    witness: Witness
    statement: int
    sid: str | None
    level: int
    refused: Decision
    also: tuple[str, ...] = ()

    def words(self) -> str:
        """The difference in one sentence."""
        request = request_in_words(self.witness.attempt)
        told = "let in now" if self.gain else "not let in any more"
        if self.level > 1:
            told += " without a permission of their own account"
        statement = f"{'new' if self.gain else 'old'} statement {self.sid or self.statement}"
        return f"{self.who}: {told} ({statement}), for example {request}."


@dataclass(frozen=True, slots=True)
class Undecided:
    """What was not decided: about whom, in which direction, and why."""

    who: str
    gain: bool
    why: str
    also: tuple[str, ...] = ()

    def words(self) -> str:
        """In one sentence."""
        direction = "gain" if self.gain else "lose"
        return f"{self.who}: whether they {direction} access is not decided: {self.why}."


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer. Gains and losses are confirmed by the evaluator, one of each kind."""

    gains: tuple[Difference, ...]
    losses: tuple[Difference, ...]
    undecided: tuple[Undecided, ...]
    assumptions: Sequence[str] = ()

    @property
    def verdict(self) -> Outcome:
        """`same` and `narrower` are proofs; with a gain left open neither is claimed."""
        if self.gains:
            return Outcome.BOTH if self.losses else Outcome.WIDER
        if any(each.gain for each in self.undecided):
            return Outcome.UNDECIDED
        if self.losses:
            return Outcome.NARROWER
        return Outcome.UNDECIDED if self.undecided else Outcome.SAME
