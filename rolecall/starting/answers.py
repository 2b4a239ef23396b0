"""What a new project is called and where it deploys to."""

import re
from dataclasses import dataclass
from pathlib import Path

from rolecall.environment import EnvironmentProblem, check_environment_name
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.policy import is_account_id, partition_of_region
from rolecall.policy.errors import quoted
from rolecall.problems import Problem, printable
from rolecall.trust import GitHubActions, TrustError

#: What is written where nobody says: to be replaced before the first deploy to AWS.
EXAMPLE_ACCOUNTS = "tes=111111111111,stg=222222222222,prd=333333333333"
IDENTITY = "identity"
# As a value of a tag, and harmless in YAML, TOML, Python, Markdown and Make alike.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?\Z")
_MOST_ENVIRONMENTS = 500
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Answers:
    """Checked: whoever has one can write it into files.

    accounts: environments in the order of promotion, and the account of each.
    identity: the account that the people are in; each environment's own where None.
    repository: where the deploys come from. wheel: Rolecall itself, if not of an index.
    """

    name: str
    accounts: tuple[tuple[str, str], ...]
    region: str
    repository: str
    identity: str | None = None
    wheel: Path | None = None

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise Problem(
                f"{quoted(self.name)} cannot name a project: up to 64 letters, digits, spaces and "
                "._- with a letter or digit at both ends; write --name."
            )
        if partition_of_region(self.region) is None:
            raise Problem(
                f"{quoted(self.region)} is not an AWS region; it looks like eu-central-1."
            )
        try:
            GitHubActions(GITHUB_ACTIONS, self.repository, environment="tes")
        except TrustError as error:
            raise Problem(f"--repository: {error}") from None
        if self.wheel is not None and not (self.wheel.suffix == ".whl" and self.wheel.is_file()):
            raise Problem(f"--wheel: {quoted(str(self.wheel))} is not a wheel; run `make package`.")

    @property
    def embedded(self) -> bool:
        """Whether the embedded AWS can take it: it has the partition `aws` only."""
        return partition_of_region(self.region) == "aws"

    @property
    def first(self) -> str:
        """The environment that is deployed to first."""
        return self.accounts[0][0]


def parse_accounts(text: str) -> tuple[tuple[tuple[str, str], ...], str | None]:
    """`tes=…,prd=…,identity=…` as environments with their accounts, and the people's account.

    Raises `Problem`.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        name, sign, account = (piece.strip() for piece in part.partition("="))
        if not sign:
            raise Problem(f"--accounts: {quoted(part)} is no NAME=ACCOUNT, such as {_example()}.")
        if not is_account_id(account):
            raise Problem(
                f"--accounts: {quoted(name)} is {quoted(account)}; an account ID has exactly "
                "twelve digits, for example 111122223333."
            )
        _check_name(name)
        if name in found:
            raise Problem(f"--accounts: {quoted(name)} is there twice; keep one.")
        found[name] = account
    identity = found.pop(IDENTITY, None)
    if not found:
        raise Problem(f"--accounts names no environment; write for example {_example()}.")
    if len(found) > _MOST_ENVIRONMENTS:
        raise Problem(f"--accounts names {len(found)} environments; {_MOST_ENVIRONMENTS} at most.")
    by_account: dict[str, str] = {}
    for name, account in found.items():
        if (other := by_account.setdefault(account, name)) != name:
            raise Problem(
                f"--accounts: {other} and {name} are the same account {account}, in which the "
                "provider of GitHub's tokens can exist once; give each environment an account."
            )
    return tuple(found.items()), identity


def _check_name(name: str) -> None:
    try:
        check_environment_name(printable(name[:_LONGEST_SHOWN]))
    except EnvironmentProblem as problem:
        raise Problem(f"--accounts: {problem}") from None


def _example() -> str:
    return EXAMPLE_ACCOUNTS.partition(",")[0]
