"""`rolecall who-can <environment> <role>`: who may assume a role, in sentences."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rolecall.cli.environments import add_environments
from rolecall.cli.shell import say
from rolecall.environment import Environment, load_environment, load_environments
from rolecall.explain import entities, who_can
from rolecall.policy import PolicyDocument, check_account_id
from rolecall.problems import Problem, printable
from rolecall.session.choose import ChosenRole, choose_role
from rolecall.session.synthesized import declared_roles, roles_of_app

_EPILOG = """\
The role's trust policy is that of the project's app (cdktf.json), of --synthesized, of
AWS (--deployed), or of a file:

  rolecall who-can tes deployer
  rolecall who-can tes deployer --deployed
  rolecall who-can --policy trust.json --account 111122223333

A sentence never says less than the policy admits. What a caller's own policies allow him,
and policies of the organization, are not looked at.

exit codes: 0; 1 the app of cdktf.json fails; 2 wrong input; with --deployed also 5 AWS
refuses, 6 AWS cannot be reached
"""


@dataclass(frozen=True, slots=True)
class _Role:
    """A role as far as the words depend on it."""

    name: str | None
    arn: str | None
    account: str | None
    trust: PolicyDocument
    max_session_seconds: int | None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("environment", nargs="?", help="tes, stg, prd …: a file in environments/")
    parser.add_argument(
        "role", nargs="?", help="the role's name without the environment: deployer; or its ARN"
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--synthesized", type=Path, metavar="DIR", help="what `cdktf synth` wrote: cdktf.out"
    )
    source.add_argument(
        "--deployed", action="store_true", help="the policy that the role has in AWS (GetRole)"
    )
    source.add_argument(
        "--policy", type=Path, metavar="FILE", help="the policy of this file, of whatever role"
    )
    parser.add_argument("--account", metavar="ID", help="the role's account (with --policy)")
    parser.add_argument("--profile", help="whose credentials ask AWS (with --deployed)")
    parser.add_argument("--path", help="the role's path, where it has one: /ci/")
    add_environments(parser)
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the sentences."""
    _check(args)
    if args.policy is not None:
        role, names = _of_file(args.policy, args.account), _names(args.environments)
    else:
        environment = load_environment(args.environment, args.environments)
        chosen = choose_role(environment, args.role, path=args.path)
        role = _deployed(chosen, args.profile) if args.deployed else _declared(chosen, args)
        names = _names(args.environments)
    sentences = who_can(
        role.trust,
        account=role.account,
        max_session_seconds=role.max_session_seconds,
        names=names,
    )
    if args.json:
        json.dump(_as_json(role, sentences, names), sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        if role.arn is not None:
            print(f"{printable(role.arn)}:")
        for sentence in sentences:
            print(sentence)
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.policy is not None:
        if args.environment is not None:
            raise Problem("--policy goes without an environment and a role: the file is all.")
    elif args.environment is None or args.role is None:
        raise Problem(
            "write an environment and a role (rolecall who-can tes deployer), or --policy FILE."
        )
    if args.account is not None:
        if args.policy is None:
            raise Problem("--account goes with --policy: an environment states its account.")
        check_account_id(args.account)
    if args.profile is not None and not args.deployed:
        raise Problem("--profile goes with --deployed: nothing else asks AWS.")


def _names(directory: Path) -> Mapping[str, str]:
    """What the project calls its accounts; nothing where there is no project."""
    try:
        known = load_environments(directory)
    except Problem:
        return {}
    found: dict[str, str] = {}
    for environment in known:
        found.setdefault(environment.account_id, environment.name)
    return found


def _of_file(path: Path, account: str | None) -> _Role:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Problem(f"{path} is not UTF-8 text; save it as such.") from None
    return _Role(None, None, account, _parsed(text, str(path)), None)


def _parsed(text: str, where: str) -> PolicyDocument:
    try:
        return PolicyDocument.parse(text)
    except Problem as problem:
        raise Problem(f"{where}: {problem}") from None


def _declared(chosen: ChosenRole, args: argparse.Namespace) -> _Role:
    """The role as the app declares it; `Problem` with the near match where it does not."""
    environment: Environment = chosen.environment
    account = {"account_id": environment.account_id, "partition": environment.partition}
    if args.synthesized is not None:
        roles = declared_roles(args.synthesized, environment.name, **account)
    else:
        say("Asking the app of cdktf.json which roles there are …")
        roles = roles_of_app(environment.project, environment.name, tell=say, **account)
    prefix = f"{environment.name}-"
    # A role's name is unique in its account, so the path need not be known.
    found = next((role for role in roles if role.name == chosen.name), None)
    other_path = args.path is not None or args.role.startswith("arn:")
    if found is None or (other_path and found.arn != chosen.role_arn):
        short = [role.name.removeprefix(prefix) for role in roles]
        wanted = chosen.name.removeprefix(prefix)
        near = get_close_matches(wanted.removeprefix(prefix), short, 1)
        hint = f' Did you mean "{near[0]}"?' if near and found is None else ""
        if found is not None:
            hint = f" It has {found.arn}."
        elif not short:
            hint = " It has no role."
        elif not near:
            hint = f" It has: {', '.join(short)}."
        raise Problem(f'The stack "{environment.name}" has no role {chosen.role_arn}.{hint}')
    return _Role(
        found.name,
        found.arn,
        environment.account_id,
        _parsed(found.trust, f"the trust policy of {found.name}"),
        found.max_session_seconds,
    )


def _deployed(chosen: ChosenRole, profile: str | None) -> _Role:
    # boto3 takes its time; the other ways do without it.
    from rolecall.session.deployed import deployed_role

    role = deployed_role(chosen, profile)
    return _Role(
        chosen.name,
        role.arn,
        chosen.account_id,
        _parsed(role.trust, f"the trust policy of {chosen.name}"),
        role.max_session_seconds,
    )


def _as_json(
    role: _Role, sentences: tuple[str, ...], names: Mapping[str, str]
) -> dict[str, object]:
    return {
        "role": role.name,
        "arn": role.arn,
        "account": role.account,
        "maxSessionSeconds": role.max_session_seconds,
        "sentences": list(sentences),
        "entities": [
            {"kind": each.kind, "who": each.who, "conditions": list(each.conditions)}
            for each in entities(role.trust, account=role.account, names=names)
        ],
    }
