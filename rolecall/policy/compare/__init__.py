"""Compare two trust policies: who gains access, who loses it, with a request that shows it."""

from rolecall.policy.compare.comparison import (
    Comparison,
    Difference,
    Outcome,
    Undecided,
    Witness,
)
from rolecall.policy.compare.domains import TokenKey, TokenKeys
from rolecall.policy.compare.engine import BUDGET, compare

__all__ = [
    "BUDGET",
    "Comparison",
    "Difference",
    "Outcome",
    "TokenKey",
    "TokenKeys",
    "Undecided",
    "Witness",
    "compare",
]
