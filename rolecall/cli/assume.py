"""`rolecall assume <environment> <role>`: temporary credentials of a role, in many formats."""

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

from rolecall.cli.becoming import WHO_ASKS, add_role_arguments, becoming, variables_of
from rolecall.cli.shell import STALE, say
from rolecall.problems import Problem
from rolecall.session import AssumedRole
from rolecall.session.github_env import append_to_github_env, masks
from rolecall.session.shells import WRITERS
from rolecall.session.user_file import DEFAULT_NAME, check_user_file, write_user_file

_EPILOG = f"""\
how to use the formats:
  bash, zsh    eval "$(rolecall assume tes deployer)"
  fish         rolecall assume tes deployer --format fish | source
  powershell   rolecall assume tes deployer --format powershell | Out-String | iex
  dotenv       rolecall assume tes deployer --format dotenv > .env
  github       in a job: for the steps that follow ($GITHUB_ENV), and masked in its log
  json         as the AWS CLI wants it of a `credential_process`

{WHO_ASKS}
exit codes: 2 wrong input, 5 AWS refuses, 6 AWS or the issuer cannot be reached, 7 the file
of --user-file is somebody else's
"""
_FORMATS = (*WRITERS, "github", "json")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    add_output_arguments(parser)


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare in which form the credentials are wanted."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--format", choices=_FORMATS, default="bash", help="default: bash")
    how.add_argument(
        "--json", action="store_const", const="json", dest="format", help="as --format json"
    )
    how.add_argument(
        "--user-file",
        nargs="?",
        type=Path,
        const=Path(DEFAULT_NAME),
        metavar="FILE",
        help=f"write a file to be sourced, mode 0600, instead (default: {DEFAULT_NAME} here)",
    )


def run(args: argparse.Namespace) -> int:
    """Hand the credentials over, and say on stderr what they are."""
    check_output_arguments(args)
    wanted = becoming(args)
    hand_over(args, wanted.session(), wanted.region)
    return 0


def check_output_arguments(args: argparse.Namespace) -> None:
    """Refuse a form that cannot be had here, before anything is asked for."""
    if args.format == "github" and not os.environ.get("GITHUB_ENV"):
        raise Problem("--format github works in a job of GitHub Actions: GITHUB_ENV is not set.")
    if args.user_file is not None:
        check_user_file(args.user_file)


def hand_over(args: argparse.Namespace, session: AssumedRole, region: str) -> None:
    """Print the session's credentials in the form that is wanted, and on stderr what they are."""
    variables = variables_of(session, region)
    if args.user_file is not None:
        write_user_file(args.user_file, session, variables, STALE)
        say(f"Written: {args.user_file}")
    elif args.format == "json":
        print(json.dumps(credential_process_shape(session), indent=2))
    elif args.format == "github":
        _to_github(session, variables)
    else:
        print(WRITERS[args.format](variables, STALE))
    say(f"{session.arn} until {session.expiration.isoformat()}")


def _to_github(session: AssumedRole, variables: Mapping[str, str]) -> None:
    secrets = (session.secret_access_key, session.session_token, session.access_key_id)
    # At once: what comes after must find the log masked.
    print(masks(secrets), flush=True)
    append_to_github_env(variables, os.environ)


def credential_process_shape(session: AssumedRole) -> dict[str, object]:
    """The shape of AWS's `credential_process`, so that the output serves as one."""
    return {
        "Version": 1,
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.session_token,
        "Expiration": session.expiration.isoformat(),
        "AccountId": session.account_id,
        "AssumedRoleArn": session.arn,
    }
