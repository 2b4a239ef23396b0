"""`rolecall keys add|list|remove|process`: long-lived keys in the system's key store."""

import argparse
import json
import os
import sys

from rolecall.cli.shell import say
from rolecall.cli.terminal import waiting
from rolecall.cli.whoami import FALLBACK_REGION
from rolecall.policy import Arn
from rolecall.policy.errors import printable, quoted
from rolecall.problems import Exit, Problem
from rolecall.session.aws_files import AwsFiles
from rolecall.session.clock import utc_now
from rolecall.session.identity import caller_identity
from rolecall.session.keys.kept_keys import KeptKey, KeptKeys
from rolecall.session.keys.long_lived import LongLivedKey, check_access_key_id, key_of
from rolecall.session.keys.store import system_store
from rolecall.session.keys.typed import typed_key
from rolecall.session.place import Folders
from rolecall.session.profile import (
    Profile,
    check_profile,
    check_profile_name,
    remove_profile,
    write_profile,
)
from rolecall.session.secret_files import read_secret_from_stdin
from rolecall.session.sts import client_with_keys

_LARGEST_INPUT = 20_000
#: Any key, for what does not depend on which.
_SOME_ID = "AKIA" + 16 * "0"
_EPILOG = """\
The keys of an IAM user lie in the system's own key store (Secret Service, KWallet, macOS
Keychain) and in no file. A profile of the key's name, in ~/.aws/config, leads every AWS
tool to them:

  rolecall keys add alice                 asks for them; the secret is not shown
  aws iam create-access-key --user-name alice | rolecall keys add alice --stdin
  rolecall assume tes deployer --profile alice
  aws s3 ls --profile alice

Temporary credentials are better where they can be had: the keys of a user do not end.

exit codes: 2 wrong input, 5 AWS refuses the keys, 6 AWS cannot be reached, 7 the AWS files
or the key store have something else of that name, 8 there is no key store
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    commands = parser.add_subparsers(dest="action", metavar="action", required=True)
    adding = commands.add_parser("add", help="keep a user's keys, and write a profile for them")
    adding.add_argument("name", help="of the key, and of the profile")
    adding.add_argument(
        "--stdin",
        action="store_true",
        help="read them from stdin: what `aws iam create-access-key` prints, the CSV file of the "
        "console, or two lines",
    )
    adding.add_argument("--region", help="of the profile, and of the STS that is asked")
    adding.add_argument(
        "--offline", action="store_true", help="do not ask AWS first whose keys they are"
    )
    adding.add_argument(
        "--replace", action="store_true", help="over other keys that are kept under the name"
    )
    adding.add_argument("--json", action="store_true", help="JSON instead of the profile's name")
    listing = commands.add_parser("list", help="which keys are kept, without their secrets")
    listing.add_argument("--json", action="store_true", help="as JSON")
    removing = commands.add_parser("remove", help="take keys away again, and their profile")
    removing.add_argument("name", help="of the key")
    removing.add_argument("--json", action="store_true", help="JSON instead of words")
    process = commands.add_parser("process", help="print the keys as AWS tools ask a process")
    process.add_argument("name", help="of the key")
    # What `add` writes into the profile: with other keys it is another profile, also for
    # whoever keeps sessions.
    process.add_argument("--access-key-id", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Do one of the four."""
    if args.action != "list":
        check_profile_name(args.name, by="keys")
    kept = KeptKeys(system_store(), Folders.of(os.environ).locks)
    actions = {"add": _add, "list": _list, "remove": _remove, "process": _process}
    actions[args.action](args, kept)
    return Exit.OK


def _add(args: argparse.Namespace, kept: KeptKeys) -> None:
    files = AwsFiles.of(os.environ)
    # Before anybody is asked for a secret.
    check_profile(files, _profile(args, _SOME_ID))
    before = kept.find(args.name)
    key = _given(args)
    if before is not None and before.key.access_key_id != key.access_key_id and not args.replace:
        raise Problem(
            f"the key store has {before.key.access_key_id} under the name {quoted(args.name)}: "
            "give --replace, or another name.",
            Exit.CONFLICT,
        )
    arn = None if args.offline else _whose(key, args.region)
    kept.put(KeptKey(args.name, key, arn, utc_now().date().isoformat()))
    changed = write_profile(files, _profile(args, key.access_key_id))
    say(f"Kept: {key.access_key_id}{f' of {arn}' if arn else ''}.")
    say(f"Use it with --profile {args.name}, or AWS_PROFILE={args.name}.")
    if args.json:
        told = _as_json(args.name, kept.get(args.name))
        print(json.dumps({**told, "changed": [str(path) for path in changed]}, indent=2))
    else:
        print(args.name)


def _given(args: argparse.Namespace) -> LongLivedKey:
    if not args.stdin:
        return typed_key()
    content = read_secret_from_stdin("--stdin", "the keys", _LARGEST_INPUT)
    if len(content) > _LARGEST_INPUT:
        raise Problem(f"--stdin: that is more than {_LARGEST_INPUT} bytes, so no access key.")
    return key_of(content.decode("utf-8", "replace"))


def _whose(key: LongLivedKey, region: str | None) -> str:
    """Whom AWS knows by the keys, at the endpoint that the profile will have."""
    environ = os.environ
    region = region or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    endpoint = environ.get("AWS_ENDPOINT_URL_STS") or environ.get("AWS_ENDPOINT_URL")
    client = client_with_keys(
        key.access_key_id, key.secret_access_key, region or FALLBACK_REGION, endpoint or None
    )
    with waiting("asking AWS whose keys these are"):
        return caller_identity(client).arn


def _profile(args: argparse.Namespace, access_key_id: str) -> Profile:
    return Profile(
        args.name,
        args.region,
        os.environ.get("AWS_ENDPOINT_URL") or None,
        command=[
            *(sys.executable, "-I", "-m", "rolecall.cli.main", "keys", "process", args.name),
            *("--access-key-id", access_key_id),
        ],
        by="keys",
    )


def _list(args: argparse.Namespace, kept: KeptKeys) -> None:
    found = [(name, kept.find(name)) for name in kept.names()]
    if args.json:
        print(json.dumps([_as_json(name, one) for name, one in found], indent=2))
        return
    if not found:
        say("No keys are kept.")
    width = max((len(name) for name, _ in found), default=0)
    for name, one in found:
        if one is None:
            print(f"{name:<{width}}  gone from the key store")
        else:
            whose = printable(one.arn or "not asked whose")
            print(f"{name:<{width}}  {one.key.access_key_id}  {printable(one.added)}  {whose}")


def _as_json(name: str, kept: KeptKey | None) -> dict[str, object]:
    return {
        "name": name,
        "access_key_id": None if kept is None else kept.key.access_key_id,
        "arn": None if kept is None else kept.arn,
        "added": None if kept is None else kept.added,
    }


def _remove(args: argparse.Namespace, kept: KeptKeys) -> None:
    before = kept.find(args.name)
    was_there = kept.remove(args.name)
    changed = remove_profile(AwsFiles.of(os.environ), args.name, by="keys")
    if not was_there and not changed:
        kept.get(args.name)
    say(f"{args.name} is gone from the key store.")
    if before is not None:
        say(
            "Note: the keys still work until they are deleted at AWS: aws iam delete-access-key "
            f"--access-key-id {before.key.access_key_id}"
        )
    if args.json:
        told = {"name": args.name, "changed": [str(path) for path in changed]}
        print(json.dumps(told, indent=2))


def _process(args: argparse.Namespace, kept: KeptKeys) -> None:
    found = kept.get(args.name)
    if args.access_key_id is not None and args.access_key_id != found.key.access_key_id:
        check_access_key_id(args.access_key_id)
        raise Problem(
            f"the profile is for the key {args.access_key_id}, and the key store has another one "
            f"under the name {quoted(args.name)}: write the profile again with `rolecall keys add`."
        )
    answer = {
        "Version": 1,
        "AccessKeyId": found.key.access_key_id,
        "SecretAccessKey": found.key.secret_access_key,
    }
    if found.arn is not None:
        answer["AccountId"] = Arn.parse(found.arn).account
    print(json.dumps(answer))
