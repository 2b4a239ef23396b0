"""`rolecall local token`: a token of a stand-in issuer, good for the embedded AWS alone."""

import argparse
import json
from typing import Any

from rolecall.local.lifecycle import require
from rolecall.local.rundir import RunDir
from rolecall.problems import Exit, Problem


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments."""
    token = commands.add_parser(
        "token", help="an OpenID Connect token that the embedded AWS takes for an issuer's"
    )
    token.add_argument(
        "--issuer",
        required=True,
        metavar="NAME|URL",
        help="github, gitlab, hcp-terraform, buildkite, google, cognito, or any issuer's URL",
    )
    token.add_argument("--subject", required=True, help="the claim sub")
    token.add_argument(
        "--audience",
        action="append",
        metavar="CLIENT_ID",
        help="the claim aud (default: the issuer's usual one); given again it is a list",
    )
    token.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a further claim; a value that begins with { or [, or is true, false or null, is JSON",
    )
    token.add_argument(
        "--expires-in", type=int, metavar="SECONDS", help="default 3600; negative: expired already"
    )


def run(args: argparse.Namespace) -> int:
    """Print a token on stdout, and nothing else."""
    given: dict[str, Any] = {
        "issuer": args.issuer,
        "subject": args.subject,
        "claims": dict(_claim(text) for text in args.claim),
    }
    if args.audience:
        given["audience"] = args.audience[0] if len(args.audience) == 1 else args.audience
    if args.expires_in is not None:
        given["seconds"] = args.expires_in
    print(require(RunDir.find()).control.call("POST", "oidc/token", given)["token"])
    return Exit.OK


def _claim(text: str) -> tuple[str, Any]:
    """`name=value`. Numbers stay texts: issuers write ids as texts."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise Problem(f"{text!r} is no claim; write its name, an equals sign and its value.")
    if not value.startswith(("{", "[")) and value not in ("true", "false", "null"):
        return name, value
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        raise Problem(f"The value of the claim {name} looks like JSON and is none.") from None
