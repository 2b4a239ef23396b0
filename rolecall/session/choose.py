"""Which role an environment and a name mean: the environment's facts, unless overridden.

Nothing is asked of AWS. An environment states no roles, so whether there is one of this
name shows when it is asked for; `near_roles` helps then.
"""

from dataclasses import dataclass

from rolecall.environment import Environment
from rolecall.policy import (
    Arn,
    PolicyError,
    check_account_id,
    check_duration,
    check_path,
    check_role_arn,
    check_role_name,
    partition_of_region,
    role_arn,
)
from rolecall.policy.errors import quoted
from rolecall.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRole:
    """A role, and what is sent and where when it is asked for."""

    environment: Environment
    role_arn: str
    region: str
    external_id: str | None
    duration_seconds: int

    @property
    def account_id(self) -> str:
        """The account that the role is of."""
        return Arn.parse(self.role_arn).account

    @property
    def name(self) -> str:
        """The role's name as IAM knows it, without its path."""
        return Arn.parse(self.role_arn).resource.rpartition("/")[2]


def choose_role(
    environment: Environment,
    role: str,
    *,
    path: str | None = None,
    account_id: str | None = None,
    region: str | None = None,
    external_id: str | None = None,
    without_external_id: bool = False,
    duration_seconds: int | None = None,
) -> ChosenRole:
    """The role `<environment>-<role>`, or that of an ARN, with what is given instead of facts.

    Raises `Problem` for a name or value that AWS would refuse, an ARN of another account
    than the environment's (or `account_id`), or a region of another partition.
    """
    if account_id is not None:
        check_account_id(account_id)
    account = environment.account_id if account_id is None else account_id
    if role.startswith("arn:"):
        if path is not None:
            raise Problem("--path goes with a role's name; an ARN has its path already.")
        wanted = _checked_arn(role, environment, account)
    else:
        name = f"{environment.name}-{role}"
        check_role_name(name)
        check_path(path or "/")
        wanted = role_arn(account, name, path or "/", environment.partition)
    seconds = environment.session_seconds if duration_seconds is None else duration_seconds
    check_duration(seconds)
    agreed = environment.external_id if external_id is None else external_id
    return ChosenRole(
        environment=environment,
        role_arn=wanted,
        region=_region(environment, region),
        external_id=None if without_external_id else agreed,
        duration_seconds=seconds,
    )


def _checked_arn(text: str, environment: Environment, account: str) -> str:
    check_role_arn(text)
    try:
        arn = Arn.parse(text)
    except PolicyError:
        arn = None
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        raise Problem(
            f"{quoted(text, 200)} is not the ARN of a role; write the role's name without the "
            f"environment, or arn:{environment.partition}:iam::{account}:role/…"
        )
    check_role_name(arn.resource.rpartition("/")[2])
    if arn.account != account:
        raise Problem(
            f"{quoted(text, 200)} is of account {quoted(arn.account, 20)}, but {environment.name} "
            f"is {account}: choose the other environment, or write --account as well if that "
            "account is meant."
        )
    if arn.partition != environment.partition:
        raise Problem(
            f"{quoted(text, 200)} is of the partition {arn.partition}, but {environment.name} is "
            f"in {environment.partition}."
        )
    return text


def _region(environment: Environment, region: str | None) -> str:
    if region is None:
        return environment.region
    if partition_of_region(region) != environment.partition:
        raise Problem(
            f"--region {quoted(region)} is no region of {environment.partition}, where "
            f"{environment.name} is; write one like {environment.region}."
        )
    return region
