"""Small snapshots for tests: what a reader would have made of a plan."""

from typing import Any

from rolecall.policy import PolicyDocument
from rolecall.review.model import (
    CallerSide,
    EntrySide,
    OidcProviderSide,
    Pair,
    Permissions,
    Place,
    Policy,
    RoleSide,
    SamlProviderSide,
    Snapshot,
)

TES, PRD, STRANGER, IDENTITY = "111111111111", "333333333333", "444455556666", "999999999999"
GITHUB = "token.actions.githubusercontent.com"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def policy(*statements: dict[str, Any]) -> PolicyDocument:
    """A policy of these statements; each is an Allow where it does not say otherwise."""
    filled = [{"Effect": "Allow", **each} for each in statements]
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": filled})


def trust(*names: str, **condition: Any) -> PolicyDocument:
    """A trust policy for these users, roles or accounts."""
    statement: dict[str, Any] = {"Principal": {"AWS": list(names)}, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return policy(statement)


def web(
    *subjects: str, account: str = TES, host: str = GITHUB, audience: str | None = None
) -> PolicyDocument:
    """A trust policy for tokens with these subjects; of any audience where none is given."""
    conditions: dict[str, Any] = {}
    if subjects:
        conditions["StringLike"] = {f"{host}:sub": list(subjects)}
    if audience is not None:
        conditions["StringEquals"] = {f"{host}:aud": audience}
    statement: dict[str, Any] = {
        "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/{host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    if conditions:
        statement["Condition"] = conditions
    return policy(statement)


def user(name: str, account: str = IDENTITY) -> str:
    """A user's ARN."""
    return f"arn:aws:iam::{account}:user/{name}"


def role(
    name: str,
    trusted: Policy,
    *,
    account: str = TES,
    seconds: int = 3600,
    permissions: Permissions | None = None,
) -> RoleSide:
    """One side of a role."""
    arn = f"arn:aws:iam::{account}:role/{name}"
    return RoleSide(name, "/", account, arn, trusted, seconds, permissions or Permissions())


def place(address: str, stack: str = "tes") -> Place:
    """Where a thing is declared."""
    return Place(stack, address, f"{stack}/{address.rpartition('.')[2]}")


def pair(before: RoleSide | None, after: RoleSide | None, *, replaced: bool = False) -> Any:
    """A role before and after."""
    side = after or before
    assert side is not None
    return Pair(place(f"aws_iam_role.{side.name}"), before, after, replaced)


def snapshot(
    *roles: Pair[RoleSide],
    environment: str = "tes",
    account: str = TES,
    callers: tuple[Pair[CallerSide], ...] = (),
    oidc: tuple[Pair[OidcProviderSide], ...] = (),
    saml: tuple[Pair[SamlProviderSide], ...] = (),
    entries: tuple[Pair[EntrySide], ...] = (),
    notes: tuple[str, ...] = (),
) -> Snapshot:
    """One stack."""
    return Snapshot(
        environment=environment,
        source=f"plan of {environment}",
        roles=roles,
        callers=callers,
        oidc_providers=oidc,
        saml_providers=saml,
        entries=entries,
        account=account,
        notes=notes,
    )
