"""The account guard: credentials count only if they are of the account and role asked for.

Every command that hands out credentials goes through here: a session that was assumed or
found in a cache by its ARN (`check_session`), and what a command is about to be run with,
or what somebody else's profile holds, by asking AWS (`confirm`).
"""

from typing import Any

from rolecall.policy import Arn, PolicyError
from rolecall.policy.errors import quoted
from rolecall.problems import Exit, Problem
from rolecall.session.identity import CallerIdentity, caller_identity


def role_of_session(arn: str) -> tuple[str, str, str] | None:
    """Partition, account and role name of a role session's ARN; None for any other."""
    try:
        parsed = Arn.parse(arn)
    except PolicyError:
        return None
    kind, _, rest = parsed.resource.partition("/")
    name, _, session = rest.partition("/")
    if parsed.service != "sts" or kind != "assumed-role" or not name or not session:
        return None
    return parsed.partition, parsed.account, name


def check_session(arn: str, role_arn: str) -> None:
    """Refuse a session of another account, partition or role.

    A role's path is no part of its sessions' ARNs, and names are unique in an account
    whatever their case ("IAM identifiers"), so neither is compared.

    Raises `Problem`: the credentials must not be used.
    """
    wanted = Arn.parse(role_arn)
    found = role_of_session(arn)
    if found is None:
        raise _thrown_away(f"credentials of {quoted(arn, 200)}, which is no role's session")
    partition, account, name = found
    if account != wanted.account:
        raise _thrown_away(f"a session of account {quoted(account, 20)}, not of {wanted.account}")
    wanted_name = wanted.resource.rpartition("/")[2]
    if partition != wanted.partition or name.casefold() != wanted_name.casefold():
        raise _thrown_away(f"a session of {quoted(name)} ({partition}), not of {wanted_name}")


def confirm(client: Any, role_arn: str) -> CallerIdentity:
    """Ask AWS whose credentials an STS client has, and refuse what `check_session` refuses."""
    identity = caller_identity(client)
    check_session(identity.arn, role_arn)
    return identity


def check_account(identity: CallerIdentity, account_id: str, environment: str) -> None:
    """Refuse to work on an environment with credentials of another account."""
    if identity.account != account_id:
        raise Problem(
            f"the credentials are of account {quoted(identity.account, 20)}, but {environment} is "
            f"{account_id}: nothing was changed."
        )


def _thrown_away(what: str) -> Problem:
    return Problem(
        f"the endpoint answered with {what}: the credentials were thrown away; check "
        "AWS_ENDPOINT_URL.",
        Exit.FAILED,
    )
