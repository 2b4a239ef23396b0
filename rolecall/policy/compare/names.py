"""The names that Principal and NotPrincipal elements use, taken apart."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rolecall.policy.arn import is_account_id
from rolecall.policy.document import PolicyDocument
from rolecall.policy.principals import Principals
from rolecall.policy.statement import Effect

_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"/(?:[\x21-\x7e]{1,510}/)?"
_ARN = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):(?:"
    rf"iam::(?P<account>[0-9]{{12}}):(?:(?P<root>root)|(?P<kind>user|role)(?P<path>{_PATH})"
    rf"(?P<name>{_NAME}))"
    rf"|sts::(?P<hop>[0-9]{{12}}):assumed-role/(?P<role>{_NAME})/(?P<session>[\w+=,.@-]{{2,64}}))",
    re.ASCII,
)
_UNIQUE_ID = re.compile(r"A(?P<kind>IDA|ROA)[A-Z0-9]{12,124}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An account of a partition."""

    id: str
    partition: str = "aws"


@dataclass(slots=True)
class Names:
    """Whoever is named in either of two policies, in order of first mention."""

    accounts: dict[Account, None] = field(default_factory=dict)
    wide: dict[Account, None] = field(default_factory=dict)
    """Accounts that an Allow names as a whole."""
    users: dict[Account, dict[tuple[str, str], None]] = field(default_factory=dict)
    roles: dict[Account, dict[tuple[str, str], None]] = field(default_factory=dict)
    sessions: dict[Account, dict[tuple[str, str], None]] = field(default_factory=dict)
    user_ids: dict[str, None] = field(default_factory=dict)
    role_ids: dict[str, None] = field(default_factory=dict)
    services: dict[str, None] = field(default_factory=dict)
    federated: dict[str, None] = field(default_factory=dict)
    everyone: bool = False
    """Whether an Allow means callers of any account."""
    bounded: bool = False
    """Whether a Deny has NotPrincipal, so that a permissions boundary makes a difference."""

    def all_texts(self) -> set[str]:
        """Account ids, names and ids: what an invented caller must not be called."""
        texts = {account.id for account in self.accounts}
        for named in (self.users, self.roles, self.sessions):
            texts.update(part for pairs in named.values() for pair in pairs for part in pair)
        return texts | set(self.user_ids) | set(self.role_ids)


def partition_of(documents: Iterable[PolicyDocument]) -> str:
    """The partition of the first principal whose ARN tells it; `aws` where none does."""
    for document in documents:
        for statement in document.statements:
            who = statement.principals
            for text in (*who.aws, *who.federated) if who is not None else ():
                found = re.match(r"arn:(aws(?:-[a-z]+)*):", text)
                if found:
                    return found[1]
    return "aws"


def names_of(documents: Iterable[PolicyDocument], partition: str) -> Names:
    """Everybody whom the documents name. `partition`: that of accounts named by their id."""
    names = Names()
    for document in documents:
        for statement in document.statements:
            allow = statement.effect is Effect.ALLOW
            if statement.principals is not None:
                _add(names, statement.principals, partition, allow=allow)
            if statement.not_principals is not None:
                _add(names, statement.not_principals, partition, allow=False)
                names.everyone |= allow
                names.bounded |= not allow
    return names


def _add(names: Names, principals: Principals, partition: str, *, allow: bool) -> None:
    names.everyone |= allow and (principals.everyone or "*" in principals.aws)
    names.services.update(dict.fromkeys(principals.service))
    names.federated.update(dict.fromkeys(principals.federated))
    for text in principals.aws:
        if is_account_id(text):
            _account(names, Account(text, partition), allow)
            continue
        if "${" in text:
            # Whoever that will be: a name like an id, which says nothing else of him.
            names.role_ids[text] = None
            continue
        unique = _UNIQUE_ID.fullmatch(text)
        if unique:
            (names.user_ids if unique["kind"] == "IDA" else names.role_ids)[text] = None
            continue
        found = _ARN.fullmatch(text)
        if found is None:
            continue  # nobody is called like this
        account = Account(found["account"] or found["hop"], found["partition"])
        if found["root"]:
            _account(names, account, allow)
            continue
        names.accounts[account] = None
        if found["session"]:
            pair, where = (found["role"], found["session"]), names.sessions
        else:
            pair = (found["path"], found["name"])
            where = names.users if found["kind"] == "user" else names.roles
        where.setdefault(account, {})[pair] = None


def _account(names: Names, account: Account, allow: bool) -> None:
    names.accounts[account] = None
    if allow:
        names.wide[account] = None
