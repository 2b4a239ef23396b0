"""From two states of roles to a report: who gains, who loses, how bad, and may it pass."""

from rolecall.review.judge.acknowledgements import FILE, Reviewed, read_reviewed
from rolecall.review.judge.gate import FAIL_ON, FailOn, exit_of
from rolecall.review.judge.judging import judge

__all__ = ["FAIL_ON", "FILE", "FailOn", "Reviewed", "exit_of", "judge", "read_reviewed"]
