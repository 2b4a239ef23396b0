"""`rolecall local up|down|status|env|clock|quota|saml|token|issuer`: the embedded AWS."""

import argparse
import json
import os
import re
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from rolecall.cli import local_issuer, local_saml, local_token
from rolecall.cli.environments import add_environments
from rolecall.cli.shell import STALE, say, shell_lines
from rolecall.extras import need
from rolecall.home import below_home, rolecall_home
from rolecall.local.lifecycle import (
    DEFAULT_PORT,
    Running,
    claim,
    down,
    find,
    listen,
    require,
    server_environment,
    up,
)
from rolecall.local.rundir import RunDir
from rolecall.policy import is_account_id, partition_of_region
from rolecall.problems import Exit, Problem

#: What would send some services, or a browser login, past the embedded AWS.
_STALE = (
    *STALE,
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_S3",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_DEFAULT_REGION = "us-east-1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = (
        "exit codes: 0 done; for status: 0 it runs, 6 it does not; 1 it does not start or end; 2 "
        "wrong input; 6 it does not run; 7 its port or its directory is somebody else's"
    )
    commands = parser.add_subparsers(dest="local_command", metavar="command", required=True)

    start = commands.add_parser("up", help="start the embedded AWS")
    start.add_argument(
        "--port", type=int, help=f"a port of 127.0.0.1, 0 for any (default {DEFAULT_PORT})"
    )
    keep = start.add_mutually_exclusive_group()
    keep.add_argument("--state-dir", type=Path, metavar="DIR", help="where the state is kept")
    keep.add_argument("--ephemeral", action="store_true", help="keep no state")
    start.add_argument("--foreground", action="store_true", help="stay, and log to stderr")

    commands.add_parser("down", help="save the state and stop")

    status = commands.add_parser("status", help="does it run, and where")
    status.add_argument("--json", action="store_true", help="JSON instead of text")

    clock = commands.add_parser(
        "clock", help="move the clock that sessions, one-time codes and policies see"
    )
    clock.add_argument("move", metavar="+SECONDS|reset", help="ahead by so much, or real again")

    quota = commands.add_parser("quota", help="raise the size that a trust policy may have")
    quota.add_argument("characters", type=int, help="2048 to 4096, for every account")

    local_saml.configure(commands)
    local_token.configure(commands)
    local_issuer.configure(commands)

    env = commands.add_parser("env", help="shell exports for an environment or account")
    whose = env.add_mutually_exclusive_group(required=True)
    whose.add_argument("environment", nargs="?", help="tes, stg, prd …: a file in environments/")
    whose.add_argument("--account", metavar="ID", help="any account: its 12 digits")
    env.add_argument("--region", help=f"default: the environment's, else {_DEFAULT_REGION}")
    env.add_argument("--json", action="store_true", help="JSON instead of shell exports")
    add_environments(env)


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""
    commands = {"up": _up, "down": _down, "status": _status, "env": _env}
    commands |= {"clock": _clock, "quota": _quota, "saml": local_saml.run}
    commands |= {"token": local_token.run, "issuer": local_issuer.run}
    return commands[args.local_command](args)


def _up(args: argparse.Namespace) -> int:
    # Before a process is started whose end would be told by its log.
    need("local")
    run_dir = RunDir.find()
    state = None if args.ephemeral else below_home(str(args.state_dir or run_dir.state)).absolute()
    if args.port is not None and not 0 <= args.port <= 65535:
        raise Problem(
            f"{args.port} is not a port: write a number from 1 to 65535, or 0 for any free one."
        )
    if args.foreground:
        return _foreground(run_dir, args.port, state)
    start = time.monotonic()
    running, started = up(
        run_dir,
        port=args.port,
        state=state,
        state_asked=args.ephemeral or args.state_dir is not None,
        say=say,
    )
    if started:
        say(f"Ready after {time.monotonic() - start:.1f} s. {_kept(running)}")
        say(f'Next: eval "$(rolecall local env {_somebody()})"')
    else:
        say(f"The embedded AWS already runs on {running.url} (process {running.pid}).")
    return Exit.OK


def _somebody() -> str:
    from rolecall.environment import EnvironmentProblem, environment_names

    # As an example: what the project here has, else any account.
    try:
        names = environment_names(Path("environments"))
    except EnvironmentProblem:
        return "--account 111122223333"
    return "tes" if "tes" in names else names[0]


def _kept(running: Running) -> str:
    if running.state is None:
        return "Nothing is kept when it stops."
    return f"State: {running.state}"


def _foreground(run_dir: RunDir, port: int | None, state: Path | None) -> int:
    from rolecall.local.serve import log_to_stderr, serve

    with claim(run_dir) as lock:
        if lock is None:
            raise Problem(
                "The embedded AWS already runs here; stop it with `rolecall local down`.",
                Exit.CONFLICT,
            )
        environment = server_environment()
        os.environ.clear()
        os.environ.update(environment)
        log_to_stderr()
        with listen(DEFAULT_PORT if port is None else port) as listener:
            serve(run_dir, listener, state)
    return Exit.OK


def _down(_args: argparse.Namespace) -> int:
    if down(RunDir.find(), say):
        say("The embedded AWS has stopped.")
    else:
        say("The embedded AWS is not running.")
    return Exit.OK


def _status(args: argparse.Namespace) -> int:
    running = find(RunDir.find())
    if running is None:
        if args.json:
            print(json.dumps({"running": False}))
        else:
            print("The embedded AWS is not running; start it with `rolecall local up`.")
        return Exit.UNREACHABLE
    told = running.control.status()
    uptime = datetime.now(UTC) - datetime.fromisoformat(running.started_at)
    facts = {
        "running": True,
        "url": running.url,
        "port": running.port,
        "pid": running.pid,
        "uptime_seconds": max(0, int(uptime.total_seconds())),
        "state": running.state,
        "accounts": told["accounts"],
        "clock_offset_seconds": told["clock_offset_seconds"],
    }
    if args.json:
        print(json.dumps(facts, indent=2))
        return Exit.OK
    print(f"running    {running.url} (process {running.pid})")
    print(f"since      {running.started_at} ({facts['uptime_seconds']} s)")
    print(f"accounts   {', '.join(told['accounts']) or 'none'}")
    print(f"state      {running.state or 'not kept'}")
    if told["clock_offset_seconds"]:
        print(f"clock      {told['clock_offset_seconds']:g} s ahead of the real time")
    return Exit.OK


def _clock(args: argparse.Namespace) -> int:
    if args.move == "reset":
        given: dict[str, object] = {"reset": True}
    elif re.fullmatch(r"\+[0-9]{1,9}", args.move):
        given = {"advance_seconds": int(args.move)}
    else:
        raise Problem(f"{args.move!r} is no move of the clock: write +SECONDS or reset.")
    told = require(RunDir.find()).control.call("POST", "clock", given)
    say(f"The embedded AWS's clock says {told['now']}.")
    return Exit.OK


def _quota(args: argparse.Namespace) -> int:
    given = {"characters": args.characters}
    require(RunDir.find()).control.call("POST", "trust-policy-quota", given)
    say(f"A trust policy may have {args.characters} characters now.")
    return Exit.OK


def _env(args: argparse.Namespace) -> int:
    bucket: tuple[str, str] | None = None
    if args.region is not None and partition_of_region(args.region) is None:
        raise Problem(f"{args.region!r} is not an AWS region; it looks like eu-central-1.")
    if args.account is not None:
        if not is_account_id(args.account):
            raise Problem(f"{args.account!r} is not an AWS account id: write its 12 digits.")
        account, region = args.account, args.region or _DEFAULT_REGION
    else:
        from rolecall.environment import S3State, load_environment

        environment = load_environment(args.environment, args.environments)
        account, region = environment.account_id, args.region or environment.region
        if isinstance(environment.state, S3State):
            bucket = environment.state.bucket, environment.state.region
    running = require(RunDir.find())
    key = running.control.administrator(account)
    if bucket and running.control.state_bucket(account, *bucket):
        say(f"Made the state bucket {bucket[0]}.")
    variables = {
        "AWS_ENDPOINT_URL": running.url,
        "AWS_ACCESS_KEY_ID": key["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": key["secret_access_key"],
        "AWS_ACCOUNT_ID": account,
        # Some SDKs read the one, some the other.
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # Without this, an SDK that finds no key asks 169.254.169.254 for seconds.
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_DATA_DIR": _terraform_memory(),
        **_terraform_variables(),
    }
    if args.json:
        print(json.dumps({"export": variables, "unset": list(_STALE)}, indent=2))
    else:
        print(shell_lines(variables, _STALE))
    say(f"The administrator of account {account} in the embedded AWS on {running.url}, {region}.")
    return Exit.OK


def _terraform_memory() -> str:
    """A folder beside each stack where Terraform remembers which state the stack has.

    A memory of its own for each home of an embedded AWS keeps Terraform from offering to
    migrate the state of one cloud into that of another.
    """
    return f".terraform.embedded-{sha256(str(rolecall_home()).encode()).hexdigest()[:8]}"


def _terraform_variables() -> dict[str, str]:
    from rolecall.terraform import shell_environment

    try:
        return shell_environment()
    except Problem as problem:
        # Only `cdktf deploy` needs them; boto3 and the AWS CLI work all the same.
        say(f"Note: {problem}")
        return {}
