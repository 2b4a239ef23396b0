"""`rolecall console <environment> <role>`: a URL that signs in to the AWS console."""

import argparse
import json
import os

from rolecall.cli.becoming import WHO_ASKS, Becoming, add_role_arguments, becoming
from rolecall.cli.shell import say
from rolecall.problems import Exit, Problem
from rolecall.session.console import (
    URL_SECONDS,
    ConsoleRequest,
    SignIn,
    asks_with_a_session,
    check_of_aws,
)
from rolecall.session.one_redirect import open_in_browser

_EPILOG = f"""\
Whoever opens the URL within 15 minutes is signed in as the role: it is a secret, and goes
to stdout alone. --open starts a browser instead, and keeps it out of the list of processes.

One stays signed in for as long as the session lasts, or for --session-duration, which AWS
takes only where no other session asked for the role (role chaining).

{WHO_ASKS}
exit codes: 2 wrong input, 5 AWS refuses, 6 AWS or the issuer cannot be reached
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    parser.add_argument(
        "--destination", metavar="SERVICE|URL", help="the page to begin at: s3, or a whole URL"
    )
    parser.add_argument(
        "--session-duration",
        type=int,
        metavar="SECONDS",
        help="how long one stays signed in, 900 to 43200",
    )
    parser.add_argument(
        "--issuer", help="the URL of your own sign-in page, for when the time is over"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--open", action="store_true", help="open a browser; print nothing")
    how.add_argument("--json", action="store_true", help="JSON instead of the URL alone")


def run(args: argparse.Namespace) -> int:
    """Print the URL on stdout, or open it."""
    wanted = becoming(args)
    given = {} if args.issuer is None else {"issuer": args.issuer}
    request = ConsoleRequest(
        partition=wanted.chosen.environment.partition,
        region=wanted.region,
        destination=args.destination,
        session_seconds=args.session_duration,
        **given,
    )
    sign_in = SignIn.of(request.site, os.environ)
    _check(args, wanted)
    session = wanted.session()
    url = sign_in.url_for(session, request)
    if args.open:
        open_in_browser(url)
    elif args.json:
        print(json.dumps({"url": url, "valid_seconds": URL_SECONDS, "arn": session.arn}, indent=2))
    else:
        print(url)
    say(f"{session.arn}; the URL is good for {URL_SECONDS // 60} minutes.")
    return Exit.OK


def _check(args: argparse.Namespace, wanted: Becoming) -> None:
    """What AWS would refuse only after the session has been sent to it."""
    client = wanted.client()
    check_of_aws(client.meta.endpoint_url, os.environ)
    chained = bool(args.via) or (wanted.request.signed and asks_with_a_session(client))
    if chained and args.session_duration is not None:
        raise Problem(
            "--session-duration does not go with role chaining: another session asks for the "
            "role, and then AWS takes none. Leave it out, or start from a user's keys."
        )
