"""`rolecall profile <environment> <role>`: a profile that every AWS tool takes for the role."""

import argparse
import json
import os
from pathlib import Path

from botocore.session import get_session

from rolecall.cli.becoming import WHO_ASKS, Becoming, add_role_arguments, becoming
from rolecall.cli.shell import say
from rolecall.environment import load_environment
from rolecall.problems import Exit, Problem
from rolecall.session.aws_files import AwsFiles
from rolecall.session.default_profile import LEADS_TO_CREDENTIALS
from rolecall.session.failures import failures_in_words
from rolecall.session.profile import Profile, check_profile_name, remove_profile, write_profile
from rolecall.session.ready import command_of

#: Options that are written otherwise, or are for this one time.
_NOT_AGAIN = ("profile", "environments", "refresh")
_EPILOG = f"""\
The profile is called <environment>-repository unless --name says otherwise. It names a
process that gets credentials whenever a tool needs some: nothing secret is written, and
nothing ends. Other profiles, comments and line ends of the AWS files stay as they are.

{WHO_ASKS}
exit codes: 2 wrong input, 7 the AWS files have something of that name that would win
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    parser.add_argument("--name", help="of the profile (default: <environment>-repository)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--static",
        action="store_true",
        help="write keys into the credentials file; they end with the session",
    )
    how.add_argument("--remove", action="store_true", help="take the profile away again")
    parser.add_argument("--json", action="store_true", help="JSON instead of the profile's name")


def run(args: argparse.Namespace) -> int:
    """Write or remove the profile; its name is printed on stdout."""
    environment = load_environment(args.environment, args.environments)
    name = f"{environment.name}-repository" if args.name is None else args.name
    check_profile_name(name)
    files = AwsFiles.of(os.environ)
    if args.remove:
        changed = remove_profile(files, name)
        say(f"{name} is gone." if changed else f"There was no {name} of Rolecall's.")
    else:
        changed = write_profile(files, _profile(args, name))
        say(f"Use it with --profile {name}, or AWS_PROFILE={name}.")
    if args.json:
        print(json.dumps({"profile": name, "changed": [str(path) for path in changed]}, indent=2))
    else:
        print(name)
    return Exit.OK


def _profile(args: argparse.Namespace, name: str) -> Profile:
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or None
    source = _source_profile(args)
    if source == name:
        raise Problem(
            f"the profile {name} cannot be its own source: give --profile, the one to start from, "
            "or unset AWS_PROFILE."
        )
    wanted = becoming(args)
    if args.static:
        session = wanted.session()
        say(f"{session.arn} until {session.expiration.isoformat()}")
        return Profile(name, wanted.region, endpoint, session=session)
    return Profile(name, wanted.region, endpoint, command=_command(args, wanted, name, source))


def _source_profile(args: argparse.Namespace) -> str | None:
    """The profile that the command is to start from, also where none is named later.

    Without it, an AWS_PROFILE that says the new profile's own name would make the command
    call itself.
    """
    keyless = args.web_identity_token_file or args.github_token or args.saml_assertion
    if args.profile is not None or keyless:
        return None if keyless else str(args.profile)
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return None
    named = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    if named:
        return named
    with failures_in_words():
        default = get_session().full_config.get("profiles", {}).get("default", {})
    return "default" if LEADS_TO_CREDENTIALS & default.keys() else None


def _command(
    args: argparse.Namespace, wanted: Becoming, name: str, source: str | None
) -> list[str]:
    """The same wish again, as a process prints its answer; without this shell's folder."""
    if args.saml_assertion == "-":
        raise Problem("--saml-assertion - is read once: give a file that is renewed, or --static.")
    if source is None and wanted.request.signed:
        say(
            "Note: the profile has no source profile. Whenever it is used, the credentials of "
            "the environment or the machine ask for the role; --profile names others."
        )
    words = ["process", args.environment, args.role, "--for-profile", name]
    if source is not None:
        words += ["--profile", source]
    return command_of([*words, *_same_options(args)], os.environ)


def _same_options(args: argparse.Namespace) -> list[str]:
    """The options that were given, as words again; files by their whole names."""
    parser = argparse.ArgumentParser(add_help=False)
    add_role_arguments(parser)
    words = [f"--environments={args.environments.absolute()}"]
    for action in parser._actions:
        value = getattr(args, action.dest)
        if not action.option_strings or action.dest in _NOT_AGAIN:
            continue
        if value is None or value == action.default:
            continue
        option = action.option_strings[-1]
        if value is True:
            words.append(option)
        elif action.type is Path or action.dest == "saml_assertion":
            words.append(f"{option}={Path(value).absolute()}")
        else:
            each = value if isinstance(value, list) else [value]
            words += [f"{option}={one}" for one in each]
    return words
