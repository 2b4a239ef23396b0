"""`rolecall exec <environment> <role> -- command …`: run a command as a role."""

import argparse
import os
import sys
from contextlib import ExitStack

from rolecall.cli.becoming import WHO_ASKS, Becoming, add_role_arguments, becoming, variables_of
from rolecall.cli.shell import say
from rolecall.problems import Problem
from rolecall.session.container_server import serving
from rolecall.session.default_profile import endpoint_in_force, past_the_default_profile
from rolecall.session.execute import CommandProblem, environment_of, execute
from rolecall.session.kept import KeptSession

#: `main` cuts the arguments at `--`; what follows is the command, in `args.words`.
TAKES_COMMAND = True

_EPILOG = f"""\
The command gets its credentials from an endpoint on 127.0.0.1 that every AWS SDK knows
(AWS_CONTAINER_CREDENTIALS_FULL_URI) and that renews them for as long as the command runs.
Other credentials of the environment are taken away; AWS_REGION and AWS_DEFAULT_REGION are
the region; AWS_ENDPOINT_URL and its like stay.

{WHO_ASKS}
exit codes: the command's own; 128 and the number of the signal that killed it; 126 it
cannot be run, 127 there is none. Before it starts: 2 wrong input, 5 AWS refuses, 6 AWS or
the issuer cannot be reached
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = "rolecall exec environment role [options] -- command [argument …]"
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    parser.add_argument(
        "--static",
        action="store_true",
        help="keys in variables, for tools that know no container credentials; never renewed",
    )


def run(args: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if not args.words:
        raise Problem("which command? Write it after --, as in: -- aws s3 ls")
    wanted = becoming(args)
    endpoint = endpoint_in_force(args.profile, os.environ)
    start = _static if args.static else _renewed
    try:
        return start(wanted, {} if endpoint is None else {"AWS_ENDPOINT_URL": endpoint}, args.words)
    except CommandProblem as problem:
        print(f"rolecall: {problem}", file=sys.stderr)
        return problem.code


def _static(wanted: Becoming, variables: dict[str, str], command: list[str]) -> int:
    session = wanted.session()
    say(f"{session.arn} until {session.expiration.isoformat()}")
    variables = {**variables, **variables_of(session, wanted.region)}
    return execute(command, environment_of(variables, wanted.region, os.environ))


def _renewed(wanted: Becoming, variables: dict[str, str], command: list[str]) -> int:
    kept = KeptSession(
        wanted.session,
        renewable=wanted.renewable,
        warn=lambda words: say(f"rolecall: {words}"),
        lasts_seconds=wanted.chosen.duration_seconds,
    )
    session = kept.current()
    how = "renewed" if wanted.renewable else f"until {session.expiration.isoformat()}, not renewed"
    say(f"{session.arn}, {how}")
    with ExitStack() as stack:
        variables = {**variables, "AWS_ACCOUNT_ID": session.account_id}
        variables |= stack.enter_context(past_the_default_profile())
        variables |= stack.enter_context(serving(kept.current)).variables
        return execute(command, environment_of(variables, wanted.region, os.environ))
