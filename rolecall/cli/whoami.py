"""`rolecall whoami`: whose credentials are in use, and in which account."""

import argparse
import json
import os
from dataclasses import asdict

from rolecall.session import caller_identity, sts_client

#: GetCallerIdentity answers the same everywhere; some region is needed to find an endpoint.
FALLBACK_REGION = "us-east-1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = (
        "exit codes: 0; 2 no credentials or no such profile, 5 AWS refuses them, 6 AWS cannot be "
        "reached"
    )
    parser.add_argument("--profile", help="the AWS profile to ask for")
    parser.add_argument("--json", action="store_true", help="JSON instead of lines")


def run(args: argparse.Namespace) -> int:
    """Print account, ARN and user id."""
    configured = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    region = configured or (None if args.profile else FALLBACK_REGION)
    identity = caller_identity(sts_client(region, args.profile))
    if args.json:
        print(json.dumps(asdict(identity), indent=2))
    else:
        print(f"account  {identity.account}\narn      {identity.arn}\nuser id  {identity.user_id}")
    return 0
