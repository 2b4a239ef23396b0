"""`rolecall serve <environment> <role>`: credentials for containers, in the foreground."""

import argparse
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rolecall.cli.becoming import WHO_ASKS, add_role_arguments, becoming
from rolecall.cli.shell import say
from rolecall.problems import Exit, Problem
from rolecall.session.container_server import serving
from rolecall.session.default_profile import endpoint_in_force
from rolecall.session.execute import OF_CREDENTIALS
from rolecall.session.kept import KeptSession
from rolecall.session.serve_token import TOKEN_OF_SERVE, ServeToken, serve_token
from rolecall.session.shells import WRITERS

_EPILOG = f"""\
Listens on 127.0.0.1 only. Containers reach it where they share the network of this
process: `docker run --network host`, or this command in a container of its own and the
others with `network_mode: service:…`, or as a sidecar in a pod.

The token that clients must send is, the first that applies: the content of --token-file,
which is made where it is missing and removed at the end; {TOKEN_OF_SERVE} of the
environment; a random one. The variables to set are printed on stdout, once it is ready.

{WHO_ASKS}
exit codes: 0 stopped by Ctrl-C or SIGTERM, 2 wrong input, 5 AWS refuses, 6 AWS or the
issuer cannot be reached
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="holds the token, for a shared volume"
    )
    parser.add_argument(
        "--format", choices=(*WRITERS, "json"), default="bash", help="of the variables on stdout"
    )
    parser.add_argument(
        "--json", action="store_const", const="json", dest="format", help="as --format json"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    if not 0 <= args.port <= 65535:
        raise Problem(f"{args.port} is not a port: write a number from 1 to 65535, or 0.")
    wanted = becoming(args)
    kept = KeptSession(
        wanted.session,
        renewable=wanted.renewable,
        warn=lambda words: say(f"rolecall: {words}"),
        lasts_seconds=wanted.chosen.duration_seconds,
    )
    with (
        _until_a_signal() as ended,
        serve_token(args.token_file, os.environ) as token,
        serving(kept.current, token.value, args.port) as server,
    ):
        variables = {**server.variables, "AWS_REGION": wanted.region}
        if endpoint := endpoint_in_force(args.profile, os.environ):
            variables["AWS_ENDPOINT_URL"] = endpoint
        _print(args.format, variables, token)
        say(f"{kept.current().arn} on {server.url}; Ctrl-C ends it.")
        ended.wait()
    return Exit.OK


def _print(form: str, variables: dict[str, str], token: ServeToken) -> None:
    shown = token.in_place_of(variables) | {"AWS_DEFAULT_REGION": variables["AWS_REGION"]}
    if form == "json":
        print(json.dumps(shown, indent=2), flush=True)
    else:
        print(WRITERS[form](shown, OF_CREDENTIALS), flush=True)


@contextmanager
def _until_a_signal() -> Iterator[threading.Event]:
    ended = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: ended.set()) for number in numbers]
    try:
        yield ended
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
