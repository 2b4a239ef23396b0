"""Stateful tests of the embedded AWS in their long form: a model beside it foretells each call.

    make stateful EXAMPLES=2000 STEPS=50

Examples are drawn anew each time. A counterexample is printed as the steps that lead to it,
and the exit code is 1. With PLANTED=1 faults are planted into the embedded AWS instead, one
after the other, and the exit code is 1 if one of them is not found.
"""

import argparse
import logging
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.base import COUNTS
from tests.stateful.machine import EmbeddedAws, OverHttpMachine
from tests.stateful.planted import PLANTED
from tests.stateful.together import together
from tests.stateful.world import stop_issuer


def rounds(number: int) -> None:
    """Many clients on the same names, so often."""
    for seed in range(number):
        together(seed)


def machine(
    kind: type[EmbeddedAws], examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase)
) -> None:
    """Run a machine on so many examples; raises at a counterexample."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(kind, settings=chosen)


def search(examples: int, steps: int, again: int) -> int:
    """Every form in turn; how many counterexamples there are."""
    runs: dict[str, Callable[[], None]] = {
        "in process": lambda: machine(EmbeddedAws, examples, steps),
        "over HTTP": lambda: machine(OverHttpMachine, max(1, examples // 100), steps),
        "many at once": lambda: rounds(again),
    }
    found = 0
    for name, run in runs.items():
        COUNTS.clear()
        began = time.monotonic()
        try:
            run()
        except KeyboardInterrupt:
            print("\nstopped; so far:")
        except Exception:
            found += 1
            traceback.print_exc()
        print(f"\n{name}: {time.monotonic() - began:.0f} s")
        for count, value in sorted(COUNTS.items()):
            if value:
                print(f"  {count:<40}{value:>10,}", flush=True)
    print(f"\ncounterexamples: {found}")
    return found


def plant(examples: int, steps: int) -> int:
    """How many of the planted faults are not found in so many examples."""
    missed = 0
    for name, fault in PLANTED.items():
        COUNTS.clear()
        with pytest.MonkeyPatch.context() as patch:
            fault(patch)
            try:
                machine(EmbeddedAws, examples, steps, [Phase.generate])
                missed += 1
                told = "MISSED"
            except (AssertionError, ExceptionGroup) as error:
                told = str(error).partition("\n")[0][:100]
            except Exception as error:
                missed += 1
                told = f"NOT PLANTED, it breaks something: {error!r}"
        print(f"{name:<45}{COUNTS['examples']:>5} examples  {told}", flush=True)
    print(f"\nplanted: {len(PLANTED)}, missed: {missed}")
    return missed


def main() -> int:
    """Run the machines, print what was done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=10, help="of many clients at once")
    parser.add_argument("--planted", action="store_true")
    wanted = parser.parse_args()
    # A machine that fails prints its steps; what its calls raised on the way is known.
    logging.disable(logging.CRITICAL)
    try:
        if wanted.planted:
            return 1 if plant(wanted.examples, wanted.steps) else 0
        return 1 if search(wanted.examples, wanted.steps, wanted.rounds) else 0
    finally:
        stop_issuer()


if __name__ == "__main__":
    sys.exit(main())
