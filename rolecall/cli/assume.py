"""`rolecall assume <environment> <role>`: temporary credentials of a role, as shell exports."""

import argparse
import getpass
import json
import re
import sys
from pathlib import Path

from rolecall.cli.shell import shell_lines
from rolecall.environment import load_environment
from rolecall.policy import check_role_name, role_arn
from rolecall.problems import Problem
from rolecall.session import AssumedRole, AssumeRoleRequest, assume_role, sts_client
from rolecall.session.assume import DEFAULT_DURATION_SECONDS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("environment", help="tes, stg, prd …: a file in environments/")
    parser.add_argument("role", help="the role's name without the environment: deployer")
    parser.add_argument(
        "--duration",
        type=int,
        default=DEFAULT_DURATION_SECONDS,
        metavar="SECONDS",
        help="how long the session lasts, 900 to 43200 (default 3600)",
    )
    parser.add_argument("--session-name", help="shows in CloudTrail (default: the login name)")
    external_id = parser.add_mutually_exclusive_group()
    external_id.add_argument("--external-id", help="default: the environment's")
    external_id.add_argument(
        "--no-external-id", action="store_true", help="send none, not even the environment's"
    )
    parser.add_argument("--source-identity", help="sticks to every session that follows")
    parser.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a session tag; may be given several times",
    )
    parser.add_argument("--profile", help="the AWS profile to start from")
    parser.add_argument("--json", action="store_true", help="JSON instead of shell exports")
    parser.add_argument("--environments", type=Path, default=Path("environments"), metavar="DIR")


def run(args: argparse.Namespace) -> int:
    """Print the credentials on stdout and what they are on stderr."""
    environment = load_environment(args.environment, args.environments)
    name = f"{environment.name}-{args.role}"
    check_role_name(name)
    external_id = None if args.no_external_id else args.external_id or environment.external_id
    request = AssumeRoleRequest(
        role_arn=role_arn(environment.account_id, name, partition=environment.partition),
        session_name=args.session_name or default_session_name(),
        duration_seconds=args.duration,
        external_id=external_id,
        source_identity=args.source_identity,
        tags=parse_tags(args.tag),
    )
    session = assume_role(sts_client(environment.region, args.profile), request)
    expiration = session.expiration.isoformat()
    if args.json:
        print(json.dumps(_credential_process_shape(session, expiration), indent=2))
    else:
        print(shell_lines(_variables(session, environment.region, expiration)))
    print(f"{session.arn} until {expiration}", file=sys.stderr)
    return 0


def default_session_name() -> str:
    """The login name, in the characters that a role session name may have."""
    try:
        login = getpass.getuser()
    except (OSError, KeyError):
        login = "rolecall"
    name = re.sub(r"[^\w+=,.@-]", "-", login, flags=re.ASCII)[:64]
    return name if len(name) >= 2 else "rolecall"


def parse_tags(words: list[str]) -> dict[str, str]:
    """`KEY=VALUE` words as a mapping; a key that comes twice is refused."""
    tags: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise Problem(f"--tag {word!r} is not KEY=VALUE: write for example --tag team=payments")
        if key.lower() in {known.lower() for known in tags}:
            raise Problem(f"--tag {key!r} is given twice (keys are compared ignoring case)")
        tags[key] = value
    return tags


def _credential_process_shape(session: AssumedRole, expiration: str) -> dict[str, object]:
    # The shape of AWS's `credential_process`, so that the output serves as one.
    return {
        "Version": 1,
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.session_token,
        "Expiration": expiration,
        "AccountId": session.account_id,
        "AssumedRoleArn": session.arn,
    }


def _variables(session: AssumedRole, region: str, expiration: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_CREDENTIAL_EXPIRATION": expiration,
        "AWS_ACCOUNT_ID": session.account_id,
        # Some SDKs read the one, some the other.
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
