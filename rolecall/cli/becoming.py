"""What every command that becomes a role has in common: its arguments, and the session."""

import argparse
import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from rolecall.cli.environments import add_environments
from rolecall.cli.proof import add_arguments, chained_request, first_link, request_for
from rolecall.cli.shell import say
from rolecall.cli.terminal import waiting
from rolecall.environment import load_environment
from rolecall.session import AssumedRole, RoleRequest, sts_client, unsigned_sts_client
from rolecall.session.asker import asker_of
from rolecall.session.assumed_role import answer_of
from rolecall.session.aws_files import AwsFiles
from rolecall.session.chain import Start, link, within_an_hour
from rolecall.session.choose import ChosenRole, choose_role
from rolecall.session.default_profile import endpoint_in_force
from rolecall.session.failures import Refusal
from rolecall.session.near_roles import name_hint
from rolecall.session.place import Folders, Place, place_of
from rolecall.session.pod import SESSION_NAME_VARIABLE
from rolecall.session.renew import fresh
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
    add_environments(parser)
    add_arguments(parser)
    add_via(parser)
    add_cache_arguments(parser)


def add_cache_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is done with a session that is kept from before."""
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument(
        "--no-cache", action="store_true", help="neither use a kept session nor keep the new one"
    )
    kept.add_argument(
        "--refresh", action="store_true", help="a new session, though a kept one would still do"
    )


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
class Keeping:
    """Whether the session is kept, and what tells it from others beside the request.

    name_given: whether somebody wants the session's name; otherwise it does not matter.
    """

    profile: str | None
    start: Start | None
    name_given: bool
    kept: bool
    refresh: bool


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
    keeping: Keeping

    @property
    def region(self) -> str:
        """The region of the STS endpoint, and of whatever works with the session."""
        return self.chosen.region

    def place(self) -> Place | None:
        """Where the session is kept, if it is. Raises `Problem` for AWS files that are wrong."""
        keeping = self.keeping
        first = None if keeping.start is None else keeping.start.name()
        if not keeping.kept or (keeping.start is not None and first is None):
            return None
        return place_of(
            self.request,
            asker_of(self.request, os.environ, keeping.profile, first),
            Folders.of(os.environ),
            AwsFiles.of(os.environ),
            region=self.region,
            name_given=keeping.name_given,
        )

    def place_name(self) -> str | None:
        """What tells the session from others; None where it is not kept."""
        place = self.place()
        return None if place is None else place.name

    def session(self) -> AssumedRole:
        """The kept session if it lasts a while yet, else a new one.

        Raises `Problem` as `become` does, with a word on the role's name.
        """
        try:
            return fresh(
                self.place(),
                self._answer,
                warn=lambda words: say(f"rolecall: {words}"),
                refresh=self.keeping.refresh,
            )
        except Refusal as refusal:
            hint = name_hint(self.chosen) if refusal.code == "AccessDenied" else ""
            if not hint:
                raise
            raise Refusal(f"{refusal}\n  note: {hint}", refusal.code, refusal.exit_code) from None

    def _answer(self) -> Mapping[str, Any]:
        # A person who types a code is not to be talked to meanwhile.
        with waiting(f"asking AWS for {self.chosen.name}") if self.renewable else nullcontext():
            return answer_of(self.client(), self.request)


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

        request: RoleRequest = chained_request(args, chosen)
        return Becoming(chosen, request, client, start.renewable, _keeping(args, start))
    request = request_for(args, chosen)

    @cache
    def asks() -> Any:
        # Not before it is needed: a kept session needs nobody's credentials.
        if request.signed:
            return sts_client(chosen.region, args.profile)
        return unsigned_sts_client(chosen.region)

    typed = args.mfa_serial is not None and args.mfa_process is None
    renewable = not typed and args.saml_assertion != "-"
    return Becoming(chosen, request, asks, renewable, _keeping(args, None))


def _keeping(args: argparse.Namespace, start: Start | None) -> Keeping:
    return Keeping(
        profile=args.profile,
        start=start,
        name_given=args.session_name is not None or bool(os.environ.get(SESSION_NAME_VARIABLE)),
        kept=not getattr(args, "no_cache", False),
        refresh=getattr(args, "refresh", False),
    )


def start_of(args: argparse.Namespace) -> Start | None:
    """The last of the roles that --via names; None where it names none."""
    start: Start | None = None
    for word in args.via:
        on_the_way = becoming(first_link(args, *link(word)), start)
        start = Start(
            on_the_way.session, renewable=on_the_way.renewable, name=on_the_way.place_name
        )
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
