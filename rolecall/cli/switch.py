"""`rolecall switch <environment> <role>`: from the credentials at hand to another role."""

import argparse

from rolecall.cli.assume import add_output_arguments, check_output_arguments, hand_over
from rolecall.cli.becoming import WHO_ASKS, Becoming, add_role_arguments, becoming
from rolecall.cli.shell import say
from rolecall.cli.terminal import waiting
from rolecall.session.guard import role_of_session
from rolecall.session.identity import caller_identity

_EPILOG = f"""\
As `rolecall assume`, but it looks first at whose credentials are at hand, says so, and
knows AWS's limit: from one role's session to the next role (role chaining), sessions last
an hour at most, whatever the roles allow. So one goes from a central role to many accounts:

  eval "$(rolecall assume identity hub)"
  eval "$(rolecall switch stg reader)"          from the session of identity-hub
  eval "$(rolecall switch stg reader --via identity/hub)"      both at once

After an `eval` the variables are those of the new role. The way back is a new shell, or
`rolecall exec`, which leaves the shell's own credentials alone.

{WHO_ASKS}
exit codes: 2 wrong input, 5 AWS refuses, 6 AWS or the issuer cannot be reached, 7 the file
of --user-file is somebody else's
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    add_output_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Say whose credentials are at hand, and become the role from there."""
    check_output_arguments(args)
    wanted = becoming(args)
    if wanted.request.signed and not args.via and starts_from_a_role(wanted):
        wanted = becoming(args, chained=True)
    hand_over(args, wanted.session(), wanted.region)
    return 0


def starts_from_a_role(wanted: Becoming) -> bool:
    """Ask whose credentials are at hand, and say it; whether they are a role's session."""
    with waiting("asking AWS whose credentials these are"):
        caller = caller_identity(wanted.client())
    chained = role_of_session(caller.arn) is not None
    hour = "; a role's session, so the next one lasts an hour at most" if chained else ""
    say(f"from {caller.arn}{hour}")
    return chained
