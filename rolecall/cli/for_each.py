"""`rolecall for-each --environments tes,stg -- command …`: a command in many environments."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from difflib import get_close_matches
from pathlib import Path

from rolecall.cli.becoming import (
    WHO_ASKS,
    Becoming,
    add_cache_arguments,
    add_via,
    becoming,
    start_of,
    variables_of,
)
from rolecall.cli.proof import add_arguments
from rolecall.cli.shell import say
from rolecall.cli.switch import starts_from_a_role
from rolecall.cli.terminal import FAINT, GREEN, RED, paint
from rolecall.environment import load_environments
from rolecall.environment.problem import listed
from rolecall.policy.errors import quoted
from rolecall.problems import Exit, Problem
from rolecall.session.container_server import serving
from rolecall.session.default_profile import endpoint_in_force, past_the_default_profile
from rolecall.session.each import Outcome, Running, Sink, for_each, run_prefixed
from rolecall.session.execute import KILLED, environment_of
from rolecall.session.guard import confirm
from rolecall.session.kept import KeptSession
from rolecall.session.sts import client_as

#: `main` cuts the arguments at `--`; what follows is the command, in `args.words`.
TAKES_COMMAND = True

_MOST_AT_ONCE = 32
_EPILOG = f"""\
The command runs once an environment, with credentials of its role as `rolecall exec` gives
them, and ROLECALL_ENVIRONMENT is the environment's name. Before each, AWS is asked whose
credentials those are: of another account or role, the command does not run. Every line of
its output begins with the environment; it reads nothing (stdin is empty).

  rolecall for-each --environments tes,stg -- aws s3 ls
  rolecall for-each --environments all --except identity --parallel 4 --role auditor -- ./audit
  rolecall for-each --environments all --via identity/hub --github-token -- ./audit

{WHO_ASKS}
exit codes: 0 it ended well everywhere, 1 it failed or did not run somewhere, 2 wrong input,
5 or 6 the role of --via cannot be had, 128 and the number of a signal that ended it
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = "rolecall for-each --environments NAMES [options] -- command [argument …]"
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--environments",
        dest="names",
        required=True,
        metavar="NAMES",
        help="tes,stg … or all: every file in environments/",
    )
    parser.add_argument("--except", dest="left_out", metavar="NAMES", help="of all, but not these")
    parser.add_argument(
        "--directory",
        dest="environments",
        type=Path,
        default=Path("environments"),
        metavar="DIR",
        help="where the environments' files are (default: environments)",
    )
    parser.add_argument(
        "--role", default="reader", help="in each environment (default: reader)", metavar="NAME"
    )
    parser.add_argument("--path", help="the roles' path, where they have one: /ci/")
    parser.add_argument("--duration", type=int, metavar="SECONDS", help="as for rolecall assume")
    parser.add_argument("--session-name", help="shows in CloudTrail (default: the login name)")
    parser.add_argument("--region", help="the same everywhere (default: each environment's)")
    parser.add_argument(
        "--parallel",
        type=int,
        default=1,
        metavar="N",
        help=f"so many at a time, 1 to {_MOST_AT_ONCE} (default 1)",
    )
    parser.add_argument(
        "--stop-on-failure", action="store_true", help="start no more after the first failure"
    )
    parser.add_argument(
        "--static",
        action="store_true",
        help="keys in variables, for tools that know no container credentials; never renewed",
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON document at the end, output included"
    )
    add_arguments(parser)
    add_via(parser)
    add_cache_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command everywhere, and say at the end how it went."""
    if not args.words:
        raise Problem("which command? Write it after --, as in: -- aws s3 ls")
    if not 1 <= args.parallel <= _MOST_AT_ONCE:
        raise Problem(f"--parallel {args.parallel} is not possible: write 1 to {_MOST_AT_ONCE}.")
    names = _names(args)
    if len(names) > 1 and not args.via:
        _check_usable_often(args)
    wanted = _everywhere(args, names)
    sink = Sink(sys.stdout.buffer, sys.stderr.buffer, keep=args.json)
    running = Running()
    with ExitStack() as stack:
        variables = {} if args.static else stack.enter_context(past_the_default_profile())
        endpoint = endpoint_in_force(args.profile, os.environ)
        one = _runner(args, wanted, variables, endpoint, running, sink)
        outcomes = for_each(
            names,
            one,
            parallel=args.parallel,
            stop_on_failure=args.stop_on_failure,
            running=running,
        )
    if args.json:
        print(json.dumps({"command": args.words, "outcomes": _as_json(outcomes)}, indent=2))
    _summary(outcomes)
    if sink.failure is not None:
        raise Problem(f"stdout cannot be written: {sink.failure}.", Exit.FAILED)
    if running.signal is not None:
        return KILLED + running.signal
    return Exit.OK if all(outcome.ok for outcome in outcomes) else Exit.FAILED


def _names(args: argparse.Namespace) -> list[str]:
    known = [environment.name for environment in load_environments(args.environments)]
    left_out = _listed(args.left_out or "", known, "--except")
    chosen = known if args.names == "all" else _listed(args.names, known, "--environments")
    names = [name for name in chosen if name not in left_out]
    if not names:
        raise Problem(f"no environment is left: {listed(known)} are known; name some of them.")
    return names


def _listed(text: str, known: Sequence[str], option: str) -> list[str]:
    names = list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            meant = f' Did you mean "{near[0]}"?' if near else ""
            raise Problem(
                f"{option}: there is no environment {quoted(name)}.{meant} Known environments: "
                f"{listed(known)}."
            )
    return names


def _check_usable_often(args: argparse.Namespace) -> None:
    if args.saml_assertion == "-":
        raise Problem(
            "--saml-assertion - is read once, and there are several environments: give a file, or "
            "a central role to start from with --via."
        )
    if args.mfa_serial is not None and args.mfa_process is None:
        raise Problem(
            "every environment would want a code of its own, and AWS takes each code once: give "
            "--mfa-process, or a central role to start from with --via."
        )


def _everywhere(args: argparse.Namespace, names: Sequence[str]) -> dict[str, Becoming]:
    """What is wanted in each environment, checked before anything is run in the first."""
    start = start_of(args)

    def one(name: str, chained: bool = False) -> Becoming:
        here = argparse.Namespace(**{**vars(args), "environment": name, "account": None})
        return becoming(here, start, chained=chained)

    wanted = {name: one(name) for name in names}
    first = wanted[names[0]]
    if start is not None:
        say(f"from {start.session().arn}")
    elif first.request.signed and starts_from_a_role(first):
        wanted = {name: one(name, chained=True) for name in names}
    return wanted


def _runner(
    args: argparse.Namespace,
    everywhere: dict[str, Becoming],
    variables: dict[str, str],
    endpoint: str | None,
    running: Running,
    sink: Sink,
) -> Callable[[str], Outcome]:
    width = max(map(len, everywhere))
    if endpoint is not None:
        variables = {**variables, "AWS_ENDPOINT_URL": endpoint}

    def one(name: str) -> Outcome:
        wanted = everywhere[name]
        chosen = wanted.chosen
        outcome = Outcome(name, chosen.account_id, chosen.name)
        label = f"{name:<{width}} |"
        prefix = (
            f"{paint(label, FAINT, sys.stdout)} ".encode(),
            f"{paint(label, FAINT, sys.stderr)} ".encode(),
        )
        try:
            kept = KeptSession(
                wanted.session,
                renewable=wanted.renewable,
                warn=lambda words: say(f"rolecall: {name}: {words}"),
            )
            session = kept.current()
            confirm(client_as(session, "sts", wanted.region, endpoint), chosen.role_arn)
            given = {**variables, "ROLECALL_ENVIRONMENT": name}
            with ExitStack() as stack:
                if args.static:
                    given |= variables_of(session, wanted.region)
                else:
                    given["AWS_ACCOUNT_ID"] = session.account_id
                    given |= stack.enter_context(serving(kept.current)).variables
                code, out, err = run_prefixed(
                    args.words,
                    environment_of(given, wanted.region, os.environ),
                    prefix=prefix,
                    running=running,
                    sink=sink,
                )
        except Problem as problem:
            return Outcome(name, chosen.account_id, chosen.name, problem=str(problem))
        return Outcome(
            outcome.environment, outcome.account_id, outcome.role, code, stdout=out, stderr=err
        )

    return one


def _summary(outcomes: Sequence[Outcome]) -> None:
    names = max(len(outcome.environment) for outcome in outcomes)
    roles = max(len(outcome.role or "") for outcome in outcomes)
    for outcome in outcomes:
        who = f"{outcome.account_id or '':12}  {outcome.role or '':{roles}}"
        how = paint(outcome.in_words, GREEN if outcome.ok else RED, sys.stderr)
        took = f"  {outcome.seconds:.1f} s" if outcome.seconds else ""
        say(f"{outcome.environment:{names}}  {who}  {how}{took}")


def _as_json(outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    return [
        {
            "environment": outcome.environment,
            "account": outcome.account_id,
            "role": outcome.role,
            "ok": outcome.ok,
            "exit_code": outcome.exit_code,
            "problem": outcome.problem,
            "seconds": outcome.seconds,
            "stdout": outcome.stdout.decode("utf-8", "replace"),
            "stderr": outcome.stderr.decode("utf-8", "replace"),
        }
        for outcome in outcomes
    ]
