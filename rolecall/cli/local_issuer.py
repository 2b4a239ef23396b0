"""`rolecall local issuer connect|list|disconnect`: issuers that run on this machine."""

import argparse
import json
from pathlib import Path

from rolecall.cli.shell import say
from rolecall.home import below_home
from rolecall.local.lifecycle import require
from rolecall.local.rundir import RunDir
from rolecall.problems import Exit, Problem


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments."""
    issuer = commands.add_parser("issuer", help="OpenID Connect issuers that run on this machine")
    kinds = issuer.add_subparsers(dest="issuer_command", metavar="command", required=True)

    connect = kinds.add_parser("connect", help="say where an issuer's URL really leads")
    connect.add_argument("url", help="the iss of its tokens: https, without a port")
    connect.add_argument("address", help="where it listens: 127.0.0.1:8443")
    connect.add_argument(
        "--ca", type=Path, metavar="FILE", help="PEM of its authority (default: the system's)"
    )

    listed = kinds.add_parser("list", help="which issuers are on this machine")
    listed.add_argument("--json", action="store_true", help="JSON instead of text")

    disconnect = kinds.add_parser(
        "disconnect", help="forget where an issuer is, or the stand-in of one"
    )
    disconnect.add_argument("url")


def run(args: argparse.Namespace) -> int:
    """Run one of the commands."""
    commands = {"connect": _connect, "list": _list, "disconnect": _disconnect}
    return commands[args.issuer_command](args)


def _connect(args: argparse.Namespace) -> int:
    given = {"issuer": args.url, "address": args.address, "ca": _certificate(args.ca)}
    told = require(RunDir.find()).control.call("POST", "oidc/connect", given)
    say(f"{told['issuer']} is asked at {told['address']}.")
    return Exit.OK


def _list(args: argparse.Namespace) -> int:
    told = require(RunDir.find()).control.call("GET", "oidc/connections")
    if args.json:
        print(json.dumps(told, indent=2))
        return Exit.OK
    for url, address in told["connections"].items():
        print(f"{url}  {address}")
    for url in told["stand_ins"]:
        print(f"{url}  stand-in")
    return Exit.OK


def _disconnect(args: argparse.Namespace) -> int:
    told = require(RunDir.find()).control.call("POST", "oidc/disconnect", {"issuer": args.url})
    if not told["disconnected"]:
        raise Problem(
            f"{told['issuer']} is neither connected nor a stand-in; `rolecall local issuer list` "
            "shows what is."
        )
    say(f"{told['issuer']} is found by its own name again.")
    return Exit.OK


def _certificate(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return below_home(str(path)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Problem(f"The certificate {path} cannot be read; give a PEM file.") from None
