"""Identities of an Amazon Cognito identity pool.

Source: "IAM roles" and "Role trust and permissions", Amazon Cognito Developer Guide: a trust that
does not compare both `aud` and `amr` admits the guests, or the identities of any pool.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rolecall.issuers import cognito
from rolecall.policy import Condition, Principals, Statement
from rolecall.trust import checks
from rolecall.trust.arguments import shown
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.web_identity import TokenGuards

_REGION = r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_POOL = re.compile(rf"({_REGION}):{_UUID}\Z", re.ASCII)
_REFERENCE = re.compile(r"\$\{aws_cognito_identity_pool\.[A-Za-z_][A-Za-z0-9_-]*\.id\}\Z")
_EXAMPLE = '"eu-central-1:1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"'


@dataclass(frozen=True)
class _PoolIdentities(TokenGuards):
    """What both kinds for Cognito share.

    pool_id: the identity pool's ID, or an object that has it as `.pool_id`, or exactly
        the reference of a pool made in the same stack,
        `"${aws_cognito_identity_pool.<id>.id}"`.
    """

    pool_id: Any

    def __post_init__(self) -> None:
        super().__post_init__()
        self._pool()

    def _pool(self) -> str:
        value = self.pool_id
        if not isinstance(value, str | type) and hasattr(value, "pool_id"):
            value = value.pool_id
        if not isinstance(value, str) or not (_POOL.match(value) or _REFERENCE.match(value)):
            raise TrustError(
                f"{self.kind}: {shown(value)} is not the ID of an identity pool; it looks like "
                f'{_EXAMPLE}, or "${{aws_cognito_identity_pool.<id>.id}}" of one in the same stack.'
            )
        return value

    def _admit(
        self, context: TrustContext, method: str, identities: tuple[str, ...] = ()
    ) -> tuple[Statement, ...]:
        pool = self._pool()
        found = _POOL.match(pool)
        issuer = cognito(found[1] if found else context.region, context.partition)
        conditions = [
            Condition("StringEquals", issuer.key("aud"), (pool,)),
            # amr has several values, so it is compared by a set operator; ForAllValues
            # would admit a token without it.
            Condition("ForAnyValue:StringLike", issuer.key("amr"), (method,)),
        ]
        if identities:
            conditions.append(Condition("StringEquals", issuer.key("sub"), identities))
        name = issuer.principal(context.account_id, context.partition)
        return self.admit(self.kind, Principals(federated=(name,)), conditions)


@dataclass(frozen=True)
class CognitoIdentityPool(_PoolIdentities):
    """Identities of one pool that signed in; guests stay out.

    authenticated: True; the guests are `UnauthenticatedOf`.
    identity_ids: the identities meant, whole; left out, everyone who signed in.

    Who may sign in is decided by the pool's login providers. Raises `TrustError`.
    """

    authenticated: bool = field(default=True, kw_only=True)
    identity_ids: Sequence[str] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not checks.arguments(self.kind).flag("authenticated", self.authenticated):
            raise TrustError(
                f"{self.kind}: without a sign-in anybody on the internet is meant; write "
                "UnauthenticatedOf(pool) if you mean that."
            )
        if self.identity_ids is not None:
            object.__setattr__(self, "identity_ids", self._identities())

    def _identities(self) -> tuple[str, ...]:
        found = checks.several(self.kind, "identity_ids", self.identity_ids, f"[{_EXAMPLE}]")
        for text in found:
            if not _POOL.match(text):
                raise TrustError(
                    f"{self.kind}: {text!r} is not an identity's ID; it looks like {_EXAMPLE}."
                )
        return found

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        who = () if self.identity_ids is None else self._identities()
        return self._admit(context, "authenticated", who)


@dataclass(frozen=True)
class UnauthenticatedOf(_PoolIdentities):
    """The guests of an identity pool: anybody on the internet. Wide on purpose."""

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        return self._admit(context, "unauthenticated")
