"""`rolecall init DIRECTORY`: a new project that deploys to the embedded AWS at once."""

import argparse
import re
import shlex
from pathlib import Path

from rolecall.cli.shell import say
from rolecall.problems import Exit, printable
from rolecall.starting import Answers, parse_accounts, project_files, write_project
from rolecall.starting.answers import EXAMPLE_ACCOUNTS

_EPILOG = """\
What it writes: a file for each environment, a stack with two roles, tests of who may become
them, an app for `cdktf deploy`, and a pipeline for GitHub Actions (docs/tutorial.md).

  rolecall init shop
  rolecall init shop --accounts tes=111122223333,prd=444455556666,identity=777788889999 \\
      --region eu-west-1 --repository acme/shop

`identity` names the account that your people are in. Nothing is written where there is
something already.

exit codes: 0; 1 it cannot be written; 2 wrong input, or the folder is not empty
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "directory", type=Path, metavar="DIRECTORY", help="a folder that is new or empty"
    )
    parser.add_argument("--name", help="of the project (default: the folder's name)")
    parser.add_argument(
        "--accounts",
        default=EXAMPLE_ACCOUNTS,
        metavar="NAME=ID,…",
        help=f"environments and their accounts (default: {EXAMPLE_ACCOUNTS}, to be replaced)",
    )
    parser.add_argument("--region", default="eu-central-1", help="default: eu-central-1")
    parser.add_argument(
        "--repository",
        metavar="OWNER/NAME",
        help="on GitHub, whose jobs deploy (default: acme/ and the project's name)",
    )
    parser.add_argument(
        "--wheel",
        type=Path,
        metavar="FILE",
        help="take Rolecall from this wheel instead of a package index",
    )


def run(args: argparse.Namespace) -> int:
    """Check what was said, write the project, and say what to do next."""
    name = args.directory.absolute().name if args.name is None else args.name
    accounts, identity = parse_accounts(args.accounts)
    repository = args.repository
    if repository is None:
        repository = f"acme/{re.sub('[^A-Za-z0-9._-]', '-', name)[:100] or 'project'}"
    answers = Answers(
        name=name,
        accounts=accounts,
        region=args.region,
        repository=repository,
        identity=identity,
        wheel=args.wheel,
    )
    made = write_project(args.directory, project_files(answers))
    say(f"{printable(str(made))}: {len(accounts)} environments, {answers.first} first.")
    folder = printable(shlex.quote(str(args.directory)))
    if answers.embedded:
        say(f"Next: cd {folder} && make setup test deploy")
    else:
        say("The embedded AWS has the partition aws only: deploy to AWS, as README.md says.")
        say(f"Next: cd {folder} && make setup test")
    return int(Exit.OK)
