"""Where roles to be imported come from, and which environment they are of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rolecall.environment import Environment, load_environment, load_environments
from rolecall.importing.existing import ExistingProvider, ExistingRole
from rolecall.importing.home import Home
from rolecall.importing.live import read_provider, read_role
from rolecall.importing.sources import roles_of
from rolecall.policy import Arn, PolicyDocument, check_account_id, check_role_name
from rolecall.policy.errors import quoted
from rolecall.problems import Problem
from rolecall.trust import TrustContext


@dataclass(frozen=True, slots=True)
class Source:
    """Roles of one account, and what is known of it. names: what accounts are called."""

    roles: tuple[ExistingRole, ...]
    context: TrustContext
    environment: Environment | None
    names: Mapping[str, str]
    providers: Mapping[str, ExistingProvider] = field(default_factory=dict)

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags that the environment puts on everything."""
        return {} if self.environment is None else self.environment.tags

    def home(self) -> Home:
        """A place for one file, which names its providers itself."""
        name = "" if self.environment is None else self.environment.name
        return Home(self.context, name, self.providers)


def source_of_text(
    text: str, where: str, environment: str | None, directory: Path, account: str | None
) -> Source:
    """The roles of a JSON text. Raises `Problem`."""
    roles = roles_of(text, where)
    known = _environments(directory)
    told = sorted({role.account_id for role in roles if role.account_id is not None})
    if len(told) > 1:
        raise Problem(f"{where} holds roles of several accounts: {', '.join(told)}; split it.")
    if account is not None:
        check_account_id(account)
    chosen = load_environment(environment, directory) if environment is not None else None
    wanted = told[0] if told else account
    for other in (account, chosen.account_id if chosen else None):
        if wanted is not None and other is not None and other != wanted:
            raise Problem(f"{where} is of account {wanted}, and not of {other}.")
    if wanted is None:
        wanted = chosen.account_id if chosen else _of_providers(roles)
    if chosen is None:
        chosen = _of_account(known, wanted, roles[0].name or "")
    partition = chosen.partition if chosen and not told else _partition(roles)
    return Source(roles, _context(wanted, partition, chosen), chosen, _names(known))


def live_source(
    role: str,
    environment: str | None,
    directory: Path,
    profile: str | None,
    *,
    providers: bool,
) -> Source:
    """A role of AWS by ARN or name, asked with credentials of its own account only.

    Raises `Problem`: no such role, credentials of another account, a refusal.
    """
    # boto3 takes its time; files do without it.
    from rolecall.session.failures import Refusal, ask
    from rolecall.session.guard import check_account
    from rolecall.session.identity import caller_identity
    from rolecall.session.sts import aws_client, sts_client

    known = _environments(directory)
    arn = Arn.parse(role) if role.startswith("arn:") else None
    if arn is not None and (arn.service != "iam" or not arn.resource.startswith("role/")):
        raise Problem(f"{quoted(role, 200)} is not the ARN of a role.")
    name = arn.resource.rpartition("/")[2] if arn else role
    check_role_name(name)
    if environment is not None:
        chosen: Environment | None = load_environment(environment, directory)
    elif arn is not None:
        chosen = _of_account(known, arn.account, name)
    else:
        chosen = _of_prefix(known, name)
    account = chosen.account_id if chosen is not None else arn.account if arn is not None else ""
    if arn is not None and arn.account != account:
        raise Problem(
            f"{quoted(role, 200)} is of account {arn.account}, but {environment} is {account}."
        )
    region = chosen.region if chosen else None
    identity = caller_identity(sts_client(region, profile))
    check_account(identity, account, chosen.name if chosen else name)
    question = partial(ask, aws_client("iam", region, profile))
    candidates = [name] if arn or chosen is None else [name, f"{chosen.name}-{name}"]
    found = None
    for candidate in candidates:
        try:
            found = read_role(question, candidate)
            break
        except Refusal as refusal:
            if refusal.code != "NoSuchEntity":
                raise
    if found is None:
        raise Problem(f"account {account} has no role {' or '.join(candidates)}.")
    if arn is not None and found.arn != role:
        raise Problem(f"account {account} has {found.arn}, and no {role}.")
    context = _context(account, found.partition, chosen)
    told: dict[str, ExistingProvider] = {}
    if providers:
        for each in _providers(found.trust, context):
            try:
                told[each] = read_provider(question, each)
            except Refusal as refusal:
                # The role trusts a provider that is gone; it is named all the same.
                if refusal.code != "NoSuchEntity":
                    raise
    return Source((found,), context, chosen, _names(known), told)


def _providers(document: PolicyDocument, context: TrustContext) -> Iterator[str]:
    own = f"arn:{context.partition}:iam::{context.account_id}:"
    named = [
        name
        for statement in document.statements
        if statement.principals is not None
        for name in statement.principals.federated
    ]
    yield from (name for name in dict.fromkeys(named) if name.startswith(own))


def _context(account: str, partition: str, chosen: Environment | None) -> TrustContext:
    return TrustContext(
        account_id=account,
        partition=partition,
        region=chosen.region if chosen else "",
        own_accounts=chosen.own_accounts if chosen else frozenset(),
    )


def _partition(roles: Sequence[ExistingRole]) -> str:
    if roles[0].arn is not None:
        return roles[0].partition
    for name in _federated(roles):
        if name.startswith("arn:"):
            return name.split(":")[1]
    named = [name for each in _principals(roles) for name in each if name.startswith("arn:")]
    return named[0].split(":")[1] if named else "aws"


def _of_providers(roles: Sequence[ExistingRole]) -> str:
    """The account of a policy alone: its providers are of the role's own account."""
    found = {
        name.split(":")[4]
        for name in _federated(roles)
        if name.startswith("arn:") and name.count(":") >= 5
    }
    if len(found) != 1:
        raise Problem(
            "a trust policy alone does not say whose role it is, and who is a third party depends "
            "on that; write --account ID, or --environment NAME."
        )
    account = found.pop()
    check_account_id(account)
    return account


def _federated(roles: Sequence[ExistingRole]) -> list[str]:
    return [
        name
        for role in roles
        for statement in role.trust.statements
        if statement.principals is not None
        for name in statement.principals.federated
    ]


def _principals(roles: Sequence[ExistingRole]) -> list[tuple[str, ...]]:
    return [
        statement.principals.aws
        for role in roles
        for statement in role.trust.statements
        if statement.principals is not None
    ]


def _environments(directory: Path) -> tuple[Environment, ...]:
    """The project's environments; none where there is no project."""
    if not directory.is_dir():
        return ()
    return tuple(load_environments(directory))


def _of_account(known: Sequence[Environment], account: str, name: str) -> Environment | None:
    found = [each for each in known if each.account_id == account]
    fitting = [each for each in found if name.startswith(f"{each.name}-")]
    for candidates in (fitting, found):
        if len(candidates) == 1:
            return candidates[0]
    if len(found) > 1:
        names = ", ".join(each.name for each in found)
        raise Problem(f"account {account} has several environments ({names}); --environment NAME.")
    return None


def _of_prefix(known: Sequence[Environment], name: str) -> Environment:
    fitting = [each for each in known if name.startswith(f"{each.name}-")]
    if not fitting:
        raise Problem(
            f"{quoted(name)} is of no environment that is known; write --environment NAME, or the "
            "role's ARN."
        )
    return max(fitting, key=lambda each: len(each.name))


def _names(known: Sequence[Environment]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in known:
        found.setdefault(each.account_id, each.name)
    return found
