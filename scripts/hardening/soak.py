"""`make soak`: half an hour of mixed calls by 16 clients on an embedded AWS, restarted under load.

Started as a user starts it, in a temporary home, on loopback. Every answer is compared with the
one that is right; memory, threads, open files, state and log are watched; the server is stopped
and killed while clients go on. Exit code 1: a false allow, a false deny, a 5xx, something lost,
half a state, something left over, or growth past the stated tolerance.

    python scripts/hardening/soak.py [--minutes 30] [--clients 16] [--processes 4]
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from scripts.hardening.soak_figures import SHORTEST, latencies
from scripts.hardening.soak_run import Outcome, soak


def told(outcome: Outcome) -> list[str]:
    """The figures, in words."""
    tally = outcome.tally
    calls = sum(len(values) for values in tally.milliseconds.values())
    rows = latencies(tally)
    rows += [
        "",
        f"{calls} calls in {outcome.seconds:.0f} s: {calls / outcome.seconds:.0f}/s; "
        f"{tally.allowed.total()} allowed, {tally.denied.total()} denied, "
        f"{tally.stories.total()} stories, {tally.repeats} calls repeated after a lost connection, "
        f"{tally.unjudged} stories not judged because a kill fell into them, "
        f"{tally.slow_issuer} tokens tried again because the issuer was slow",
        "restarts: " + ", ".join(f"{kind} {away:.1f} s" for kind, away in outcome.away),
        "acknowledged writes gone after them: "
        + ", ".join(f"{count} (oldest {age:.2f} s)" for count, age in outcome.lost),
        "",
    ]
    if outcome.lines:
        rows.append(
            f"{'':16} {'line at 0':>10} {'least':>10} {'most':>10} {'slope/hour':>12} "
            f"{'growth':>10} {'tolerance':>10}   over {outcome.lines[0].hours * 60:.1f} minutes"
        )
        rows += [line.row() for line in outcome.lines]
    else:
        rows.append(f"growth is not judged: it takes {SHORTEST:.0f} minutes behind the warm-up")
    faults = ", ".join(f"{count} × {kind}" for kind, count in sorted(tally.faults.items()))
    rows += ["", f"faults: {faults or 'none'}", *tally.words, *outcome.problems]
    return rows


def main() -> int:
    """Soak, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--processes", type=int, default=4)
    args = parser.parse_args()
    if not (0.1 <= args.minutes <= 24 * 60 and 1 <= args.processes <= args.clients <= 200):
        parser.error("0.1 to 1440 minutes; 1 to 200 clients, in as many processes at the most")
    with tempfile.TemporaryDirectory(prefix="soak-") as home:
        outcome = soak(
            Path(home),
            seconds=args.minutes * 60,
            clients=args.clients,
            processes=args.processes,
            say=lambda text: print(text, flush=True),
        )
    print("\n".join(told(outcome)))
    print("right" if outcome.right else "WRONG")
    return 0 if outcome.right else 1


if __name__ == "__main__":
    sys.exit(main())
