"""`rolecall cache list|clear`: the sessions that are kept."""

import argparse
import json
import os
from datetime import datetime

from rolecall.cli.shell import say
from rolecall.policy.errors import printable
from rolecall.problems import Exit
from rolecall.session.clock import utc_now
from rolecall.session.kept_files import KeptFile, clear, kept_files
from rolecall.session.place import Folders

_EPILOG = """\
Sessions are kept so that many commands ask AWS once. Those that a profile of ~/.aws/config
leads the AWS CLI to as well are kept in its folder, ~/.aws/cli/cache; all others in
$XDG_CACHE_HOME/rolecall, else ~/.cache/rolecall. Every file is its owner's alone.

A session that is no longer kept still lasts: only AWS can end it (IAM: revoke sessions).

exit codes: 0; 2 wrong input
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    commands = parser.add_subparsers(dest="action", metavar="action", required=True)
    listing = commands.add_parser("list", help="what is kept, without its secrets")
    listing.add_argument("--json", action="store_true", help="JSON instead of a table")
    clearing = commands.add_parser("clear", help="remove what is kept")
    clearing.add_argument(
        "--shared", action="store_true", help="the roles' sessions in ~/.aws/cli/cache as well"
    )
    clearing.add_argument("--json", action="store_true", help="JSON instead of words")


def run(args: argparse.Namespace) -> int:
    """List, or clear."""
    folders = Folders.of(os.environ)
    if args.action == "clear":
        number = clear(folders, shared=args.shared)
        if args.json:
            print(json.dumps({"removed": number}))
        else:
            say(f"Removed: {number}.")
        return Exit.OK
    found, now = kept_files(folders), utc_now()
    if args.json:
        print(json.dumps([_as_json(one, now) for one in found], indent=2))
        return Exit.OK
    for one in found:
        until = "" if one.expiration is None else one.expiration.isoformat()
        store = "aws-cli" if one.shared else "rolecall"
        print(f"{_state(one, now):<8}  {store:<8}  {until:<25}  {_name(one)}")
    if not found:
        say("Nothing is kept.")
    return Exit.OK


def _state(one: KeptFile, now: datetime) -> str:
    if one.expiration is None:
        return "broken"
    if one.expiration <= now:
        return "ended"
    return "embedded" if one.embedded else "good"


def _name(one: KeptFile) -> str:
    return printable(str(one.file) if one.arn is None else one.arn)


def _as_json(one: KeptFile, now: datetime) -> dict[str, object]:
    return {
        "state": _state(one, now),
        "shared": one.shared,
        "arn": one.arn,
        "expiration": None if one.expiration is None else one.expiration.isoformat(),
        "file": str(one.file),
    }
