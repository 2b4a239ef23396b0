"""How long it takes to compare two trust policies, and how long an SMT solver takes.

The pairs are generated over small alphabets, and written by hand, hard ones among them.
The peer is z3 with an encoding of its own (tests/policy/compare/smt.py) of the same
question, one direction of it. Both are handed parsed documents; processor time counts.

Run it with `python benchmarks/compare.py`. It fails if a promise is not kept.
`--differential` runs what the tests run a sample of: 20,000 generated pairs against
every request over a small alphabet that the evaluator decides, and as many as the solver
takes to decide 2,000. It takes about an hour on one core; `--brute N` and `--solver N`
run parts of it.
"""

import argparse
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, record
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import CompiledPolicy, PolicyDocument
from rolecall.policy.compare import Comparison, compare
from tests.policy.compare.enumeration import first_gain
from tests.policy.compare.generated import ROLE, pair
from tests.policy.compare.labelled import PAIRS
from tests.policy.compare.smt import Unsupported, gains

MEDIAN_MS, P99_MS, RATIO = 1.5, 25.0, 10
GENERATED, ROUNDS = 2000, 5
SOLVER_PAIRS, SOLVER_MS, SOLVER_SHORT_MS = 60, 2000, 500
REQUESTS = 200


def answer(old: PolicyDocument, new: PolicyDocument) -> Comparison:
    """Compare a generated pair."""
    return compare(old, new, role_arn=ROLE, tokens=TOKEN_KEYS)


def milliseconds(task: Callable[[], object], rounds: int = 1) -> float:
    """Processor time, the least of some rounds: what else the machine does is not meant."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        task()
        found.append((time.process_time() - start) * 1000)
    return min(found)


def told(name: str, times: Sequence[float]) -> tuple[float, float]:
    """Median and 99th percentile, printed."""
    ordered = sorted(times)
    median, p99 = (
        statistics.median(ordered),
        ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
    )
    print(f"  {name:34}{len(ordered):7,}{median:10.2f}{p99:10.2f}{ordered[-1]:10.2f}")
    return median, p99


def measure() -> bool:
    """Times of compare and of the solver in one run; whether the promises are kept."""
    generated = [pair(number) for number in range(GENERATED)]
    different = [(old, new) for old, new in generated if old != new]
    ours = [milliseconds(lambda p=p: answer(*p), ROUNDS) for p in different]  # type: ignore[misc]
    by_hand = [
        milliseconds(
            lambda e=each: compare(e.old, e.new, account=e.account, tokens=TOKEN_KEYS),  # type: ignore[misc]
            ROUNDS,
        )
        for each in PAIRS
    ]
    peer, both, unknown = [], [], 0
    for old, new in different:
        if len(peer) == SOLVER_PAIRS:
            break
        try:
            start = time.process_time()
            found = gains(old, new, milliseconds=SOLVER_MS)
            peer.append((time.process_time() - start) * 1000)
        except Unsupported:
            continue
        unknown += found is None
        both.append(milliseconds(lambda o=old, n=new: answer(o, n)))  # type: ignore[misc]
    print("milliseconds a pair                     pairs    median       p99   slowest")
    median, p99 = told("rolecall, generated", ours)
    hand_median, hand_p99 = told("rolecall, by hand", by_hand)
    ours_median, _ = told("rolecall, the solver's pairs", both)
    peer_median, _ = told("z3, one direction", peer)
    ratio = peer_median / ours_median
    print(f"  ratio at the median{ratio:22.1f}; z3 did not know {unknown} of {len(peer)}")
    print(f"  peak memory of the process, MiB{_mebibytes():10.1f}")
    record(
        Figure(
            "comparing two trust policies",
            ratio,
            RATIO,
            "times quicker",
            more_is_better=True,
            peer="z3 (SMT), one direction",
            ours=f"{ours_median:.2f} ms",
            theirs=f"{peer_median:.2f} ms",
        ),
        Figure(
            "comparing, median", max(median, hand_median), MEDIAN_MS, "ms", more_is_better=False
        ),
        Figure(
            "comparing, 99th percentile", max(p99, hand_p99), P99_MS, "ms", more_is_better=False
        ),
    )
    kept = max(median, hand_median) <= MEDIAN_MS and max(p99, hand_p99) <= P99_MS and ratio >= RATIO
    promise = f"median {MEDIAN_MS} ms, 99th percentile {P99_MS} ms, {RATIO} times the solver"
    print(f"promised: {promise}: {'kept' if kept else 'NOT KEPT'}")
    return kept


def _mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def against_enumeration(first: int, count: int) -> int:
    """Disagreements with the evaluator over every request of a small alphabet."""
    answers: Counter[str] = Counter()
    wrong = 0
    for number in range(first, first + count):
        old, new = pair(number)
        before, after = CompiledPolicy(old), CompiledPolicy(new)
        comparison = answer(old, new)
        answers[comparison.verdict] += 1
        open_ways = {each.gain for each in comparison.undecided}
        for gain, found in ((True, comparison.gains), (False, comparison.losses)):
            here, there = (after, before) if gain else (before, after)
            for each in found:
                shown = each.witness.under(here).allowed and not each.witness.under(there).allowed
                if not shown:
                    wrong += 1
                    print(f"pair {number}: a witness does not show what it should")
            if not found and gain not in open_ways:
                refuted = first_gain(there, here, random.Random(number), REQUESTS)
                if refuted is not None:
                    wrong += 1
                    print(f"pair {number}: {'gain' if gain else 'loss'} missed: {refuted}")
    listed = ", ".join(f"{name} {times:,}" for name, times in sorted(answers.items()))
    print(f"against enumeration: {count:,} pairs ({listed}): {wrong} disagreements")
    return wrong


def against_solver(first: int, decided: int) -> int:
    """Disagreements with the solver, until it has decided so many pairs."""
    seen: Counter[str] = Counter()
    number, wrong = first, 0
    while seen["decided"] < decided:
        old, new = pair(number)
        number += 1
        if old == new:
            continue
        try:
            found = gains(old, new, milliseconds=SOLVER_SHORT_MS)
        except Unsupported:
            seen["not in the encoding"] += 1
            continue
        comparison = answer(old, new)
        if found is None:
            seen["the solver does not know"] += 1
        elif not comparison.gains and any(each.gain for each in comparison.undecided):
            seen["undecided"] += 1
        else:
            seen["decided"] += 1
            if found is not bool(comparison.gains):
                wrong += 1
                print(f"pair {number - 1}: the solver says {found}, we say {comparison.verdict}")
    listed = ", ".join(f"{name} {times:,}" for name, times in seen.items())
    print(f"against z3: {listed}: {wrong} disagreements")
    return wrong


def main() -> int:
    """Measure, or look for disagreements; 0 if the promises are kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--differential", action="store_true", help="20,000 pairs, 2,000 for z3")
    parser.add_argument("--brute", type=int, default=0, metavar="N", help="pairs to enumerate")
    parser.add_argument("--solver", type=int, default=0, metavar="N", help="pairs for z3")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first")
    given = parser.parse_args()
    brute = 20_000 if given.differential else given.brute
    solver = 2_000 if given.differential else given.solver
    if brute or solver:
        wrong = against_enumeration(given.first, brute) if brute else 0
        wrong += against_solver(given.first, solver) if solver else 0
        return 1 if wrong else 0
    return 0 if measure() else 1


if __name__ == "__main__":
    sys.exit(main())
