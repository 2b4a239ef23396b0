"""`rolecall compare OLD.json NEW.json`: who gains access by a change of a trust policy."""

import argparse
import json
import sys
from pathlib import Path
from typing import TextIO

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument, check_account_id
from rolecall.policy.compare import Comparison, Outcome, compare
from rolecall.problems import Exit, Problem
from rolecall.review.as_json import comparison_json

_EPILOG = """\
The answer stands in the first line: same, narrower, wider, both or undecided. Each
difference comes with one request that the one policy lets in and the other does not.

  rolecall compare trust-before.json trust-after.json --account 111122223333

exit codes: 0 same or narrower; 2 wrong input; 3 wider, or both; 4 undecided
"""
_EXITS = {
    Outcome.SAME: Exit.OK,
    Outcome.NARROWER: Exit.OK,
    Outcome.WIDER: Exit.WIDER,
    Outcome.BOTH: Exit.WIDER,
    Outcome.UNDECIDED: Exit.UNDECIDED,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("old", type=Path, metavar="OLD.json", help="the trust policy as it was")
    parser.add_argument("new", type=Path, metavar="NEW.json", help="the trust policy as it will be")
    parser.add_argument(
        "--account",
        metavar="ID",
        help="the account of the role (default: unknown, so every account may be its own)",
    )
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Compare, and print the answer."""
    if args.account is not None:
        check_account_id(args.account)
    comparison = compare(_read(args.old), _read(args.new), account=args.account, tokens=TOKEN_KEYS)
    if args.json:
        json.dump(comparison_json(comparison), sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        tell(comparison, sys.stdout)
    return int(_EXITS[comparison.verdict])


def _read(path: Path) -> PolicyDocument:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Problem(f"{path} is not UTF-8 text; save it as such.") from None
    try:
        return PolicyDocument.parse(text)
    except Problem as problem:
        raise Problem(f"{path}: {problem}") from None


def tell(comparison: Comparison, out: TextIO) -> None:
    """The answer for a person."""
    print(comparison.verdict, file=out)
    for each in (*comparison.gains, *comparison.losses):
        sign, other = ("+", "old") if each.gain else ("-", "new")
        print(f"{sign} {each.words()}", file=out)
        print(f"    By the {other} policy: {each.refused.explain()}", file=out)
        if each.also:
            print(f"    The same goes for {_listed(each.also)}.", file=out)
    for open_ in comparison.undecided:
        print(f"? {open_.words()}", file=out)
        if open_.also:
            print(f"    The same goes for {_listed(open_.also)}.", file=out)
    print("Assumed:", file=out)
    for assumption in comparison.assumptions:
        print(f"  {assumption}", file=out)


def _listed(names: tuple[str, ...]) -> str:
    shown = names if len(names) <= 4 else (*names[:3], f"{len(names) - 3} more")
    return "; ".join(shown)
