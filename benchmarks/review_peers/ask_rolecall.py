"""Rolecall itself: from two JSON objects to the answer, witnesses confirmed."""

import statistics
import time
from collections.abc import Sequence
from importlib.metadata import version

from benchmarks.review_peers.tool import Answers
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Outcome, compare
from tests.policy.compare.changes.reading import Change

ROUNDS = 5


def ask(changes: Sequence[Change]) -> tuple[Answers, list[str]]:
    """The answers, and the verdicts in full."""
    verdicts, times = [], []
    for change in changes:
        rounds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            old, new = PolicyDocument.parse(change.old), PolicyDocument.parse(change.new)
            found = compare(old, new, account=change.account, tokens=TOKEN_KEYS)
            rounds.append((time.perf_counter() - start) * 1000)
        verdicts.append(str(found.verdict))
        times.append(min(rounds))
    wider = [
        None if verdict == Outcome.UNDECIDED else verdict in (Outcome.WIDER, Outcome.BOTH)
        for verdict in verdicts
    ]
    answers = Answers("Rolecall", version("rolecall"), wider, milliseconds=statistics.median(times))
    return answers, verdicts
