"""`rolecall verify <environment> <role>`: are the credentials what they should be?"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rolecall.cli.becoming import WHO_ASKS, add_role_arguments, becoming
from rolecall.cli.terminal import FAINT, GREEN, RED, paint, waiting
from rolecall.environment import load_environment
from rolecall.problems import Exit, Problem
from rolecall.session.choose import ChosenRole, choose_role
from rolecall.session.default_profile import endpoint_in_force
from rolecall.session.sts import aws_client, client_as, sts_client
from rolecall.session.verify import Check, verify

#: Options that say which role is meant, however its credentials came.
_OF_THE_ROLE = ("path", "account", "region", "environments")
_EPILOG = f"""\
Three things are looked at: the account and the role that AWS says the credentials are of,
and whether the bucket of the environment's Terraform state can be listed, as by
`aws s3 ls s3://<bucket>`. The role is assumed for it, anew each time: a kept session would
only prove that it could be assumed before. Or one looks at what is there already:

  rolecall verify tes deployer --with-profile      as aws --profile tes-repository
  rolecall verify tes deployer --current           of this shell's variables

{WHO_ASKS}
exit codes: 0 all is as it should be, 1 something is not, 2 wrong input, 5 AWS refuses the
role or the credentials, 6 AWS or the issuer cannot be reached
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--with-profile",
        nargs="?",
        const="",
        metavar="NAME",
        help="look at what this profile gives (default: <environment>-repository)",
    )
    which.add_argument(
        "--current", action="store_true", help="look at the credentials that are at hand"
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")


def run(args: argparse.Namespace) -> int:
    """Print what was found; exit code 1 where something is not as it should be."""
    chosen, sts, s3_in = _credentials(args)
    with waiting("asking AWS whose credentials these are"):
        checks = verify(sts, s3_in, chosen)
    as_it_should_be = all(check.ok is not False for check in checks)
    if args.json:
        told = {"credentials": _whence(args), **_as_json(chosen, checks, as_it_should_be)}
        print(json.dumps(told, indent=2))
    else:
        _table(chosen, checks)
    return Exit.OK if as_it_should_be else Exit.FAILED


def _credentials(args: argparse.Namespace) -> tuple[ChosenRole, Any, Callable[[str], Any]]:
    """The role, an STS client with the credentials, and how to make one of S3."""
    if args.with_profile is None and not args.current:
        args.refresh = not args.no_cache
        wanted = becoming(args)
        session = wanted.session()
        endpoint = endpoint_in_force(args.profile, os.environ)
        return (
            wanted.chosen,
            client_as(session, "sts", wanted.region, endpoint),
            lambda region: client_as(session, "s3", region, endpoint),
        )
    _refuse_what_is_not_asked(args)
    environment = load_environment(args.environment, args.environments)
    chosen = choose_role(
        environment, args.role, path=args.path, account_id=args.account, region=args.region
    )
    profile = None if args.current else args.with_profile or f"{environment.name}-repository"
    return (
        chosen,
        sts_client(chosen.region, profile),
        lambda region: aws_client("s3", region, profile),
    )


def _refuse_what_is_not_asked(args: argparse.Namespace) -> None:
    """Options that say how the role is assumed mean nothing where it is not."""
    parser = argparse.ArgumentParser(add_help=False)
    add_role_arguments(parser)
    for action in parser._actions:
        given = action.option_strings and getattr(args, action.dest) != action.default
        if given and action.dest not in _OF_THE_ROLE:
            option = "--current" if args.current else "--with-profile"
            raise Problem(
                f"{action.option_strings[-1]} says how the role is assumed, and with {option} it "
                "is not: leave one of them out."
            )


def _whence(args: argparse.Namespace) -> str:
    if args.with_profile is not None:
        return "profile"
    return "current" if args.current else "assumed"


def _as_json(chosen: ChosenRole, checks: Sequence[Check], ok: bool) -> dict[str, object]:
    return {
        "environment": chosen.environment.name,
        "role_arn": chosen.role_arn,
        "ok": ok,
        "checks": [
            {
                "check": check.name,
                "ok": check.ok,
                "found": check.found,
                "expected": check.expected or None,
                "fix": check.fix if check.ok is False else None,
            }
            for check in checks
        ],
    }


def _table(chosen: ChosenRole, checks: Sequence[Check]) -> None:
    print(chosen.role_arn)
    width = max(len(check.name) for check in checks)
    for check in checks:
        mark, colour = {True: ("ok  ", GREEN), False: ("FAIL", RED), None: ("–   ", FAINT)}[
            check.ok
        ]
        found = check.found.replace("\n", "\n" + " " * (width + 8))
        print(f"{paint(mark, colour, sys.stdout)}  {check.name:<{width}}  {found}")
        if check.ok is False:
            indent = " " * (width + 8)
            print(f"{indent}expected: {check.expected}\n{indent}do:  {check.fix}")
