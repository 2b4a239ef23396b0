"""`rolecall doctor`: what stands in the way on this machine, and what to do about it."""

import argparse
import json
import sys
from collections.abc import Sequence

from rolecall.cli.environments import add_environments
from rolecall.cli.shell import say
from rolecall.cli.terminal import FAINT, GREEN, RED, YELLOW, paint, waiting
from rolecall.environment import load_environment
from rolecall.problems import Exit
from rolecall.session.doctor import Finding, Level, Machine, examine

_EPILOG = """\
Looks at variables, the region, the AWS files and who may read them, kept sessions, the AWS
CLI, and with one call that needs no credentials at STS and the clock. Secrets are looked
at and never shown. --fix takes away what others may do with the files, and nothing else.

exit codes: 0 no problem (notes are none), or all of them mended; 1 a problem; 2 wrong input
"""
_MARKS = {
    Level.OK: ("ok  ", GREEN),
    Level.NOTE: ("note", YELLOW),
    Level.PROBLEM: ("FAIL", RED),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "environment", nargs="?", help="ask the STS of this environment's region: tes, stg, prd …"
    )
    parser.add_argument("--profile", help="the AWS profile that is meant to be used")
    parser.add_argument("--offline", action="store_true", help="ask nobody")
    parser.add_argument("--fix", action="store_true", help="mend what is safe to: file modes")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    add_environments(parser)


def run(args: argparse.Namespace) -> int:
    """Print what was found."""
    region = None
    if args.environment is not None:
        region = load_environment(args.environment, args.environments).region
    with waiting("looking at this machine"):
        findings = list(examine(Machine(region=region, profile=args.profile), offline=args.offline))
    mended = [finding for finding in findings if args.fix and _mend(finding)]
    if args.json:
        print(json.dumps(_as_json(findings, mended), indent=2))
    else:
        _table(findings, mended)
    bad = [each for each in findings if each.level is Level.PROBLEM and each not in mended]
    return Exit.FAILED if bad else Exit.OK


def _mend(finding: Finding) -> bool:
    if finding.mend is None:
        return False
    try:
        finding.mend()
    except OSError as error:
        say(f"rolecall: {finding.what}: it cannot be mended: {error.strerror}.")
        return False
    return True


def _as_json(findings: Sequence[Finding], mended: Sequence[Finding]) -> dict[str, object]:
    return {
        "ok": all(each.level is not Level.PROBLEM or each in mended for each in findings),
        "findings": [
            {
                "check": each.check,
                "level": each.level.value,
                "what": each.what,
                "fix": each.fix or None,
                "mended": each in mended,
            }
            for each in findings
        ],
    }


def _table(findings: Sequence[Finding], mended: Sequence[Finding]) -> None:
    width = max(len(each.check) for each in findings)
    for each in findings:
        mark, colour = _MARKS[each.level]
        if each in mended:
            mark, colour = "done", GREEN
        print(f"{paint(mark, colour, sys.stdout)}  {each.check:<{width}}  {each.what}")
        if each.fix and each not in mended:
            print(paint(f"{'':{width + 8}}do: {each.fix}", FAINT, sys.stdout))
