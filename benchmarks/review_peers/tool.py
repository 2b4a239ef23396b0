"""What a tool answered, whichever it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.policy.compare.changes.reading import Change


@dataclass(frozen=True)
class Answers:
    """One tool's answers, in the order of the changes.

    wider: whether it says that the new policy is wider; None where it gave up.
    flagged: for tools that look at one policy: whether it has anything against the new
    one. milliseconds: for a change, the median, or the whole run divided (`batch`).
    """

    tool: str
    version: str
    wider: Sequence[bool | None]
    flagged: Sequence[bool] | None = None
    milliseconds: float | None = None
    batch: bool = False


def of_findings(
    tool: str,
    version: str,
    found: Sequence[tuple[frozenset[str], frozenset[str]]],
    *,
    milliseconds: float | None = None,
    batch: bool = False,
) -> Answers:
    """A linter's answers: wider is a finding on the new policy that the old did not have."""
    return Answers(
        tool,
        version,
        [bool(new - old) for old, new in found],
        [bool(new) for _, new in found],
        milliseconds,
        batch,
    )


def template(policy: object) -> dict[str, object]:
    """A CloudFormation template with one role of this trust policy."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy}}
    return {"Resources": {"Role": role}}


def pairs(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Old and new of each change, for a tool in another process."""
    return [{"old": change.old, "new": change.new} for change in changes]
