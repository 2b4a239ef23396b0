"""What was decided, and why; the reason is worked out only when somebody asks."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rolecall.policy.condition import Condition
from rolecall.policy.errors import printable
from rolecall.policy.operators import parse_operator
from rolecall.policy.request import Request


class Verdict(StrEnum):
    """The three answers of AWS's evaluation logic."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"


@dataclass(frozen=True, slots=True)
class Miss:
    """Why one Allow statement did not apply: its first element that did not match.

    `missing_key` is the condition key that the request lacks, `found` what it has.
    """

    policy: str
    statement: int
    sid: str | None
    element: str
    condition: Condition | None = None
    missing_key: str | None = None
    found: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.policy} statement {self.sid or self.statement}"
        if self.condition is None:
            return f"{place}: {self.element} does not match"
        condition = f"{self.condition.operator} {self.condition.key}"
        if self.missing_key is not None:
            return f"{place}: {condition} is not met, the request has no {self.missing_key}"
        values = " or ".join(self.condition.values)
        verb = "rules out" if parse_operator(self.condition.operator).negated else "wants"
        return f"{place}: {condition} {verb} {values}, the request has {', '.join(self.found)}"


@dataclass(frozen=True, slots=True)
class Reason:
    """The policy and statement that decided; for an implicit deny, what each one missed.

    `policy` is the one that allowed, denied, or failed to allow: "identity",
    "boundary", "session", the label of the resource's policy, or "none".
    """

    policy: str
    statement: int | None = None
    sid: str | None = None
    misses: tuple[Miss, ...] = ()
    note: str = ""


class Decision:
    """A verdict on one request."""

    __slots__ = ("_explainer", "_reason", "_request", "verdict")

    def __init__(
        self, verdict: Verdict, explainer: Callable[[Request, Verdict], Reason], request: Request
    ) -> None:
        self.verdict = verdict
        self._explainer = explainer
        self._request = request
        self._reason: Reason | None = None

    @property
    def allowed(self) -> bool:
        """Whether the request may go ahead."""
        return self.verdict is Verdict.ALLOW

    @property
    def action(self) -> str:
        """The action that was decided on: of several that a call needs, the refused one."""
        return self._request.action

    @property
    def reason(self) -> Reason:
        """Why, worked out now by the predicates that decided."""
        if self._reason is None:
            self._reason = self._explainer(self._request, self.verdict)
        return self._reason

    def explain(self) -> str:
        """The reason in one sentence for a person, on one line."""
        return printable(self._sentence(self.reason))

    def _sentence(self, reason: Reason) -> str:
        where = f"the {reason.policy} policy"
        if reason.statement is not None:
            where += f", statement {reason.sid or reason.statement}"
        action = self._request.action
        if reason.policy == "none":
            verb = "allowed" if self.allowed else "denied"
            return f"{action} is {verb}{_behind(reason.note)}."
        if self.verdict is Verdict.ALLOW:
            return f"{action} is allowed by {where}."
        if self.verdict is Verdict.EXPLICIT_DENY:
            return f"{action} is denied by {where}."
        details = "; ".join(str(miss) for miss in reason.misses[:5]) or "it has no such statement"
        return f"{where[0].upper()}{where[1:]} does not allow {action}{_behind(details)}."

    def __repr__(self) -> str:
        return f"<Decision {self.verdict.value}>"


def _behind(text: str) -> str:
    return f" ({text})" if text else ""
