"""`rolecall process <environment> <role>`: credentials as AWS tools ask a process for them."""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from rolecall.cli.assume import credential_process_shape
from rolecall.cli.becoming import WHO_ASKS, add_role_arguments, becoming
from rolecall.session import AssumedRole
from rolecall.session.aws_files import AwsFiles
from rolecall.session.chain import link
from rolecall.session.default_profile import stand_for_profile
from rolecall.session.place import Place
from rolecall.session.pod import TOKEN_VARIABLE
from rolecall.session.ready import Basis, write_ready
from rolecall.session.renew import window

_EPILOG = f"""\
For a `credential_process` of ~/.aws/config; `rolecall profile` writes one, in a form that
prints a kept answer at once. One line of JSON on stdout, nothing on stderr but warnings.

{WHO_ASKS}
exit codes: 2 wrong input, 5 AWS refuses, 6 AWS or the issuer cannot be reached
"""
#: How far a clock may be put back without a word.
_STEP_SECONDS = 5
#: Options that hold a path, and so mean something else in another folder.
_PATHS = ("environments", "policy", "web_identity_token_file", "saml_assertion")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    add_role_arguments(parser)
    # What `rolecall profile` writes, and what `rolecall.session.warm` adds to it.
    parser.add_argument("--for-profile", help=argparse.SUPPRESS)
    parser.add_argument("--ready", type=Path, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Print the credentials, and lay them ready for the next time."""
    environ = dict(os.environ)
    if args.for_profile is not None:
        stand_for_profile(args.for_profile, os.environ)
    wanted = becoming(args)
    session = wanted.session()
    answer = json.dumps(credential_process_shape(session)) + "\n"
    place = None if args.refresh else wanted.place()
    # The words as they were typed, which `warm` will compare; its own came last.
    words = sys.argv[1:-1]
    if place is not None and sys.argv[-1:] == [f"--ready={args.ready}"]:
        basis = Basis(
            words=words,
            environ=environ,
            as_well=_as_well(args.for_profile, environ),
            files=_files(args, place, environ),
            anywhere=all(_is_anywhere(getattr(args, name)) for name in _PATHS),
        )
        write_ready(args.ready, basis, _good(session, place), answer.encode())
    print(answer, end="")
    return 0


def _good(session: AssumedRole, place: Place) -> tuple[int, int]:
    """From and until when the answer is good, in seconds: until it is to be renewed."""
    now = time.time()
    lifetime = timedelta(seconds=place.lifetime_seconds)
    until = min(session.expiration.timestamp(), now + place.lifetime_seconds)
    return int(now) - _STEP_SECONDS, int(until - window(lifetime).total_seconds())


def _as_well(profile: str | None, environ: Mapping[str, str]) -> dict[str, str | None]:
    """A process that stands for a profile does the same where AWS_PROFILE names that."""
    if profile is None:
        return {}
    either = {profile, None}
    variables = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
    return {
        name: (either - {environ.get(name)}).pop()
        for name in variables
        if environ.get(name) in either
    }


def _files(args: argparse.Namespace, place: Place, environ: Mapping[str, str]) -> list[Path]:
    """What was read on the way to the answer."""
    names = [args.environment, *(link(word)[0] for word in args.via)]
    aws = AwsFiles.of(environ)
    files = [place.file, aws.config, aws.credentials]
    files += [args.environments / f"{name}.yaml" for name in names]
    given = (args.policy, args.web_identity_token_file, args.saml_assertion)
    files += [Path(each) for each in given if each is not None]
    if environ.get(TOKEN_VARIABLE):
        files.append(Path(environ[TOKEN_VARIABLE]))
    return files


def _is_anywhere(path: object) -> bool:
    """Whether an option's path means the same wherever the process runs."""
    return path is None or Path(str(path)).is_absolute()
