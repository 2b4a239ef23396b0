"""`rolecall eks manifest <environment> <role>`: the ServiceAccount of a role, for kubectl."""

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from rolecall.cli.environments import add_environments
from rolecall.cli.shell import say
from rolecall.environment import Environment, load_environment
from rolecall.problems import Problem
from rolecall.session.eks import (
    EksTrust,
    admits_by_pod_identity,
    choose_service_accounts,
    eks_trust,
    manifests,
)
from rolecall.session.eks.manifest import (
    LONGEST_TOKEN_SECONDS,
    SHORTEST_TOKEN_SECONDS,
    as_json,
    as_yaml,
)
from rolecall.session.synthesized import DeclaredRole, declared_roles, roles_of_app

_EPILOG = """\
Namespace and name are those that the role's trust policy admits
(system:serviceaccount:<namespace>:<name>); what it leaves open is to be given. The policy
is that of the project's app (cdktf.json), or of --synthesized. Nothing is sent anywhere:

  rolecall eks manifest tes reader | kubectl apply -f -
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = "exit codes: 0; 1 the app of cdktf.json fails; 2 wrong input"
    commands = parser.add_subparsers(dest="eks_command", metavar="command", required=True)
    manifest = commands.add_parser(
        "manifest",
        help="the Kubernetes ServiceAccount whose pods may assume a role",
        description="The Kubernetes ServiceAccount whose pods may assume a role, on stdout.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    manifest.add_argument("environment", help="tes, stg, prd …: a file in environments/")
    manifest.add_argument("role", help="the role's name without the environment: reader")
    manifest.add_argument("--name", help="only this service account")
    manifest.add_argument("--namespace", help="only of this namespace")
    manifest.add_argument(
        "--output", choices=["yaml", "json"], default="yaml", help="default: yaml"
    )
    manifest.add_argument(
        "--sts-regional-endpoints",
        choices=["true", "false"],
        help="write this annotation (new clusters use regional endpoints anyway)",
    )
    manifest.add_argument(
        "--token-expiration",
        type=int,
        metavar="SECONDS",
        help=f"write this annotation: {SHORTEST_TOKEN_SECONDS} to {LONGEST_TOKEN_SECONDS}",
    )
    manifest.add_argument(
        "--synthesized", type=Path, metavar="DIR", help="what `cdktf synth` wrote: cdktf.out"
    )
    add_environments(manifest)


def run(args: argparse.Namespace) -> int:
    """Print the manifests."""
    environment = load_environment(args.environment, args.environments)
    roles = _roles(environment, args.synthesized)
    trust = _trust_of(roles, environment, args.role)
    accounts = choose_service_accounts(trust, namespace=args.namespace, name=args.name)
    regional = args.sts_regional_endpoints
    documents = manifests(
        accounts,
        trust.role_arn,
        regional_endpoints=None if regional is None else regional == "true",
        token_seconds=args.token_expiration,
    )
    if args.output == "json":
        sys.stdout.write(as_json(documents))
    else:
        clusters = [f"cluster: {', '.join(account.issuers)}" for account in accounts]
        sys.stdout.write(as_yaml(documents, clusters))
    if trust.patterns and args.name is None:
        say(f"Note: the role admits more: {', '.join(trust.patterns)} (--name, --namespace).")
    return 0


def _roles(environment: Environment, synthesized: Path | None) -> tuple[DeclaredRole, ...]:
    account = {"account_id": environment.account_id, "partition": environment.partition}
    if synthesized is not None:
        return declared_roles(synthesized, environment.name, **account)
    say("Asking the app of cdktf.json which roles there are …")
    return roles_of_app(environment.project, environment.name, tell=say, **account)


def _trust_of(roles: Sequence[DeclaredRole], environment: Environment, role: str) -> EksTrust:
    """What the role says of EKS. Raises `Problem`, with the near match, where it says nothing."""
    wanted = f"{environment.name}-{role}"
    found = next((each for each in roles if each.name == wanted), None)
    if found is not None:
        trust = eks_trust(found.arn, found.trust)
        if trust.rules:
            return trust
        if admits_by_pod_identity(found.trust):
            raise Problem(
                f'The role "{wanted}" is for EKS Pod Identity, which needs no annotation: any '
                "service account of the association's name will do."
            )
    for_pods = [
        each.name.removeprefix(f"{environment.name}-") for each in roles if _is_for_pods(each)
    ]
    what = "admits no service account of an EKS cluster" if found else "is not in the stack"
    near = difflib.get_close_matches(role, for_pods, 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    others = ", ".join(for_pods) if for_pods else "none (trust one with EksServiceAccount)"
    raise Problem(f'The role "{wanted}" {what}.{hint} Roles that admit one: {others}.')


def _is_for_pods(role: DeclaredRole) -> bool:
    try:
        return bool(eks_trust(role.arn, role.trust).rules)
    except Problem:
        # Another role's policy may wait for Terraform to fill it in.
        return False
