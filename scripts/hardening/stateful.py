"""Stateful tests of the embedded AWS in their long form: a model beside it foretells each call.

    make stateful EXAMPLES=2000 STEPS=50

Examples are drawn anew each time. A counterexample is printed as the calls that lead to it,
and the exit code is 1. ROUNDS is how often many clients work on the same names at once.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.base import COUNTS
from tests.stateful.machine import EmbeddedAws, OverHttpMachine
from tests.stateful.together import together
from tests.stateful.world import stop_issuer


def rounds(number: int) -> None:
    """Many clients on the same names, so often."""
    for seed in range(number):
        together(seed)


def main() -> int:
    """Run the machines, print what was done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-shrink", action="store_true", help="print the first that is found")
    wanted = parser.parse_args()
    phases = [phase for phase in Phase if phase is not Phase.shrink or not wanted.no_shrink]

    def machine(kind: type[EmbeddedAws], examples: int) -> Callable[[], None]:
        chosen = settings(
            max_examples=examples,
            stateful_step_count=wanted.steps,
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        )
        return lambda: run_state_machine_as_test(kind, settings=chosen)

    runs: dict[str, Callable[[], None]] = {
        "in process": machine(EmbeddedAws, wanted.examples),
        "over HTTP": machine(OverHttpMachine, max(1, wanted.examples // 100)),
        "many at once": lambda: rounds(wanted.rounds),
    }
    found = 0
    for name, run in runs.items():
        COUNTS.clear()
        began = time.monotonic()
        try:
            run()
        except Exception:
            found += 1
            traceback.print_exc()
        print(f"\n{name}: {time.monotonic() - began:.0f} s")
        for count, value in sorted(COUNTS.items()):
            if value:
                print(f"  {count:<40}{value:>10,}")
    stop_issuer()
    print(f"\ncounterexamples: {found}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
