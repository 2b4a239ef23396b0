"""Rules for trust policies: what is dangerous, or never lets anybody in, and what to write."""

from rolecall.lint.engine import lint
from rolecall.lint.model import LARGEST_SIZE, SEVERITIES, Facts, Finding, Rule, at_least
from rolecall.lint.rules import BY_ID, RULES
from rolecall.lint.suppression_file import SuppressionProblem, read_suppressions
from rolecall.lint.suppressions import Suppression, idle

__all__ = [
    "BY_ID",
    "LARGEST_SIZE",
    "RULES",
    "SEVERITIES",
    "Facts",
    "Finding",
    "Rule",
    "Suppression",
    "SuppressionProblem",
    "at_least",
    "idle",
    "lint",
    "read_suppressions",
]
