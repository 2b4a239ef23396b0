"""`rolecall local saml`: a response as a provider would sign it, for the embedded AWS alone."""

import argparse

from rolecall.cli.environments import add_environments
from rolecall.cli.shell import say
from rolecall.local.lifecycle import require
from rolecall.local.rundir import RunDir
from rolecall.policy import Arn, PolicyError, check_role_name, role_arn
from rolecall.problems import Exit, Problem


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments."""
    response = commands.add_parser(
        "saml", help="a SAML response that the embedded AWS takes for a provider's"
    )
    response.add_argument("--provider", required=True, help="the SAML provider: name or ARN")
    response.add_argument(
        "--role", required=True, help="ARN, or with --environment the name without it: deployer"
    )
    response.add_argument("--environment", metavar="NAME", help="tes, stg, prd …")
    add_environments(response)
    response.add_argument("--session-name", help="RoleSessionName (default: the login name)")
    response.add_argument("--subject", help="the NameID (default: the session name)")
    response.add_argument(
        "--attribute",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an attribute, by its name or by the condition key without `saml:`, such as "
        "edupersonaffiliation=staff; given again it has several values",
    )
    response.add_argument(
        "--tag", action="append", default=[], metavar="KEY=VALUE", help="a session tag"
    )
    response.add_argument(
        "--transitive", action="append", default=[], metavar="KEY", help="a tag that stays"
    )
    response.add_argument("--source-identity", metavar="NAME")
    response.add_argument(
        "--duration", type=int, metavar="SECONDS", help="the attribute SessionDuration"
    )


def run(args: argparse.Namespace) -> int:
    """Print a response on stdout (base64), and what it is on stderr."""
    control = require(RunDir.find()).control
    role = _role(args)
    provider = _provider(args.provider, role)
    session_name = args.session_name or _login_name()
    given = {
        "provider": provider,
        "role": str(role),
        "session_name": session_name,
        "subject": args.subject or session_name,
        "attributes": _attributes(args.attribute),
        "tags": dict(map(_pair, args.tag)),
        "transitive": args.transitive,
        "source_identity": args.source_identity,
        "seconds": args.duration,
    }
    print(control.call("POST", "saml/response", given)["response"])
    say(f"A response for {role} through {provider}, good for five minutes.")
    return Exit.OK


def _role(args: argparse.Namespace) -> Arn:
    if args.environment is not None:
        from rolecall.environment import load_environment

        environment = load_environment(args.environment, args.environments)
        if not args.role.startswith("arn:"):
            name = f"{environment.name}-{args.role}"
            check_role_name(name)
            return Arn.parse(
                role_arn(environment.account_id, name, partition=environment.partition)
            )
    return _arn(args.role, "role/", "name the role by its ARN, or its environment as well")


def _provider(given: str, role: Arn) -> str:
    """The provider's ARN; a name means one in the role's account, where it must be."""
    if given.startswith("arn:"):
        return str(_arn(given, "saml-provider/", "name the SAML provider, or its ARN"))
    return f"arn:{role.partition}:iam::{role.account}:saml-provider/{given}"


def _arn(text: str, kind: str, remedy: str) -> Arn:
    try:
        arn = Arn.parse(text)
    except PolicyError:
        arn = None
    if arn is None or arn.service != "iam" or not arn.resource.startswith(kind):
        raise Problem(f"{text!r} is not an ARN of the form …:iam::…:{kind}…; {remedy}.")
    return arn


def _attributes(given: list[str]) -> dict[str, list[str]]:
    attributes: dict[str, list[str]] = {}
    for name, value in map(_pair, given):
        attributes.setdefault(name, []).append(value)
    return attributes


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise Problem(f"{text!r} is no NAME=VALUE.")
    return name, value


def _login_name() -> str:
    from rolecall.cli.proof import default_session_name

    return default_session_name()
