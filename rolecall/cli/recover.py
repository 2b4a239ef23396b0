"""`rolecall recover <environment>`: go on after a deploy that was killed."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from rolecall.children import run_child
from rolecall.cli.environments import add_environments
from rolecall.cli.shell import say
from rolecall.environment import Environment, load_environment
from rolecall.problems import Exit, Problem
from rolecall.session import caller_identity, sts_client
from rolecall.session.guard import check_account
from rolecall.session.leftovers import iam_look_up
from rolecall.terraform import shell_environment, terraform_binary
from rolecall.terraform.recover import (
    Declared,
    Found,
    addresses_in_state,
    declared_resources,
    sort_out,
)

Terraform = Callable[..., str]
#: How long a killed deploy's Terraform may take to end.
LOCK_TIMEOUT = "20s"
#: How long Terraform may take to end, in seconds, where we are interrupted.
_TO_WRITE_ITS_STATE = 60.0
_NOBODY = "aws_iam_role.rolecall-asks-for-the-lock"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = (
        "exit codes: 0 done, or nothing was left behind; 1 Terraform fails; 2 wrong input, or "
        "credentials of another account; 5 AWS refuses; 6 AWS cannot be reached; 7 somebody else's "
        "role stands in the way, or the state is locked; 8 there is no terraform"
    )
    parser.add_argument("environment", help="tes, stg, prd …: a file in environments/")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, no more")
    parser.add_argument("--json", action="store_true", help="what was found, as JSON on stdout")
    parser.add_argument("--output", type=Path, default=Path("cdktf.out"), metavar="DIR")
    add_environments(parser)


def run(args: argparse.Namespace) -> int:
    """Import what the killed deploy made and Terraform does not know."""
    environment = load_environment(args.environment, args.environments)
    stack = args.output / "stacks" / environment.name
    declared = declared_resources(stack / "cdk.tf.json")
    caller = caller_identity(sts_client(environment.region))
    check_account(caller, environment.account_id, environment.name)
    terraform = _terraform_in(stack)
    terraform("init", "-input=false")
    _wait_for_the_lock(terraform, stack)
    in_state = addresses_in_state(terraform("state", "pull"))
    found = sort_out(declared, in_state, _look_up(environment))
    for resource in found.strangers:
        say(
            f"{resource.name} exists, but not as this stack declares it (path, tags, client IDs or "
            "metadata): somebody else made it. Look at it; then delete it, or "
            f"`{terraform_binary()} import {resource.address} {resource.identifier}` yourself."
        )
    for resource in found.leftovers:
        say(f"{'would take' if args.dry_run else 'taking'} {resource.name} into the state")
        if not args.dry_run:
            terraform("import", "-input=false", resource.address, resource.identifier)
    if args.json:
        strangers = [resource.name for resource in found.strangers]
        leftovers = [resource.name for resource in found.leftovers]
        told = {"taken": leftovers, "of_others": strangers, "dry_run": args.dry_run}
        print(json.dumps(told, indent=2))
    if found.strangers:
        return int(Exit.CONFLICT)
    if not found.leftovers:
        say("Nothing was left behind.")
    elif not args.dry_run:
        say(f"Done: run `cdktf deploy {environment.name}` again.")
    return 0


def _look_up(environment: Environment) -> Callable[[Declared], Found | None]:
    return iam_look_up(environment.region, environment.account_id, environment.partition)


def _wait_for_the_lock(terraform: Terraform, stack: Path) -> None:
    """Wait until no other Terraform works on the state: it might still be making things.

    Terraform has no command that only asks for the lock; this one takes it and, as there
    is no such resource, changes nothing.
    """
    try:
        terraform("untaint", "-allow-missing", f"-lock-timeout={LOCK_TIMEOUT}", _NOBODY)
    except Problem:
        raise Problem(
            "the state is locked: wait until the other Terraform is done; if none runs any more, "
            f"`{terraform_binary()} -chdir={stack} force-unlock` the ID that stands above.",
            Exit.CONFLICT,
        ) from None


def _terraform_in(stack: Path) -> Terraform:
    own = dict(os.environ)
    # One that names a missing file would only produce a warning at every call.
    if not Path(own.get("TF_CLI_CONFIG_FILE") or os.devnull).exists():
        del own["TF_CLI_CONFIG_FILE"]
    variables = {**shell_environment(), **own}
    program = terraform_binary(own)

    def terraform(*arguments: str) -> str:
        try:
            outcome = run_child(
                [program, *arguments],
                folder=stack,
                environment=variables,
                # One is told to end, and then writes its state and lets go of its lock.
                ending=signal.SIGINT,
                patience=_TO_WRITE_ITS_STATE,
            )
        except FileNotFoundError:
            raise Problem(
                f"{program} is not on the PATH: install Terraform 1.11 or newer, or OpenTofu "
                "and TERRAFORM_BINARY_NAME=tofu.",
                Exit.MISSING_COMPONENT,
            ) from None
        if outcome.returncode:
            sys.stderr.write(outcome.stderr)
            raise Problem(f"{program} {arguments[0]} failed; its words stand above.", Exit.FAILED)
        return outcome.stdout

    return terraform
