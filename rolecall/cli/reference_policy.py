"""`rolecall reference-policy`: a change of trust policies, for IAM Access Analyzer's checks."""

import argparse
import json
from pathlib import Path

from rolecall.cli.review_sources import add_sources, snapshots
from rolecall.cli.shell import say
from rolecall.files import write_whole
from rolecall.problems import Exit, Problem
from rolecall.review.reference_policy import files, references

_EPILOG = """\
Writes, for each role whose trust policy changes, the policy as it was (the reference) and as
it will be, and check.sh, which asks IAM Access Analyzer for CheckNoNewAccess and
CheckNoPublicAccess. Nothing is asked here, and AWS charges for each check.

  rolecall reference-policy --synthesized before after --output analyzer
  sh analyzer/check.sh

A policy with a value that is known after apply only cannot be checked by AWS: it is left out
by name, in index.json and on stderr.

exit codes: 0 everything is written; 2 wrong input; 4 something had to be left out
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_sources(parser)
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="where the files go: a new folder, an empty one, or one that this wrote",
    )
    parser.add_argument(
        "--all", action="store_true", help="also roles whose trust policy stays as it is"
    )
    parser.add_argument("--json", action="store_true", help="print index.json instead of paths")


def run(args: argparse.Namespace) -> int:
    """Write the files; what is left out is said on stderr."""
    found, left = references(snapshots(args), unchanged=args.all)
    texts = files(found, left)
    _check_folder(args.output)
    try:
        for name, text in texts.items():
            path = args.output / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text.encode())
    except OSError as error:
        raise Problem(f"{args.output} cannot be written: {error.strerror}.", Exit.FAILED) from None
    if args.json:
        print(texts["index.json"], end="")
    else:
        for each in json.loads(texts["index.json"])["roles"]:
            print(f"{args.output / each['folder']}  {', '.join(each['checks'])}")
    for out in left:
        who = f"{out.role} ({out.environment})" if out.role else out.environment
        say(f"Left out: {who}: {out.why}")
    if not found:
        say("No trust policy changes." if not left else "Nothing could be written for AWS.")
    return Exit.UNDECIDED if left else Exit.OK


def _check_folder(folder: Path) -> None:
    """What an earlier run left would be checked again, and somebody else's file be hidden."""
    try:
        there = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    except OSError as error:
        raise Problem(f"{folder} cannot be read: {error.strerror}.") from None
    if not there:
        return
    if "index.json" not in there:
        raise Problem(f"{folder} holds other files; name a new folder, or an empty one.")
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        old = [folder / each["folder"] for each in index["roles"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise Problem(f"{folder / 'index.json'} is not ours; name a new folder.") from None
    root = folder.resolve()
    for place in old:
        if root not in place.resolve().parents:
            raise Problem(f"{folder / 'index.json'} is not ours; name a new folder.")
        for name in _WRITTEN:
            (place / name).unlink(missing_ok=True)


_WRITTEN = (
    "existing.json",
    "new.json",
    "check-no-new-access.json",
    "check-no-public-access.json",
)
