"""What every command that becomes a role has in common: its arguments, and the session."""

import argparse
import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.cli.proof import add_arguments, chained_request, first_link, request_for
from rolecall.cli.terminal import waiting
from rolecall.environment import load_environment
from rolecall.session import AssumedRole, RoleRequest, become, sts_client, unsigned_sts_client
from rolecall.session.chain import Start, link, within_an_hour
from rolecall.session.choose import ChosenRole, choose_role
from rolecall.session.default_profile import endpoint_in_force
from rolecall.session.failures import Refusal
from rolecall.session.near_roles import name_hint
from rolecall.session.sts import client_as

WHO_ASKS = """\
who asks, the first that applies:
  1. --web-identity-token-file, --github-token or --saml-assertion: that proof; no
     credentials of this machine are looked at
  2. --profile: the credentials of that profile
  3. as every AWS SDK: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, an AWS_PROFILE that
     assumes a role, AWS_WEB_IDENTITY_TOKEN_FILE, other profiles, the container's
     (AWS_CONTAINER_CREDENTIALS_FULL_URI) and the machine's credentials
  Where AWS_WEB_IDENTITY_TOKEN_FILE is what comes first (a pod with an annotated service
  account) and AWS_ROLE_ARN is the wanted role, or not set, the token is used for it
  directly, with AWS_ROLE_SESSION_NAME; with another AWS_ROLE_ARN that role is assumed
  first, and the wanted one from there.

The endpoint is the region's, or AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL where set.
Tokens and SAML responses are read from files, stdin or GitHub, never from arguments.
"""


def add_role_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which role is wanted, and who asks for it."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("environment", help="tes, stg, prd …: a file in environments/")
    parser.add_argument(
        "role", help="the role's name without the environment: deployer; or its whole ARN"
    )
    parser.add_argument("--path", help="the role's path, where it has one: /ci/")
    parser.add_argument(
        "--account", metavar="ID", help="the role's account (default: the environment's)"
    )
    parser.add_argument(
        "--duration",
        type=int,
        metavar="SECONDS",
        help="how long the session lasts, 900 to 43200 (default: the environment's "
        "session_seconds, else 3600)",
    )
    parser.add_argument(
        "--session-name",
        help="shows in CloudTrail (default: the login name, or the run of a GitHub Actions job)",
    )
    parser.add_argument("--region", help="whose STS endpoint is asked (default: the environment's)")
    parser.add_argument("--environments", type=Path, default=Path("environments"), metavar="DIR")
    add_arguments(parser)
    add_via(parser)


def add_via(parser: argparse.ArgumentParser) -> None:
    """Declare the roles on the way."""
    parser.add_argument(
        "--via",
        action="append",
        default=[],
        metavar="ENVIRONMENT/ROLE",
        help="become this role first and go on from there, an hour at most (role chaining); "
        "given again, the next link",
    )


@dataclass(frozen=True)
class Becoming:
    """A role that was chosen on the command line, and the client that asks for it."""

    chosen: ChosenRole
    request: RoleRequest
    #: The client that asks. Where another role comes first, it is assumed for it.
    client: Callable[[], Any]
    #: Whether it may be asked for again without a person: a SAML response from a pipe is
    #: read once, and nobody wants to be asked for a code in the middle of a job.
    renewable: bool

    @property
    def region(self) -> str:
        """The region of the STS endpoint, and of whatever works with the session."""
        return self.chosen.region

    def session(self) -> AssumedRole:
        """Become the role. Raises `Problem` as `become` does, with a word on its name."""
        try:
            # A person who types a code is not to be talked to meanwhile.
            with waiting(f"asking AWS for {self.chosen.name}") if self.renewable else nullcontext():
                return become(self.client(), self.request)
        except Refusal as refusal:
            hint = name_hint(self.chosen) if refusal.code == "AccessDenied" else ""
            if not hint:
                raise
            raise Refusal(f"{refusal}\n  note: {hint}", refusal.code, refusal.exit_code) from None


def becoming(
    args: argparse.Namespace, start: Start | None = None, *, chained: bool = False
) -> Becoming:
    """What the arguments ask for, checked; nothing has been asked of AWS yet.

    start: where to go on from, instead of --via.
    chained: whether the credentials at hand are known to be a role's session.
    """
    chosen = choose_role(
        load_environment(args.environment, args.environments),
        args.role,
        path=args.path,
        account_id=args.account,
        region=args.region,
        external_id=args.external_id,
        without_external_id=args.no_external_id,
        duration_seconds=args.duration,
    )
    start = start_of(args) if start is None else start
    if start is not None or chained:
        chosen = within_an_hour(chosen, args.duration)
    if start is not None:
        first, endpoint = start, endpoint_in_force(args.profile, os.environ)

        def client() -> Any:
            return client_as(first.session(), "sts", chosen.region, endpoint)

        return Becoming(chosen, chained_request(args, chosen), client, start.renewable)
    request = request_for(args, chosen)
    region = chosen.region
    asks = sts_client(region, args.profile) if request.signed else unsigned_sts_client(region)
    typed = args.mfa_serial is not None and args.mfa_process is None
    return Becoming(chosen, request, lambda: asks, not typed and args.saml_assertion != "-")


def start_of(args: argparse.Namespace) -> Start | None:
    """The last of the roles that --via names; None where it names none."""
    start: Start | None = None
    for word in args.via:
        on_the_way = becoming(first_link(args, *link(word)), start)
        start = Start(on_the_way.session, renewable=on_the_way.renewable)
    return start


def variables_of(session: AssumedRole, region: str) -> Mapping[str, str]:
    """The environment variables that make an SDK use the session."""
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_CREDENTIAL_EXPIRATION": session.expiration.isoformat(),
        "AWS_ACCOUNT_ID": session.account_id,
        # Some SDKs read the one, some the other.
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
